"""`baophu config`: what people see of configuration history, and how devices are read in a round."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baophu.main import run
from collectors.configuration.round import read_all
from collectors.fault import Fault
from ledger.configuration import Capture, SecretsDigest
from ledger.errors import StoreError
from ledger.observation import Failure, Outcome, RunResult
from ledger.plan import Device, Plan
from ledger.store import open_store

ROUTER = "68-22945-RT-001"
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)  # in Việt Nam
MINUTE = timedelta(minutes=1)
FIRST = Capture(device=ROUTER, at=NOON, text="hostname r1\n neighbor 10.0.0.1 password <masked>\nend\n")
KEYS = [
    *("device", "version", "first_seen", "last_seen", "changed_after", "sha256", "lines", "added", "removed"),
    *("secrets_changed", "origin", "run", "playbook", "device_message"),
]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four versions: read first, changed by a run, changed by hand, and only a secret changed."""
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "BAOPHU_PLAN", "BAOPHU_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "ledger.db"
    monkeypatch.setenv("BAOPHU_STORE", str(path))
    ran = RunResult(
        run="run-1", playbook="site", asset=ROUTER, outcome=Outcome.OK, changed=1, check_mode=False, at=NOON + MINUTE
    )
    planned = FIRST.text.replace("r1", "r1\nrouter bgp 65102")
    by_hand = planned.replace("65102", "65666")
    with open_store(f"sqlite:///{path}") as opened:
        opened.record_runs([ran])
        opened.record_captures(
            [
                FIRST,
                replace(FIRST, at=NOON + 2 * MINUTE, text=planned),
                replace(FIRST, at=NOON + 3 * MINUTE, text=by_hand, digest=SecretsDigest("k", "a")),
                replace(
                    FIRST, at=NOON + 4 * MINUTE, text=by_hand, digest=SecretsDigest("k", "b"), message="ana (noon)"
                ),
            ]
        )
    return path


def test_the_log_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "log", ROUTER, "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert [list(row) for row in rows] == [KEYS] * 4
    assert [(row["version"], row["origin"], row["playbook"], row["device_message"]) for row in rows] == [
        (4, "device", None, "ana (noon)"),
        (3, "unknown", None, None),
        (2, "baophu", "site", None),
        (1, "first", None, None),
    ]
    assert [(row["added"], row["removed"], row["secrets_changed"]) for row in rows] == [
        (0, 0, True),
        (1, 1, False),
        (1, 0, False),
        (0, 0, False),
    ]
    assert (rows[2]["run"], rows[2]["changed_after"]) == ("run-1", "2026-11-22T05:00:00Z")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], ("4 phiên bản", "không rõ: ngoài Bao Phủ", "baophu: playbook site", "22/11/2026 12:03:00", "+1 −1")),
        (["--lang", "en"], ("4 versions", "unknown: outside of Bao Phủ", "on the device: ana (noon)", "first reading")),
    ],
)
def test_the_log_speaks_the_readers_language(
    options: list[str], words: Sequence[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*options, "config", "log"]) == 0
    shown = capfd.readouterr().out
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ([], "65666"),
        (["--version", "2"], "65102"),
        (["--at", "2026-11-22T12:02:30"], "65102"),
        (["--at", "2026-11-22T12:03"], "65666"),
    ],
)
def test_a_version_is_printed_as_it_was_kept(
    options: list[str], number: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", "show", ROUTER, *options]) == 0
    assert capfd.readouterr().out == FIRST.text.replace("r1", f"r1\nrouter bgp {number}")


def test_the_difference_of_two_versions(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "diff", ROUTER, "1", "3"]) == 0
    assert capfd.readouterr().out.splitlines() == [
        f"--- {ROUTER} 1 (22/11/2026 12:00:00)",
        f"+++ {ROUTER} 3 (22/11/2026 12:03:00)",
        "@@ -1,3 +1,4 @@",
        " hostname r1",
        "+router bgp 65666",
        "  neighbor 10.0.0.1 password <masked>",
        " end",
    ]


def test_without_versions_the_last_change_is_shown_a_secret_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "config", "diff", ROUTER]) == 0
    assert capfd.readouterr().out == "Secrets changed, too; they are masked.\n"
    assert run(["--lang", "en", "config", "diff", ROUTER, "2"]) == 0
    shown = capfd.readouterr().out.splitlines()
    assert {"-router bgp 65102", "+router bgp 65666", "Secrets changed, too; they are masked."} <= set(shown)


def test_a_configuration_that_never_changed_has_no_difference(store: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with open_store(f"sqlite:///{store}") as opened:
        opened.record_captures([replace(FIRST, device="68-POP-RT-001")])
    assert run(["--lang", "en", "config", "diff", "68-POP-RT-001"]) == 0
    assert capfd.readouterr().out == "68-POP-RT-001: read, and unchanged since\n"


def test_a_device_that_left_the_plan_keeps_its_history(store: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with open_store(f"sqlite:///{store}") as opened:
        opened.record_captures([replace(FIRST, device="68-OLD-RT-001")])
    assert run(["config", "show", "68-OLD-RT-001"]) == 0
    assert capfd.readouterr().out == FIRST.text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["log", "68-22945-RT-01"], 2, "'68-22945-RT-01' is no router or switch of the plan; nearest: 68-22945-RT-001"),
        (["show", "68-TTDL-SV-001"], 2, "is no router or switch of the plan"),
        (["diff", "68-POP-RT-001"], 1, "was never read; run `baophu config collect 68-POP-RT-001`"),
        (["show", ROUTER, "--version", "9"], 2, "has no version 9; there are 1 to 4"),
        (["diff", ROUTER, "1", "9"], 2, "has no version 9"),
        (["show", ROUTER, "--at", "2026-11-22T11:59"], 1, "was first read later than 2026-11-22T11:59"),
        (["show", ROUTER, "--at", "2026-11-22", "--version", "1"], 2, "give --version or --at, not both"),
        (["show", ROUTER, "--at", "soon"], 2, "--at: 'soon' is not a time"),
        (["collect", "68-POP-RT-1"], 2, "'68-POP-RT-1' is no router or switch of the plan; nearest: 68-POP-RT-001"),
        (["collect"], 1, "no credentials; give --credentials FILE or BAOPHU_CREDENTIALS"),
        (["log", "--store", "/nonexistent/ledger.db"], 1, "'/nonexistent' does not exist"),
    ],
)
def test_a_wrong_call_says_what_and_the_remedy(
    arguments: list[str], code: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "en", "config", *arguments]) == code
    shown = capfd.readouterr().err
    assert words in shown
    assert "Traceback" not in shown


def test_a_version_below_one_is_a_wrong_call() -> None:
    assert run(["config", "show", ROUTER, "--version", "0"]) == 2
    assert run(["config", "diff", ROUTER, "x"]) == 2


def test_a_device_that_is_not_ours_is_not_asked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan"
    plan.mkdir()
    for file in Path("inventory/lab").iterdir():
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            (plan / file.name).write_text(text.replace("68-TTDL,ours,10.68.0.1,", "68-TTDL,vnpt,10.68.0.1,"))
    assert run(["--lang", "en", "config", "collect", "68-POP-RT-001", "--plan", str(plan)]) == 1
    assert "'68-POP-RT-001' is not to be asked" in capfd.readouterr().err


def test_credentials_without_the_section_say_so(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("community", "key"):
        (tmp_path / name).write_text("secret-enough")
        (tmp_path / name).chmod(0o600)
    (tmp_path / "known_hosts").write_text("")
    file = tmp_path / "credentials.yml"
    file.write_text(
        'snmp: {version: "2c", community_file: community}\nleases: {user: u, key_file: key, known_hosts: known_hosts}\n'
    )
    file.chmod(0o600)
    assert run(["--lang", "en", "config", "collect", "--credentials", str(file)]) == 1
    assert "has no section 'configuration'; see docs/credentials.md" in capfd.readouterr().err


class FakeSource:
    """Answers at once, fails, or crashes, by the device's id; notes how many are asked at a time."""

    def __init__(self, crashing: str) -> None:
        self._crashing = crashing
        self._now = 0
        self.most = 0

    async def read(self, device: Device) -> Capture | Fault:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        if device.id == self._crashing:
            raise RuntimeError("a bug")
        return Fault(Failure.NO_ANSWER, "no answer over SSH") if "SW" in device.id else replace(FIRST, device=device.id)


def test_a_device_that_fails_or_crashes_is_a_result_and_not_the_end(lab_plan: Plan) -> None:
    devices = list(lab_plan.devices.values())[:8]
    source, found = FakeSource(devices[0].id), dict[str, Capture | Fault]()
    asyncio.run(read_all(source, devices, lambda device, outcome: found.update({device.id: outcome}), at_once=3))
    assert set(found) == {device.id for device in devices}
    assert found[devices[0].id] == Fault(Failure.COLLECTOR_ERROR, "RuntimeError")
    assert {id_ for id_, outcome in found.items() if outcome == Fault(Failure.NO_ANSWER, "no answer over SSH")} == {
        device.id for device in devices if "SW" in device.id
    }
    assert source.most == 3


def test_a_store_that_can_not_be_written_ends_the_round(lab_plan: Plan) -> None:
    def refuse(device: Device, outcome: Capture | Fault) -> None:
        raise StoreError("store: full")

    with pytest.raises(StoreError, match="full"):
        asyncio.run(read_all(FakeSource(""), list(lab_plan.devices.values()), refuse))
