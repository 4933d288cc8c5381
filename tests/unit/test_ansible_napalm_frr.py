"""The FRR driver: what it reads from FRR, and what it leaves on the device so that a commit can be undone."""

import json

import pytest
from napalm import get_network_driver
from napalm.base.exceptions import CommitError, ConnectionException, ReplaceConfigException

from napalm_frr import parsing, revert
from napalm_frr.driver import FrrDriver
from napalm_frr.shell import RemoteError, Shell, ShellError

RUNNING = """Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname 68-22945-rt-001
agentx
service integrated-vtysh-config
!
interface lo
 ip address 10.68.0.12/32
exit
!
end
"""
REPORT = """2026-11-22 03:42:15,363  INFO: Loading Config object from vtysh show running
Lines To Delete
===============
no ip route 10.68.24.0/21 blackhole

Lines To Add
============
interface lo
 description changed

"""
SUMMARY = {
    "ipv4Unicast": {
        "routerId": "10.68.0.1",
        "as": 65068,
        "peers": {
            "10.68.2.2": {
                "remoteAs": 65101,
                "state": "Established",
                "peerUptimeMsec": 61500,
                "pfxRcd": 2,
                "pfxSnt": 9,
                "desc": "68-SKHCN-RT-001",
            },
            "10.68.2.14": {"remoteAs": 65104, "state": "Active", "peerUptimeMsec": 0, "pfxRcd": 0, "pfxSnt": 0},
        },
    }
}


def test_napalm_finds_the_driver_by_name() -> None:
    assert get_network_driver("frr") is FrrDriver


def test_a_configuration_has_no_header_no_end_and_no_run_time_line() -> None:
    assert parsing.configuration(RUNNING) == (
        "!\nfrr version 8.4.4\nfrr defaults traditional\nhostname 68-22945-rt-001\nservice integrated-vtysh-config\n"
        "!\ninterface lo\n ip address 10.68.0.12/32\nexit\n"
    )
    assert parsing.configuration(parsing.configuration(RUNNING)) == parsing.configuration(RUNNING)


@pytest.mark.parametrize(
    ("report", "diff"),
    [
        ("", ""),
        ("2026-11-22 03:42:15,363  INFO: Loading Config object\n", ""),
        (REPORT, "-no ip route 10.68.24.0/21 blackhole\n+interface lo\n+ description changed\n"),
        (REPORT.split("Lines To Add", maxsplit=1)[0], "-no ip route 10.68.24.0/21 blackhole\n"),
    ],
)
def test_a_reload_report_becomes_a_difference(report: str, diff: str) -> None:
    assert parsing.reload_diff(report) == diff


def test_complaints_are_found_and_silence_is_none() -> None:
    complaint = "line 2: % Unknown command[25]:  neighbour 1.2.3.4 remote-as 3"
    assert parsing.syntax_errors(f"{complaint}\n\n{complaint}\n") == (complaint,)
    assert parsing.syntax_errors("") == ()


def test_bgp_neighbors() -> None:
    found = parsing.bgp_neighbors(json.dumps(SUMMARY))["global"]
    assert found["router_id"] == "10.68.0.1"
    assert {peer: (entry["is_up"], entry["remote_as"], entry["uptime"]) for peer, entry in found["peers"].items()} == {
        "10.68.2.2": (True, 65101, 61),
        "10.68.2.14": (False, 65104, 0),
    }
    assert parsing.established(json.dumps(SUMMARY)) == {"10.68.2.2"}


@pytest.mark.parametrize("output", ["", "% BGP instance not found", "[]", '{"warning": "x"}'])
def test_a_router_without_bgp_has_no_neighbors(output: str) -> None:
    assert parsing.bgp_neighbors(output) == {"global": {"router_id": "", "peers": {}}}


def test_facts() -> None:
    found = parsing.facts("FRRouting 8.4.4 (68-pop) on Linux(6.1)\n", "68-pop\n", "42.5 80.1\n", "wan0\nlo\n", "ab12\n")
    assert found == {
        "vendor": "FRRouting",
        "model": "FRR",
        "os_version": "8.4.4",
        "hostname": "68-pop",
        "fqdn": "68-pop",
        "serial_number": "ab12",
        "uptime": 42.5,
        "interface_list": ["lo", "wan0"],
    }


def test_the_timer_is_absolute_survives_a_reboot_and_names_the_commit() -> None:
    unit = revert.timer_unit("c0ffee", "2026-11-22 03:42:15 UTC").splitlines()
    assert "OnCalendar=2026-11-22 03:42:15 UTC" in unit
    assert "Persistent=true" in unit
    assert "WantedBy=timers.target" in unit
    assert any("c0ffee" in line for line in unit if line.startswith("Description="))


def test_arming_keeps_the_running_configuration_before_anything_else() -> None:
    command = revert.arm("c0ffee", """it's "quoted" """, 120)
    kept = command.index("show running-config")
    assert kept < command.index("/pending") < command.index("systemctl start baophu-revert.timer")
    assert "+120 seconds" in command
    assert "/etc/frr/frr.conf" not in command, "the startup file is written at confirm alone"


def test_nothing_but_confirm_writes_the_startup_file() -> None:
    assert "mv /etc/frr/frr.conf.new /etc/frr/frr.conf" in revert.save_startup()
    for command in (revert.reload_command(revert.CANDIDATE), revert.disarm(), revert.service_unit()):
        assert "/etc/frr/frr.conf" not in command
    # frr-reload.py saves whatever is not frr.conf of the configuration folder that it is told.
    assert revert.reload_command("/x").endswith("--confdir /x /x/frr.conf")


class Recorded(Shell):
    """A device that answers from a table and keeps what it was told."""

    def __init__(self, answers: dict[str, str | Exception]) -> None:
        super().__init__("router", "root", known_hosts=None)
        self.answers, self.told = answers, list[str]()

    def run(self, command: str, stdin: str = "") -> str:
        self.told.append(command)
        self.sent = stdin
        for part, answer in self.answers.items():
            if part in command:
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return ""


def driver_for(answers: dict[str, str | Exception], commit_id: str = "c0ffee") -> tuple[FrrDriver, Recorded]:
    driver = FrrDriver("router", "root", "", optional_args={"commit_id": commit_id})
    shell = Recorded({"command -v vtysh": "/usr/bin/vtysh\n", **answers})
    driver._shell = shell
    return driver, shell


def pending(commit: str = "c0ffee", boot: str = "boot-1") -> dict[str, str | Exception]:
    return {
        "cat /var/lib/baophu/frr/pending": json.dumps({"id": commit, "boot": boot, "message": ""}),
        "boot_id": "boot-1\n",
    }


def test_confirming_stops_the_timer_and_then_writes_the_startup_file() -> None:
    driver, shell = driver_for(pending())
    driver.confirm_commit()
    stopped = next(n for n, told in enumerate(shell.told) if "disable --now baophu-revert.timer" in told)
    written = next(n for n, told in enumerate(shell.told) if "/etc/frr/frr.conf" in told)
    assert stopped < written


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"pending": ""}, "no longer pending"),
        (pending(commit="other"), "no longer pending"),
        (pending(boot="boot-0"), "restarted"),
    ],
)
def test_what_is_not_pending_any_more_is_not_confirmed(answers: dict[str, str | Exception], reason: str) -> None:
    driver, shell = driver_for(answers)
    with pytest.raises(CommitError, match=reason):
        driver.confirm_commit()
    assert not any("/etc/frr/frr.conf" in told for told in shell.told)


def test_a_revert_that_has_begun_is_not_confirmed() -> None:
    driver, shell = driver_for({**pending(), "disable --now": RemoteError("", 1)})
    with pytest.raises(CommitError):
        driver.confirm_commit()
    assert not any("/etc/frr/frr.conf" in told for told in shell.told)


def test_a_second_commit_waits_for_the_first() -> None:
    driver, shell = driver_for(pending(commit="first"))
    driver.load_replace_candidate(config=RUNNING)
    with pytest.raises(CommitError, match="first is still pending"):
        driver.commit_config(revert_in=60)
    assert not any("systemctl start baophu-revert.timer" in told for told in shell.told)


def test_a_commit_that_fails_is_rolled_back_at_once() -> None:
    driver, shell = driver_for({"systemd-run": RemoteError("vtysh: no", 1)})
    driver.load_replace_candidate(config=RUNNING)
    with pytest.raises(CommitError, match="no"):
        driver.commit_config(revert_in=60)
    assert shell.told[-1] == "systemctl start baophu-revert.service"


def test_the_timer_runs_before_the_candidate_does() -> None:
    driver, shell = driver_for({})
    driver.load_replace_candidate(config=RUNNING)
    driver.commit_config(revert_in=60)
    armed = next(n for n, told in enumerate(shell.told) if "systemctl start baophu-revert.timer" in told)
    assert armed < next(n for n, told in enumerate(shell.told) if told.startswith("systemd-run"))
    assert not any("/etc/frr/frr.conf" in told for told in shell.told)


def test_what_frr_does_not_understand_is_refused() -> None:
    driver, _ = driver_for({"-C -f": RemoteError("line 2: % Unknown command: neighbour", 2)})
    with pytest.raises(ReplaceConfigException, match="line 2"):
        driver.load_replace_candidate(config="router bgp 1\n neighbour 1.2.3.4\n")
    assert driver.compare_config() == ""


def test_a_lost_session_is_a_connection_error() -> None:
    driver, _ = driver_for({"show": ShellError("router: Socket is closed")})
    with pytest.raises(ConnectionException, match="closed"):
        driver.get_bgp_neighbors()


def test_one_vtysh_command_at_a_time() -> None:
    driver, _ = driver_for({})
    with pytest.raises(ValueError, match="not one vtysh command"):
        driver.cli(["show version' -c 'write"])


def test_before_frr_is_installed_a_dry_run_shows_the_whole_configuration() -> None:
    driver, shell = driver_for({"command -v vtysh": "", "cat /var/lib/baophu/frr/candidate": "router bgp 1\n!\nexit\n"})
    driver.load_replace_candidate(config="router bgp 1\n!\nexit\n")
    assert driver.compare_config() == "+router bgp 1\n+exit\n"
    with pytest.raises(CommitError, match="not installed"):
        driver.commit_config(revert_in=60)
    assert not any("baophu-revert" in told for told in shell.told)
