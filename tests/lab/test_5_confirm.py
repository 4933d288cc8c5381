"""A push that nobody confirms takes itself back: at its deadline, and across a power cut."""

import subprocess
import sys
import time

import yaml
from province import Province

ROUTER = "68-SKHCN-RT-001"
MARK = "never-confirmed"
#: Run in the namespace of the controller, as `network_config` is. Arguments: address, known_hosts, key, revert_in.
COMMIT = """
import sys
from napalm import get_network_driver
address, known_hosts, key, revert_in = sys.argv[1:]
options = {"known_hosts": known_hosts, "key_file": key}
with get_network_driver("frr")(address, "root", "", optional_args=options) as router:
    router.load_merge_candidate(config="interface lo\\n description never-confirmed\\nexit\\n")
    print(router.compare_config())
    router.commit_config(revert_in=int(revert_in))
    assert router.has_pending_commit()
"""


def commit(province: Province, revert_in: int) -> str:
    state = province.place.state
    address = yaml.safe_load((state / "access.yml").read_text(encoding="utf-8"))["hosts"][ROUTER]["address"]
    arguments = [address, str(state / "known_hosts"), str(state / "ssh_key"), str(revert_in)]
    command = province.in_controller(sys.executable, "-c", COMMIT, *arguments)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def running(province: Province) -> str:
    return province.on(ROUTER, "vtysh -c 'show running-config no-header'").stdout


def startup(province: Province) -> str:
    return province.on(ROUTER, "cat /etc/frr/frr.conf").stdout


def awaited_old_configuration(province: Province, old: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = province.on(ROUTER, "vtysh -c 'show running-config no-header'", check=False).stdout
        pending = province.on(ROUTER, "test -e /var/lib/baophu/frr/pending", check=False).returncode == 0
        if shown == old and not pending:
            return True
        time.sleep(1)
    return False


def test_an_unconfirmed_commit_is_taken_back_at_its_deadline(province: Province) -> None:
    old = running(province)
    assert f"+ description {MARK}" in commit(province, revert_in=12) or MARK in running(province)
    assert MARK in running(province)
    assert MARK not in startup(province)
    assert awaited_old_configuration(province, old, 60)


def test_power_lost_between_commit_and_confirm_brings_the_old_configuration_back(province: Province) -> None:
    old = running(province)
    commit(province, revert_in=900)
    assert MARK in running(province)
    province.lab("power-off", ROUTER)
    province.lab("power-on", ROUTER)
    assert awaited_old_configuration(province, old, 90)
    assert MARK not in startup(province)
    timers = province.on(ROUTER, "systemctl is-enabled baophu-revert.timer", check=False).stdout
    assert "enabled" not in timers.split()


def test_the_province_works_in_band_and_as_planned(province: Province) -> None:
    """Every check of playbooks/verify.yml, reached over the province's own network."""
    recap = province.provision("verify", "--in-band")
    assert set(recap) >= {ROUTER, "68-POP-RT-001", "68-22945-SW-001", "68-22945-PC-001", "68-22924-PC-001"}
    assert {host for host, result in recap.items() if result["failed"] or result["unreachable"]} == set()
    recap = province.provision("site", "--check", "--in-band")
    assert {host for host, r in recap.items() if r["failed"] or r["unreachable"] or r["changed"]} == set()
