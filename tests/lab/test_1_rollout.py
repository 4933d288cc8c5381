"""A rollout from bare hosts to figures, and what it leaves behind."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from catalogue import INDICATORS
from province import DARK, Province, Rollout

from api.app import build_api
from baophu.serving import build_server_app
from exporter.asgi import build_exporter
from ledger.max_age import MaxAges
from ledger.plan import read_plan
from ledger.store import open_store
from ledger.view import LedgerView

HOSTS = {
    "68-POP-RT-001",
    *(f"68-TTDL-SV-00{number}" for number in (1, 2, 3)),
    *(f"68-{unit}-SV-001" for unit in ("SKHCN", "22945")),
    *(f"68-{unit}-{kind}-001" for unit in ("SKHCN", "22945", "22924") for kind in ("RT", "SW", "PC")),
    "68-SKHCN-PC-002",
    "68-22945-PC-002",
}
ABSENT = {"68-23272-PC-001": "not_provisioned", "68-22924-PC-002": "not_provisioned"}


def test_before_nothing_is_covered_and_each_asset_says_why(rollout: Rollout) -> None:
    assert {figure["numerator"] for figure in rollout.figures_before} == {0}
    verdicts = {row["asset"]: row["verdict"] for row in rollout.gaps_before}
    assert set(verdicts.values()) == {"not_provisioned", "planned_later"}
    assert {asset for asset, verdict in verdicts.items() if verdict == "planned_later"} == {
        "68-23272-PC-002",
        "68-MOTCUA",
    }
    # LANs, connection points, PCs; services, units with a portal; units with mail, mail domains, mailboxes;
    # uplinks, terminals
    assert len(verdicts) == 4 + 4 + 8 + 5 + 2 + 3 + 3 + 7 + 4 + 4


def test_the_dry_run_reaches_everybody_and_changes_nothing(rollout: Rollout) -> None:
    assert set(rollout.dry_before) - {"localhost"} == HOSTS
    assert {host: r for host, r in rollout.dry_before.items() if r["failed"] or r["unreachable"]} == {}
    assert rollout.gaps_after_dry_run == rollout.gaps_before


def test_an_unreachable_host_stops_no_other(rollout: Rollout) -> None:
    assert {host for host, recap in rollout.first.items() if recap["unreachable"]} == {DARK}
    assert {host for host, recap in rollout.first.items() if recap["failed"]} == set()
    row = next(row for row in rollout.gaps_after_first if row["asset"] == DARK)
    assert row["verdict"] == "provisioning_failed"
    assert "connect" in row["detail"].lower()


def test_the_second_run_changes_nothing_but_the_host_that_was_dark(rollout: Rollout) -> None:
    assert {host for host, recap in rollout.second.items() if recap["failed"] or recap["unreachable"]} == set()
    assert {host for host, recap in rollout.second.items() if recap["changed"]} == {DARK}


def test_the_dry_run_afterwards_finds_nothing_to_change(rollout: Rollout) -> None:
    assert {host for host, r in rollout.dry_after.items() if r["failed"] or r["unreachable"] or r["changed"]} == set()


def test_after_it_every_figure_and_reason_is_as_the_lab_is(province: Province) -> None:
    found = {name: province.figure(name) for name in INDICATORS}
    assert {name: (f["numerator"], f["denominator"], f["reasons"]) for name, f in found.items()} == {
        "HT02": (3, 4, {"not_provisioned": 1}),
        "HT04": (3, 4, {"not_provisioned": 1}),
        "HT06": (5, 8, {"not_provisioned": 2, "planned_later": 1}),
        "AV01": (3, 3, {}),
        "AV02": (11, 11, {}),
        "AV03": (2, 2, {}),
        "AV04": (2, 2, {}),
        "HT08": (0, 4, {"never_seen": 4}),  # a lab has minutes of samples, not days
        "HT14": (0, 4, {"not_compliant": 3, "not_provisioned": 1}),  # its routers have two ports
        "HT13": (1, 5, {"not_compliant": 1, "not_provisioned": 2, "planned_later": 1}),
        "TD01": (2, 3, {"not_provisioned": 1}),
        "TD02": (2, 3, {"not_provisioned": 1}),
        "TD03": (6, 7, {"not_provisioned": 1}),
        "TD06": (5, 7, {"not_compliant": 1, "not_provisioned": 1}),
        "UD08": (1, 2, {"not_provisioned": 1}),
    }
    assert province.gaps("TD06") == {
        "nghile@phanthiet.lamdong.gov.vn": "not_compliant",
        "vanthu@phuquy.lamdong.gov.vn": "not_provisioned",
    }
    assert province.gaps("HT06") == {**ABSENT, "68-23272-PC-002": "planned_later"}


def test_no_secret_is_left_anywhere(province: Province, ask: Callable[..., httpx.Response]) -> None:
    province.lab("status", "--json")
    secrets = Path(".baophu/lab") / province.name / "secrets"
    values = [
        line
        for file in secrets.rglob("*")
        if file.is_file() and file.suffix not in (".pub", ".crt")
        for line in file.read_text(encoding="utf-8").splitlines()
        if len(line) >= 16 and not line.startswith("-----")
    ]
    assert len(values) >= 4 + 5, "keys, passphrases, and the mailboxes' passwords"
    left = [path for path in province.store.parent.rglob("*") if path.is_file()]
    left += [path for path in (Path(".baophu/run") / province.name).rglob("*") if path.is_file()]
    haystack = {str(path): path.read_bytes() for path in left} | served(province, ask)
    assert {"ledger.db", "ansible-site.log", "commands.log", "credentials.yml", "metrics", "assets"} <= {
        Path(name).name for name in haystack
    }
    assert [name for name, content in haystack.items() if any(value.encode() in content for value in values)] == []


def served(province: Province, ask: Callable[..., httpx.Response]) -> dict[str, bytes]:
    """Everything that API and exporter say, `dict[path, content]`."""
    plan = read_plan(province.plan)
    with open_store(f"sqlite:///{province.store}") as store:
        view = LedgerView(plan, store, MaxAges.default(), lambda: datetime.now(UTC))
        app = build_server_app(build_api(view, plan), build_exporter(view, plan))
        lists = [f"/api/v1/{name}" for name in ("indicators", "units", "coverage", "gaps", "assets")]
        answers = {path: ask(app, path) for path in ["/metrics", "/sd", "/healthz", "/openapi.json", *lists]}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.content for path, answer in answers.items()}
