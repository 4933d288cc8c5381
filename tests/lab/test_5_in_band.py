"""What is confirmed is confirmed over the province's own network, and hosts are who they were at enrolment."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from province import Province

ROUTER, ADDRESS, SERVER = "68-22924-RT-001", "10.68.0.13", "68-TTDL-SV-001"
#: A push that takes the router's only neighbour away; the management network, which it came in by, still works.
CUTS_ITSELF_OFF = {"wan_router_peers": [], "wan_router_confirm_seconds": 4, "wan_router_revert_seconds": 25}


def ansible(
    province: Province, program: str, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run one of Ansible's programs as `baophu provision` does: in the controller's namespace, with the lab's keys."""
    state = province.place.state
    given = {"BAOPHU_ACCESS": str(state / "access.yml"), "ANSIBLE_FORCE_COLOR": "0", **environment}
    return subprocess.run(
        province.in_controller(str(Path(sys.executable).with_name(program)), *arguments),
        env={key: value for key, value in os.environ.items() if not key.startswith("BAOPHU_")} | given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def configurations(province: Province) -> tuple[str, str]:
    """The router's running and startup configuration."""
    running = province.on(ROUTER, "vtysh -c 'show running-config no-header'").stdout
    return running, province.on(ROUTER, "cat /etc/frr/frr.conf").stdout


def answers_in_band(province: Province) -> bool:
    return province.on(SERVER, f"ping -q -n -c 1 -W 1 {ADDRESS}", check=False).returncode == 0


def test_a_push_that_cuts_the_router_off_is_not_confirmed_and_goes_back(province: Province) -> None:
    before = configurations(province)
    assert answers_in_band(province)
    done = ansible(
        province, "ansible-playbook", "playbooks/wan.yml", "--limit", ROUTER, "-e", json.dumps(CUTS_ITSELF_OFF)
    )
    assert "Wait until the router answers in-band" in done.stdout
    assert "failed=1" in done.stdout.rpartition("PLAY RECAP")[2], done.stdout
    assert configurations(province)[1] == before[1], "the startup configuration was never touched"
    deadline = time.monotonic() + 90
    while not answers_in_band(province) and time.monotonic() < deadline:
        time.sleep(1)
    assert answers_in_band(province), "the device went back by itself"
    assert configurations(province) == before


def test_a_host_with_another_key_is_not_talked_to(province: Province, tmp_path: Path) -> None:
    pinned = province.place.state / "known_hosts"
    keys = {line.split()[0]: line.split()[1:] for line in pinned.read_text(encoding="utf-8").splitlines()}
    (names,) = [names for names in keys if ADDRESS in names.split(",")]
    (other,) = [found for found in keys if "10.68.0.12" in found.split(",")]
    wrong = tmp_path / "known_hosts"
    wrong.write_text("".join(f"{n} {' '.join(keys[other] if n == names else key)}\n" for n, key in keys.items()))
    pinged = ansible(province, "ansible", ROUTER, "-m", "ping", BAOPHU_KNOWN_HOSTS=str(wrong))
    assert "UNREACHABLE" in pinged.stdout
    task = ["-m", "network_config", "-a"]
    arguments = {"state": "committed", "platform": "frr", "connection": "{{ plan_connection }}", "config": "!\n"}
    pushed = ansible(province, "ansible", ROUTER, *task, json.dumps(arguments), BAOPHU_KNOWN_HOSTS=str(wrong))
    assert "UNREACHABLE" in pushed.stdout
    assert "does not match" in pushed.stdout
    assert "SUCCESS" in ansible(province, "ansible", ROUTER, "-m", "ping").stdout
