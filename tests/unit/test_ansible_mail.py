"""Mail by plan: passwords and keys on the controller, accounts on the host, and how a server tells its state."""

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from plan_online_vars import PlannedOnline
from plugins import plugin

from ledger.plan import Exemption, Plan

action: Any = plugin("action", "mail_domains")
module: Any = plugin("modules", "mail_domains")
PROGRAM = Path(__file__).parents[2] / "roles/mail_state/files/mail_state.py"
TODAY = date(2026, 11, 22)
DOMAIN, ADDRESS = "skhcn.lamdong.gov.vn", "vanthu@skhcn.lamdong.gov.vn"
DOMAINS = [{"domain": DOMAIN, "mailboxes": [{"address": ADDRESS, "quota_mb": 500}]}]
PUBLIC = "-----BEGIN PUBLIC KEY-----\n" + "A" * 392 + "\n-----END PUBLIC KEY-----\n"


def program() -> Any:
    specification = importlib.util.spec_from_file_location("mail_state", PROGRAM)
    assert specification is not None
    assert specification.loader is not None
    loaded = importlib.util.module_from_spec(specification)
    sys.modules["mail_state"] = loaded
    specification.loader.exec_module(loaded)
    return loaded


mail_state: Any = program()


# --- the plan ---


@pytest.fixture
def online(lab_plan: Plan) -> PlannedOnline:
    return PlannedOnline(lab_plan, TODAY)


def test_a_server_knows_its_domains_and_their_mailboxes(online: PlannedOnline, lab_plan: Plan) -> None:
    assert online.of_server(lab_plan.devices["68-SKHCN-SV-001"]) == {
        "plan_domains": [
            {
                "domain": DOMAIN,
                "mailboxes": [
                    {"address": ADDRESS, "quota_mb": 500},
                    {"address": f"giamdoc@{DOMAIN}", "quota_mb": 500},
                    {"address": f"truc.noc@{DOMAIN}", "quota_mb": 500},
                ],
            }
        ]
    }
    assert online.of_workstation(lab_plan.workstations["68-SKHCN-PC-001"]) == {
        "plan_mailboxes": [{"address": ADDRESS, "server": f"mail.{DOMAIN}"}]
    }


@pytest.mark.parametrize(
    "change",
    [
        {"retired_on": TODAY},
        {"planned_from": date(2026, 11, 23)},
        {"owner": "VNPT"},
        {"exemption": Exemption("seconded", TODAY)},
    ],
)
def test_a_mailbox_that_is_not_there_to_be_is_left_out(lab_plan: Plan, change: dict[str, Any]) -> None:
    mailboxes = {**lab_plan.mailboxes, ADDRESS: replace(lab_plan.mailboxes[ADDRESS], **change)}
    online = PlannedOnline(replace(lab_plan, mailboxes=mailboxes), TODAY)
    (domain,) = online.of_server(lab_plan.devices["68-SKHCN-SV-001"])["plan_domains"]
    assert [mailbox["address"] for mailbox in domain["mailboxes"]] == [f"giamdoc@{DOMAIN}", f"truc.noc@{DOMAIN}"]
    assert online.of_workstation(lab_plan.workstations["68-SKHCN-PC-001"]) == {"plan_mailboxes": []}


def test_everybody_may_know_the_domains_and_the_relay(online: PlannedOnline) -> None:
    known = online.province_variables()
    assert (known["plan_relay"], known["plan_relay_address"]) == ("68-TTDL-SV-002", "10.68.3.2")
    assert {entry["domain"]: entry["address"] for entry in known["plan_mail_domains"]} == {
        DOMAIN: "10.68.21.10",
        "phanthiet.lamdong.gov.vn": "10.68.29.10",
        "phuquy.lamdong.gov.vn": "10.68.45.10",
    }


def test_only_services_that_run_here_are_named(online: PlannedOnline, lab_plan: Plan) -> None:
    assert [(r["service"], r["name"], r["address"], r["address6"]) for r in online.service_records()] == [
        ("68-SKHCN-TTDT", f"www.{DOMAIN}", "10.68.4.10", "fd68:4::10"),
        ("68-QOFFICE", "qoffice.lamdong.gov.vn", "10.68.4.10", "fd68:4::10"),
    ]
    services = online.of_server(lab_plan.devices["68-TTDL-SV-003"])["plan_services"]
    assert [entry["service"] for entry in services] == ["68-SKHCN-TTDT", "68-QOFFICE"]


# --- the controller ---


def test_an_initial_password_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    (first,) = action.accounts(DOMAINS, tmp_path, check=False)
    file = tmp_path / "mail" / ADDRESS
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert len(first["password"]) == action.PASSWORD_LENGTH
    assert list(action.accounts(DOMAINS, tmp_path, check=False)) == [first]
    assert list(action.accounts(DOMAINS, tmp_path, check=True)) == [first]


def test_a_dry_run_makes_no_password_and_records_no_key(tmp_path: Path) -> None:
    (found,) = action.accounts(DOMAINS, tmp_path, check=True)
    assert found["password"]
    assert action.record(tmp_path / "dkim" / f"{DOMAIN}.pub", PUBLIC, check=True) is True
    assert list(tmp_path.iterdir()) == []


def test_the_probes_password_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail, match="the mail probe's password"):
        list(action.probes(DOMAINS, tmp_path, "baophu-probe"))
    (tmp_path / "mail_probe").write_text("secret\n", encoding="utf-8")
    (probe,) = action.probes(DOMAINS, tmp_path, "baophu-probe")
    assert (probe["address"], probe["password"], probe["is_probe"]) == (f"baophu-probe@{DOMAIN}", "secret", True)


def test_a_public_key_is_recorded_once_and_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "dkim" / f"{DOMAIN}.pub"
    other = PUBLIC.replace("AAAA", "BBBB", 1)
    recorded = [action.record(file, key, check=False) for key in (PUBLIC, PUBLIC, other)]
    assert recorded == [True, False, True]
    assert file.read_text(encoding="utf-8") == other


@pytest.mark.parametrize("told", ["", "no key", PUBLIC + "server=10.0.0.1\n", PUBLIC.replace("A" * 8, 'A\nx;,"x', 1)])
def test_what_is_no_key_never_gets_to_the_dns(tmp_path: Path, told: str) -> None:
    with pytest.raises(AnsibleActionFail, match="is none"):
        action.record(tmp_path / "x.pub", told, check=False)
    assert list(tmp_path.iterdir()) == []


# --- the host ---


class Host:
    """Stands where AnsibleModule does; runs commands for real."""

    def __init__(self, folder: Path, mailboxes: list[dict[str, Any]], *, check: bool = False) -> None:
        self.check_mode = check
        self.params = {
            "mailboxes": mailboxes,
            "accounts": str(folder / "accounts"),
            "suspended": str(folder / "suspended"),
        }

    def run_command(self, command: list[str], data: str = "", **_: Any) -> tuple[int, str, str]:
        done = subprocess.run(command, input=data, capture_output=True, text=True, check=True)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(autouse=True)
def anybody_owns_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """The accounts' group doesn't exist on the machine that tests."""
    mine = SimpleNamespace(pw_uid=-1, gr_gid=-1)
    monkeypatch.setattr(module.pwd, "getpwnam", lambda _: mine)
    monkeypatch.setattr(module.grp, "getgrnam", lambda _: mine)


def box(address: str, quota_mb: int = 500, word: str = "right", *, is_probe: bool = False) -> dict[str, Any]:
    return {"address": address, "quota_mb": quota_mb, "password": word, "is_probe": is_probe}


def kept(folder: Path, *boxes: dict[str, Any], check: bool = False) -> dict[str, list[str]]:
    found: dict[str, list[str]] = module.keep_accounts(Host(folder, list(boxes), check=check))
    return found


def test_accounts_are_made_kept_suspended_and_resumed(tmp_path: Path) -> None:
    one, two = box("a@x.vn"), box("b@x.vn", 200)
    assert kept(tmp_path, one, two)["created"] == ["a@x.vn", "b@x.vn"]
    accounts = (tmp_path / "accounts").read_text(encoding="utf-8")
    assert "right" not in accounts
    assert [line.rsplit(":", 1)[1] for line in accounts.splitlines()] == ["storage=500M", "storage=200M"]
    assert kept(tmp_path, one, two)["files"] == []
    gone = kept(tmp_path, one)
    assert (gone["suspended"], gone["created"], (tmp_path / "suspended").read_text()) == (["b@x.vn"], [], "b@x.vn\n")
    hashes = module.read_accounts((tmp_path / "accounts").read_text(encoding="utf-8"))
    assert hashes == module.read_accounts(accounts), "its account stays"
    back = kept(tmp_path, one, two)
    assert (back["resumed"], (tmp_path / "suspended").read_text()) == (["b@x.vn"], "")
    assert (tmp_path / "accounts").read_text(encoding="utf-8") == accounts


def test_a_password_that_is_there_stays_but_the_probes_follows_the_controller(tmp_path: Path) -> None:
    kept(tmp_path, box("a@x.vn"), box("probe@x.vn", is_probe=True))
    before = module.read_accounts((tmp_path / "accounts").read_text(encoding="utf-8"))
    kept(tmp_path, box("a@x.vn", word="other"), box("probe@x.vn", word="other", is_probe=True))
    after = module.read_accounts((tmp_path / "accounts").read_text(encoding="utf-8"))
    assert before["a@x.vn"] == after["a@x.vn"]
    assert module.is_password(Host(tmp_path, []), "other", after["probe@x.vn"])
    assert not module.is_password(Host(tmp_path, []), "right", after["probe@x.vn"])


def test_a_dry_run_of_accounts_tells_and_writes_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path, box("a@x.vn"), check=True)["created"] == ["a@x.vn"]
    assert list(tmp_path.iterdir()) == []


# --- how it stands ---


def entry(message: str, seconds: int, cursor: str = "s=1") -> str:
    return json.dumps({"MESSAGE": message, "__REALTIME_TIMESTAMP": f"{seconds}000000", "__CURSOR": cursor})


SENT = "CAF8: to=<{}>, relay=mail.x.vn[private/dovecot-lmtp], delay=0.1, dsn=2.0.0, status={} (250 2.0.0 Saved)"


def test_a_delivery_is_one_that_dovecot_took() -> None:
    journal = [
        entry(SENT.format("a@x.vn", "sent"), 100),
        entry(SENT.format("A@x.vn", "sent"), 200),
        entry(SENT.format("b@x.vn", "deferred"), 300),
        entry("B: to=<c@y.vn>, relay=relay.x[10.0.0.1]:25, delay=1, status=sent (250 Ok)", 400),
        json.dumps({"MESSAGE": [1, 2], "__REALTIME_TIMESTAMP": "500000000", "__CURSOR": "s=5"}),
    ]
    assert mail_state.deliveries("\n".join(journal)) == ({"a@x.vn": 200}, "s=5")
    assert mail_state.deliveries("") == ({}, None)


def test_deliveries_are_remembered_from_where_the_journal_was_read_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    pages = [entry(SENT.format("a@x.vn", "sent"), 100, "s=1"), "", entry(SENT.format("b@x.vn", "sent"), 300, "s=2")]

    def output(*command: str) -> str:
        asked.append(command)
        return pages.pop(0)

    monkeypatch.setattr(mail_state, "output", output)
    memory = tmp_path / "state.json"
    found = [mail_state.remember(memory) for _ in range(3)]
    assert found == [{"a@x.vn": 100}, {"a@x.vn": 100}, {"a@x.vn": 100, "b@x.vn": 300}]
    assert [command[-1] for command in asked[1:]] == ["--after-cursor=s=1", "--after-cursor=s=1"]


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        ([], {"messages": 0, "oldest_seconds": 0}),
        ([900], {"messages": 1, "oldest_seconds": 100}),
        ([990, 400, 700], {"messages": 3, "oldest_seconds": 600}),
        ([1001], {"messages": 1, "oldest_seconds": 0}),  # the queue's clock is ahead
    ],
)
def test_the_queue_is_counted_and_its_oldest_message_timed(arrivals: list[int], expected: dict[str, int]) -> None:
    listed = "".join(json.dumps({"queue_name": "deferred", "arrival_time": at}) + "\n" for at in arrivals)
    assert mail_state.queue(listed, 1000.5) == expected


def test_mailboxes_are_dovecots_without_the_probes() -> None:
    accounts = "a@x.vn:{SHA512-CRYPT}$6$x::::::\nbaophu-probe@x.vn:{SHA512-CRYPT}$6$x::::::\nb@x.vn:h::::::\n"
    assert mail_state.mailboxes(accounts, "b@x.vn\n", "baophu-probe") == {"a@x.vn": True, "b@x.vn": False}
    assert mail_state.mailboxes("", "", "baophu-probe") == {}


@pytest.mark.parametrize(
    ("text", "expected"), [("shared/last-login\n1795493896\n", 1795493896), ("", None), ("x\ny\n", None)]
)
def test_the_last_login_is_dovecots_note(tmp_path: Path, text: str, expected: int | None) -> None:
    note = tmp_path / "x.vn/a/last-login"
    note.parent.mkdir(parents=True)
    note.write_text(text, encoding="ascii")
    assert mail_state.last_login(tmp_path, "a@x.vn") == expected
    assert mail_state.last_login(tmp_path, "b@x.vn") is None
