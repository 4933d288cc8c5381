"""A PoP with a real agent, in a network namespace; listener and collectors as users start them; their ledger."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from network_namespace import Namespace, network_namespace
from prometheus_client.parser import text_string_to_metric_families

from ledger.plan import Plan
from ledger.store import open_store

POP, SERVER, STRANGER = "10.68.0.1", "10.68.1.10", "10.68.99.99"
ROUTER, PORT, LINK = "68-POP-RT-001", "up2", "68-22945-LK-001"
AUTH_KEY, PRIV_KEY, COMMUNITY = "authentication-key", "privacy-key-of-it", "only-for-traps"
USER = ("-v3", "-l", "authPriv", "-u", "baophu", "-a", "SHA-256", "-x", "AES")
#: The province's user, and what happened.
RIGHT = (*USER, "-A", AUTH_KEY, "-X", PRIV_KEY)
ENGINE = ("-e", "0x80001f880501020304")
LINK_DOWN = ("", "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.1.3", "i", "3")
AGENT = f"""
agentaddress udp:{POP}:161
createUser baophu SHA-256 "{AUTH_KEY}" AES "{PRIV_KEY}"
rouser baophu authpriv
sysName {ROUTER}
"""
FETCH = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8475/metrics').read().decode())"
SETTINGS = {"BAOPHU_TRIGGER_SECONDS": "0.5", "BAOPHU_SETTLE_SECONDS": "20"}


@dataclass(frozen=True)
class House:
    """A plan's addresses, the PoP's agent, and where the commands keep what they keep."""

    namespace: Namespace
    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "ledger.db"

    def arguments(self, store: Path | None = None) -> list[str]:
        return ["--store", str(store or self.store), "--credentials", str(self.folder / "credentials.yml")]

    def notify(self, *words: str, command: str = "snmptrap", source: str = POP, port: int = 162) -> int:
        """Send a notification with net-snmp's command; gives its exit code."""
        *options, target = words[: words.index("TO") + 1]
        del target
        command_line = [
            command,
            *options,
            f"--clientaddr={source}",
            f"{SERVER}:{port}",
            *words[words.index("TO") + 1 :],
        ]
        return self.namespace.run(*command_line, check=False).returncode

    def metrics(self) -> dict[str, float]:
        """What the listener says of itself, by the only label's value where there is one."""
        families = text_string_to_metric_families(self.namespace.python(FETCH))
        return {
            " ".join([sample.name.removeprefix("baophu_listener_"), *sample.labels.values()]): sample.value
            for family in families
            for sample in family.samples
            if sample.name.startswith("baophu_listener")
        }

    @contextmanager
    def listening(self, **environment: str) -> Iterator["Popen[bytes]"]:
        command = [sys.executable, "-m", "baophu", "listen", *self.arguments()]
        log = self.folder / "listen.log"
        with self.namespace.running(*command, log=log, environment={**SETTINGS, **environment}) as process:
            await_true(lambda: self.namespace.run(sys.executable, "-c", FETCH, check=False).returncode == 0, process)
            yield process

    @contextmanager
    def collecting(self) -> Iterator["Popen[bytes]"]:
        command = [sys.executable, "-m", "baophu", "collect", *self.arguments(), "--interval", "300"]
        log = self.folder / "collect.log"
        log.unlink(missing_ok=True)
        with self.namespace.running(*command, log=log) as process:
            await_true(lambda: b"snmp" in log.read_bytes(), process)
            yield process

    def states(self, store: Path | None = None) -> dict[tuple[str, str, str], tuple[bool, str | None]]:
        """The PoP's answers as the ledger has them now."""
        with open_store(f"sqlite:///{store or self.store}") as opened:
            latest = sorted(opened.states(), key=lambda state: state.last_at)
        return {(s.asset, s.check, s.source): (s.ok, s.value) for s in latest if s.source == ROUTER}

    def link_is_up(self) -> bool | None:
        return self.states().get((LINK, "link", ROUTER), (None, None))[0]

    def plug(self, state: str) -> None:
        self.namespace.run("ip", "link", "set", f"{PORT}-far", state)


def await_true(holds: Callable[[], bool], process: "Popen[bytes] | None" = None, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert process is None or process.poll() is None, "it ended"
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")


@contextmanager
def listening_house(plan: Plan, folder: Path) -> Iterator[House]:
    """Everything but the listener and the collectors runs until the block ends."""
    for name, text in (("auth", AUTH_KEY), ("priv", PRIV_KEY), ("key", "none"), ("community", COMMUNITY)):
        secret(folder / name, text)
    (folder / "known_hosts").touch()
    secret(
        folder / "credentials.yml",
        "snmp: {version: 3, user: baophu, auth_key_file: auth, priv_key_file: priv}\n"
        "traps: {community_file: community}\n"
        "leases: {user: nobody, key_file: key, known_hosts: known_hosts}\n",
    )
    (folder / "snmpd.conf").write_text(AGENT, encoding="ascii")
    with ExitStack() as stack:
        addresses = [str(device.address) for device in plan.devices.values()]
        namespace = stack.enter_context(network_namespace([*addresses, STRANGER]))
        namespace.run("ip", "link", "add", PORT, "type", "veth", "peer", "name", f"{PORT}-far")
        namespace.run("ip", "link", "set", PORT, "up")
        namespace.run("ip", "link", "set", f"{PORT}-far", "up")
        state = {"SNMP_PERSISTENT_DIR": str(folder / "snmpd")}
        agent = ("/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", str(folder / "snmpd.conf"))
        stack.enter_context(namespace.running(*agent, log=folder / "snmpd.log", environment=state))
        yield House(namespace, folder)
