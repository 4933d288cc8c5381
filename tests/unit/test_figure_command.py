"""`baophu figure` and the days of `baophu coverage`: kept, told as known then, on another map, published, checked."""

import json
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from baophu.main import run
from ledger.declared.amount import Amount, AmountUnit
from ledger.declared.statement import Import, Statement
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.store import Store, open_store

SEEN, NOW = datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC)
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "plan"
    shutil.copytree("inventory/lab", folder)
    path = tmp_path / "ledger.db"
    with open_store(f"sqlite:///{path}") as store:
        seen = [
            Observation(asset="68-SKHCN-PC-001", check=check, ok=True, at=SEEN, source="sw")
            for check in (Check.FDB, Check.TSLCD_VLAN)
        ]
        store.record(seen, max_ages=MaxAges.default())
    monkeypatch.setenv("BAOPHU_STORE", str(path))
    monkeypatch.setenv("BAOPHU_PLAN", str(folder))
    for module in ("baophu.commands.figure", "baophu.commands.coverage"):
        monkeypatch.setattr(f"{module}.utc_now", lambda: NOW)
    return folder


def answer(capfd: Output, *words: str) -> Any:
    assert run([*words, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def pcs(figures: list[dict[str, Any]], unit: str = "68") -> tuple[int, int]:
    (found,) = (f for f in figures if (f["indicator"], f["unit"]) == ("HT06", unit))
    return found["numerator"], found["denominator"]


def test_days_are_kept_and_told_as_they_were_known(plan: Path, capfd: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    made = answer(capfd, "figure", "keep", "--from", "2026-10-29", "--to", "2026-10-31")
    assert (made["number"], made["first"], made["last"]) == (1, "2026-10-29", "2026-10-31")
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-29")) == (0, 8)
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-31")) == (1, 8)
    register = plan / "workstations.csv"
    register.write_text(
        "".join(line for line in register.read_text().splitlines(keepends=True) if "68-22924-PC-002" not in line)
    )
    monkeypatch.setattr("baophu.commands.figure.utc_now", lambda: NOW.replace(day=23))
    answer(capfd, "figure", "keep", "--from", "2026-10-31", "--to", "2026-10-31")
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-31")) == (1, 7)
    assert pcs(answer(capfd, "coverage", "--as-of", "2026-10-31", "--known-at", "2026-11-22T23:00")) == (1, 8)
    assert [each["number"] for each in answer(capfd, "figure", "kept")] == [1, 2]


def test_what_is_due_is_kept_by_itself_and_once(capfd: Output) -> None:
    assert answer(capfd, "figure", "keep")["last"] == "2026-11-21"
    assert answer(capfd, "figure", "keep") is None
    assert run(["figure", "keep"]) == 0
    assert "đã được lưu" in capfd.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["figure", "keep", "--to", "2026-11-22"],
        ["figure", "keep", "--from", "2026-11-21", "--to", "2026-11-20"],
        ["figure", "keep", "--from", "21/11/2026"],
        ["figure", "publish", "2026-11"],
        ["figure", "publish", "tháng 10"],
        ["figure", "verify", "7"],
        ["coverage", "--as-of", "2026-10-31", "--known-at", "2026-11-22T23:00"],
        ["coverage", "--as-of", "2026-10-31", "--at", "2026-11-22T23:00"],
        ["coverage", "--as-of", "hôm qua"],
    ],
)
def test_a_wrong_call_is_refused(words: list[str], capfd: Output) -> None:
    assert run(words) == 2
    assert capfd.readouterr().err


def test_a_period_is_published_and_checked(capfd: Output) -> None:
    first = answer(capfd, "figure", "publish", "2026-10", "--by", "lan")
    second = answer(capfd, "figure", "publish", "2026-10", "--administrative")
    assert [(p["number"], p["period"]) for p in answer(capfd, "figure", "list")] == [(1, "2026-10"), (2, "2026-10")]
    checks = answer(capfd, "figure", "verify")
    assert [(check["sound"], check["lines"]) for check in checks] == [(True, first["lines"]), (True, second["lines"])]
    assert run(["figure", "verify", "1", "--digest", first["digest"]]) == 0
    assert run(["figure", "verify", "--digest", second["digest"]]) == 2


def test_a_change_ends_in_exit_code_1_and_names_the_row(capfd: Output, tmp_path: Path) -> None:
    answer(capfd, "figure", "publish", "2026-10")
    with open_store(f"sqlite:///{tmp_path}/ledger.db") as store, store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE publication SET period = '2026-09'")
    assert run(["--lang", "en", "figure", "verify"]) == 1
    assert "line 1 (header): the list of publications says something else of it" in capfd.readouterr().out


def test_another_map_conserves_the_total(capfd: Output) -> None:
    answer(capfd, "figure", "keep", "--from", "2026-10-31", "--to", "2026-10-31")
    before = answer(capfd, "coverage", "--as-of", "2026-10-31", "--map", "2026-10-31")
    after = answer(capfd, "coverage", "--as-of", "2026-10-31", "--map", "2025-06-30")
    assert pcs(before) == (1, 8)
    tops = {f["unit"] for f in after} & {"60", "67", "68"}
    assert tops == {"60", "67", "68"}
    assert sum(pcs(after, unit)[1] for unit in tops) == 8


def test_a_history_has_the_days_of_change(capfd: Output) -> None:
    answer(capfd, "figure", "keep", "--from", "2026-10-28", "--to", "2026-10-31")
    points = answer(capfd, "figure", "history", "68", "HT06")
    assert [(p["day"], p["numerator"], p["denominator"]) for p in points] == [
        ("2026-10-28", 0, 8),
        ("2026-10-30", 1, 8),
    ]
    former = answer(capfd, "figure", "history", "60", "HT06", "--map", "2025-06-30", "--from", "2026-10-30")
    assert [(p["day"], p["evidence"]) for p in former] == [("2026-10-30", "measured")]
    assert run(["figure", "history", "60", "HT06"]) == 0
    assert run(["figure", "history", "99", "HT06"]) == 2
    assert run(["figure", "history", "68", "HT99"]) == 2


def stored(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder}/ledger.db")


def spoil(folder: Path, *statements: str) -> None:
    with stored(folder) as store, store._engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def wrong(capfd: Output, *words: str) -> list[tuple[int, str | None]]:
    """Number and reason of what isn't sound; None: it is."""
    capfd.readouterr()
    assert run(["figure", "verify", *words, "--json"]) == 1
    return [(check["number"], check["reason"]) for check in json.loads(capfd.readouterr().out)]


def test_a_period_before_the_present_map_is_published_and_follows_from_its_evidence(
    plan: Path, capfd: Output, tmp_path: Path
) -> None:
    said = [
        Statement(
            indicator="HT01",
            unit=unit,
            day=date(2024, 12, 31),
            amount=Amount(value=Decimal(1), unit=AmountUnit.RATIO, numerator=2, denominator=2),
        )
        for unit in ("60-22930", "60-22945", "60-593", "60")
    ]
    with stored(tmp_path) as store:
        store.record_import(
            Import(number=0, file="a.csv", sha256="a", mapping_sha256="m", by="lan", at=NOW, values=4), said
        )
    answer(capfd, "figure", "publish", "2025-05")
    answer(capfd, "figure", "publish", "2026-10")
    (plan / "former_units.csv").unlink()
    (plan / "successions.csv").unlink()
    checks = answer(capfd, "figure", "verify")
    assert [check["sound"] for check in checks] == [True, True]


def test_a_profile_of_a_former_map_is_published_and_checked(
    capfd: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAOPHU_PLAN")
    monkeypatch.setenv("BAOPHU_STORE", str(tmp_path / "cm.db"))
    answer(capfd, "profile", "load", "cm-2017")
    answer(capfd, "figure", "publish", "2017")
    (check,) = answer(capfd, "figure", "verify")
    assert check["sound"]
    assert check["figures"] > 60


def test_the_list_tells_administrative_periods_and_their_days(capfd: Output, tmp_path: Path) -> None:
    answer(capfd, "figure", "publish", "2026-10")
    made = answer(capfd, "figure", "publish", "2026-10", "--administrative")
    found = answer(capfd, "figure", "list")
    assert [(p["period"], p["administrative"], p["first"], p["last"]) for p in found] == [
        ("2026-10", False, "2026-10-01", "2026-10-31"),
        ("2026-10", True, "2026-09-15", "2026-10-14"),
    ]
    assert made == found[1]
    assert run(["--lang", "en", "figure", "list"]) == 0
    assert "(administrative)" in capfd.readouterr().out
    spoil(tmp_path, "UPDATE publication_part SET body = 'x' WHERE publication = 2")
    assert [(p["administrative"], p["last"]) for p in answer(capfd, "figure", "list")] == [
        (False, "2026-10-31"),
        (None, None),
    ]
    assert run(["figure", "list"]) == 0


def test_what_was_deleted_is_named_and_not_what_came_after(capfd: Output, tmp_path: Path) -> None:
    for month in range(4, 11):
        answer(capfd, "figure", "publish", f"2026-{month:02}")
    spoil(tmp_path, "DELETE FROM publication WHERE number IN (2, 4, 5)")
    spoil(tmp_path, "DELETE FROM publication_part WHERE publication IN (4, 5)")
    assert wrong(capfd) == [
        (1, None),
        (2, "it was taken from the list of publications; its lines are left"),
        (3, None),
        (4, "it and those up to 5 were deleted, for there are later ones"),
        (6, None),
        (7, None),
    ]
    assert wrong(capfd, "5") == [(4, "it and those up to 5 were deleted, for there are later ones")]
    assert [number for number, _ in wrong(capfd, "2")] == [2]
    assert [number for number, _ in wrong(capfd, "3")] == [2, 3], "what its chain should hang on isn't there"
    assert run(["figure", "verify", "1"]) == run(["figure", "verify", "7"]) == 0
    assert run(["figure", "verify", "8"]) == run(["figure", "verify", "0"]) == 2
    spoil(tmp_path, "DELETE FROM publication WHERE number = 1", "DELETE FROM publication_part WHERE publication < 3")
    assert wrong(capfd)[0] == (1, "it and those up to 2 were deleted, for there are later ones")
    assert run(["figure", "verify"]) == 1
    assert "Công bố 1:" in capfd.readouterr().out


def test_lines_without_their_publication_are_named_and_refuse_the_next(capfd: Output, tmp_path: Path) -> None:
    answer(capfd, "figure", "publish", "2026-09")
    answer(capfd, "figure", "publish", "2026-10")
    spoil(tmp_path, "DELETE FROM publication WHERE number = 2")
    assert wrong(capfd) == [(1, None), (2, "it was taken from the list of publications; its lines are left")]
    assert run(["--lang", "en", "figure", "publish", "2026-10"]) == 1
    assert "has lines of a publication 2" in capfd.readouterr().err
    spoil(tmp_path, "DELETE FROM publication_part WHERE publication = 2")
    assert answer(capfd, "figure", "publish", "2026-10")["number"] == 2


def test_another_digest_is_checked_and_named(capfd: Output) -> None:
    made = answer(capfd, "figure", "publish", "2026-10")
    assert wrong(capfd, "1", "--digest", "WRONG") == [(1, f"its digest is {made['digest']}, not wrong")]
    assert run(["--lang", "en", "figure", "verify", "1", "--digest", "WRONG"]) == 1
    assert f"Publication 1: its digest is {made['digest']}, not wrong" in capfd.readouterr().out
    assert run(["figure", "verify", "1", "--digest", f" {made['digest'].upper()}\n"]) == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("published_at", "'garbage'"),
        ("published_at", "9223372036854775807"),
        ("lines", "'many'"),
        ("digest", "x'00ff'"),
        ('"by"', "x'ff'"),
    ],
)
def test_what_the_list_cannot_hold_is_damage(column: str, value: str, capfd: Output, tmp_path: Path) -> None:
    answer(capfd, "figure", "publish", "2026-10")
    spoil(tmp_path, f"UPDATE publication SET {column} = {value}")  # noqa: S608 - names of ours
    for command in (["verify"], ["list"], ["publish", "2026-09"]):
        capfd.readouterr()
        assert run(["--lang", "en", "figure", *command]) == 1
        assert "is damaged" in capfd.readouterr().err


def test_a_part_that_is_no_bytes_is_found(capfd: Output, tmp_path: Path) -> None:
    answer(capfd, "figure", "publish", "2026-10")
    spoil(tmp_path, "UPDATE publication_part SET body = 'text'")
    ((number, reason),) = wrong(capfd)
    assert (number, bool(reason)) == (1, True)


def test_nothing_published_is_said(capfd: Output) -> None:
    assert answer(capfd, "figure", "verify") == []
    assert run(["--lang", "en", "figure", "verify"]) == 0
    assert "nothing was published yet" in capfd.readouterr().out


def test_a_flipped_bit_in_the_file_ends_in_a_message(capfd: Output, tmp_path: Path) -> None:
    answer(capfd, "figure", "publish", "2026-10")
    path = tmp_path / "ledger.db"
    with stored(tmp_path) as store, store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    for place in (*range(100, 4096, 37), *range(4096, len(whole), len(whole) // 60)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x80]) + whole[place + 1 :])
        assert run(["figure", "verify"]) in (0, 1), place
        assert "Traceback" not in capfd.readouterr().err


def test_a_clock_that_was_ahead_is_told(capfd: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baophu.commands.figure.utc_now", lambda: NOW.replace(year=2027))
    answer(capfd, "figure", "keep")
    monkeypatch.setattr("baophu.commands.figure.utc_now", lambda: NOW)
    assert run(["figure", "keep", "--json"]) == 0
    said = capfd.readouterr()
    assert "hãy kiểm tra đồng hồ" in said.err
    assert json.loads(said.out)["last"] == "2026-11-21"
