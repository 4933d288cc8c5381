"""An Open vSwitch bridge with exactly the ports that are asked for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: ovs_bridge
short_description: Keep an Open vSwitch bridge, its ports, VLANs and spanning tree as declared
description:
  - The bridge gets exactly the ports of I(ports); others are taken off it. All changes are one OVSDB transaction.
  - Internal ports are set up where they are down. Whoever configures them may have tried while Open vSwitch was still
    making them, and lost.
  - Supports check mode and diff. Where Open vSwitch does not answer in check mode, everything counts as missing.
options:
  name:
    description: The bridge.
    type: str
    required: true
  datapath_type:
    description: C(system) for the kernel's datapath, C(netdev) for the one in user space.
    type: str
    choices: [system, netdev]
    default: system
  rstp:
    description: Whether the bridge runs the rapid spanning tree protocol.
    type: bool
    default: true
  rstp_priority:
    description: The bridge's priority in the spanning tree; the lowest becomes root.
    type: int
    default: 32768
  mac_aging_seconds:
    description: How long a silent MAC address is kept in the forwarding table.
    type: int
    default: 300
  ports:
    description: All of the bridge's ports.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The network interface.
        type: str
        required: true
      number:
        description: The port's number (dot1dBasePort).
        type: int
        required: true
      tag:
        description: The VLAN of an access port.
        type: int
      trunks:
        description: The VLANs that a trunk carries.
        type: list
        elements: int
      internal:
        description: Whether the port is an interface of this machine itself, such as an SVI.
        type: bool
        default: false
      edge:
        description: Whether only end devices are plugged in there, so that it forwards at once.
        type: bool
        default: false
author: Bao Phủ
"""
EXAMPLES = r"""
- name: Keep the switch's bridge
  ovs_bridge:
    name: br0
    datapath_type: netdev
    ports:
      - {name: p1, number: 1, tag: 10, edge: true}
      - {name: up0, number: 49, trunks: [10, 20, 99]}
      - {name: vlan99, number: 99, tag: 99, internal: true}
"""
RETURN = r"""
ports:
  description: The names of the bridge's ports.
  type: list
  elements: str
  returned: always
"""

PORT_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "number": {"type": "int", "required": True},
    "tag": {"type": "int"},
    "trunks": {"type": "list", "elements": "int"},
    "internal": {"type": "bool", "default": False},
    "edge": {"type": "bool", "default": False},
}
OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "datapath_type": {"type": "str", "choices": ["system", "netdev"], "default": "system"},
    "rstp": {"type": "bool", "default": True},
    "rstp_priority": {"type": "int", "default": 32768},
    "mac_aging_seconds": {"type": "int", "default": 300},
    "ports": {"type": "list", "elements": "dict", "default": [], "options": PORT_OPTIONS},
}
State = dict[str, Any]
IFF_UP = 0x1
EMPTY: State = {"bridge": None, "ports": {}}


def plain(value: Any) -> Any:
    """An OVSDB value (RFC 7047 §5.1) as Python's: sets as lists, maps as dicts; an empty set is []."""
    if isinstance(value, list) and len(value) == 2 and value[0] in ("set", "map", "uuid"):
        kind, content = value
        if kind == "map":
            return {key: plain(item) for key, item in content}
        return content if kind == "uuid" else [plain(item) for item in content]
    return value


def rows(text: str) -> list[dict[str, Any]]:
    """The rows of `ovs-vsctl --format=json list`."""
    table = json.loads(text)
    return [dict(zip(table["headings"], map(plain, row), strict=True)) for row in table["data"]]


def as_list(value: Any) -> list[Any]:
    """An OVSDB set: a set of one is printed as its element."""
    return value if isinstance(value, list) else [value]


def wanted_state(options: Mapping[str, Any]) -> State:
    """What is asked for, in the form of `current_state`."""
    bridge = {
        "datapath_type": options["datapath_type"],
        "rstp": options["rstp"],
        "rstp-priority": str(options["rstp_priority"]),
        "mac-aging-time": str(options["mac_aging_seconds"]),
    }
    ports = {
        port["name"]: {
            "number": port["number"],
            "tag": [port["tag"]] if port.get("tag") is not None else [],
            "trunks": sorted(port.get("trunks") or []),
            "internal": bool(port.get("internal")),
            "edge": bool(port.get("edge")),
        }
        for port in options["ports"]
    }
    return {"bridge": bridge, "ports": ports}


def current_state(name: str, bridges: str, ports: str, interfaces: str) -> State:
    """What Open vSwitch holds of the bridge `name`, from three tables as JSON text."""
    bridge = next((row for row in rows(bridges) if row["name"] == name), None)
    if bridge is None:
        return EMPTY
    members = set(as_list(bridge["ports"]))
    by_interface = {row["name"]: row for row in rows(interfaces)}
    found: State = {}
    for row in rows(ports):
        if row["_uuid"] not in members or row["name"] == name:
            continue
        interface = by_interface.get(row["name"], {"type": "", "ofport_request": []})
        found[row["name"]] = {
            "number": (as_list(interface["ofport_request"]) or [None])[0],
            "tag": as_list(row["tag"]),
            "trunks": sorted(as_list(row["trunks"])),
            "internal": interface["type"] == "internal",
            "edge": row["other_config"].get("rstp-port-admin-edge") == "true",
        }
    config = bridge["other_config"]
    own = {
        "datapath_type": bridge["datapath_type"] or "system",
        "rstp": bridge["rstp_enable"],
        "rstp-priority": config.get("rstp-priority"),
        "mac-aging-time": config.get("mac-aging-time"),
    }
    return {"bridge": own, "ports": found}


def commands(name: str, current: State, wanted: State) -> list[list[str]]:
    """The ovs-vsctl commands that lead from `current` to `wanted`; none where they are equal."""
    found: list[list[str]] = []
    if current["bridge"] != wanted["bridge"]:
        bridge = wanted["bridge"]
        settings = [f"datapath_type={bridge['datapath_type']}", f"rstp_enable={str(bridge['rstp']).lower()}"]
        settings += [f"other_config:{key}={bridge[key]}" for key in ("rstp-priority", "mac-aging-time")]
        found += [["--may-exist", "add-br", name], ["set", "bridge", name, *settings]]
    found += [["--if-exists", "del-port", name, port] for port in sorted(set(current["ports"]) - set(wanted["ports"]))]
    for port, values in sorted(wanted["ports"].items()):
        if current["ports"].get(port) != values:
            found += _port_commands(name, port, values)
    return found


def transactions(name: str, current: State, wanted: State) -> list[list[list[str]]]:
    """The commands in the transactions that they need.

    While RSTP runs, Open vSwitch floods nothing to an internal port that is added (openvswitch/ovs-issues#227): it is
    added while RSTP is off.
    """
    steps = commands(name, current, wanted)
    fresh = set(wanted["ports"]) - set(current["ports"])
    if current["bridge"] is None or not current["bridge"]["rstp"] or not wanted["bridge"]["rstp"]:
        return [steps] if steps else []
    if not any(wanted["ports"][port]["internal"] for port in fresh):
        return [steps] if steps else []
    off, on = (["set", "bridge", name, f"rstp_enable={state}"] for state in ("false", "true"))
    return [[off], steps, [on]]


def _port_commands(bridge: str, port: str, values: Mapping[str, Any]) -> list[list[str]]:
    settings = [f"{column}=[{','.join(map(str, values[column]))}]" for column in ("tag", "trunks")]
    settings.append(f"other_config:rstp-port-admin-edge={str(values['edge']).lower()}")
    kind = "internal" if values["internal"] else '""'
    return [
        ["--may-exist", "add-port", bridge, port],
        ["set", "port", port, *settings],
        ["set", "interface", port, f"ofport_request={values['number']}", f"type={kind}"],
    ]


def is_down(port: str, interfaces: Path = Path("/sys/class/net")) -> bool:
    """Whether the network interface is there and administratively down (IFF_UP, netdevice(7))."""
    try:
        return not int((interfaces / port / "flags").read_text(encoding="ascii"), 16) & IFF_UP
    except OSError:
        return False


def answers(module: AnsibleModule) -> bool:
    """Whether Open vSwitch is installed and runs."""
    program = module.get_bin_path("ovs-vsctl")
    return program is not None and module.run_command([program, "--timeout=5", "show"])[0] == 0


def main() -> None:
    """Compare, and change what differs."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    name = module.params["name"]

    def table(table_name: str, columns: str) -> str:
        command = ["ovs-vsctl", "--timeout=20", "--format=json", f"--columns={columns}", "list", table_name]
        _, text, _ = module.run_command(command, check_rc=True)
        return str(text)

    if module.check_mode and not answers(module):
        current = EMPTY
    else:
        current = current_state(
            name,
            table("bridge", "name,datapath_type,ports,rstp_enable,other_config"),
            table("port", "_uuid,name,tag,trunks,other_config"),
            table("interface", "name,type,ofport_request"),
        )
    wanted = wanted_state(module.params)
    wanted_transactions = transactions(name, current, wanted)
    for steps in wanted_transactions if not module.check_mode else ():
        line = ["ovs-vsctl", "--timeout=20", *[word for step in steps for word in ("--", *step)]]
        module.run_command(line, check_rc=True)
    down = [port for port, values in sorted(wanted["ports"].items()) if values["internal"] and is_down(port)]
    for port in down if not module.check_mode else ():
        module.run_command(["ip", "link", "set", "dev", port, "up"], check_rc=True)
    diff = {"before": {**current, "down": down}, "after": {**wanted, "down": []}}
    changed = bool(wanted_transactions or down)
    module.exit_json(changed=changed, ports=sorted(wanted["ports"]), **({"diff": diff} if changed else {}))


if __name__ == "__main__":
    main()
