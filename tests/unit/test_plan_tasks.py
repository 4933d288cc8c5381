"""tasks.yml: milestones and tasks with owners, due days and states; and the command that shows them."""

import json
from datetime import date
from pathlib import Path

import pytest
from plan_folder import copied, places

from baophu.main import run
from ledger.plan import TaskState, read_plan

TASKS = """
milestones:
  - {id: gd1, name_vi: Giai đoạn I, name_en: Phase I, unit: "68", due: 2018-12-31, state: done, done_on: 2018-12-20}
  - {id: gd2, name_vi: Giai đoạn II, name_en: Phase II, unit: "68", starts: 2019-01-01, due: 2020-12-31}
tasks:
  - {id: nv1, name_vi: Nâng cấp hạ tầng, name_en: Upgrade, unit: 68-22945, owners: 68-SKHCN 68-22945, milestone: gd2,
     indicator: HT01, due: 2020-06-30, state: doing}
  - {id: nv2, name_vi: Đào tạo, name_en: Training, unit: 68-22924, owners: 68-SKHCN}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


def write(folder: Path, text: str) -> None:
    (folder / "tasks.yml").write_text(text, encoding="utf-8")


def test_milestones_and_tasks_are_read_as_they_are_written(folder: Path) -> None:
    write(folder, TASKS)
    plan = read_plan(folder)
    assert [(m.id, m.due, m.state, m.done_on) for m in plan.milestones] == [
        ("gd1", date(2018, 12, 31), TaskState.DONE, date(2018, 12, 20)),
        ("gd2", date(2020, 12, 31), TaskState.PLANNED, None),
    ]
    first, second = plan.tasks
    assert (first.owners, first.milestone, first.indicator) == (("68-SKHCN", "68-22945"), "gd2", "HT01")
    assert (second.due, second.state, second.milestone) == (None, TaskState.PLANNED, None)


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("trước năm 2020", date(2019, 12, 31)),
        ("đến năm 2020", date(2020, 12, 31)),
        ("2020", date(2020, 12, 31)),
        ("2019-01-01", date(2019, 1, 1)),
    ],
)
def test_due_is_written_as_targets_have_it(folder: Path, written: str, due: date) -> None:
    write(folder, TASKS.replace("due: 2020-12-31", f"due: {written}").replace("due: 2020-06-30", f"due: {written}"))
    plan = read_plan(folder)
    assert (plan.milestones[1].due, plan.tasks[0].due) == (due, due)


def test_late_is_what_is_past_its_day_and_not_over(folder: Path) -> None:
    write(folder, TASKS)
    plan = read_plan(folder)
    assert [m.is_late(date(2020, 12, 31)) for m in plan.milestones] == [False, False]
    assert [m.is_late(date(2021, 1, 1)) for m in plan.milestones] == [False, True]
    assert [t.is_late(date(2021, 1, 1)) for t in plan.tasks] == [True, False]


def test_a_plan_may_do_without(folder: Path) -> None:
    plan = read_plan(folder)
    assert (plan.milestones, plan.tasks) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "code", "row", "key"),
    [
        ("owners: 68-SKHCN}", "owners: 68-SKHCN 69}", "unknown_reference", 8, "owners"),
        ("milestone: gd2", "milestone: gd3", "unknown_reference", 6, "milestone"),
        ("indicator: HT01", "indicator: HT99", "unknown_reference", 6, "indicator"),
        (", state: done,", ", state: doing,", "half_done", 3, "done_on"),
        ("state: doing", "state: done", "half_done", 6, "done_on"),
        ("id: nv2", "id: nv1", "duplicate", 8, "id"),
        ("state: doing", "state: busy", "bad_choice", 6, "state"),
        ("starts: 2019-01-01", "starts: 2021-01-01", "due_early", 4, "due"),
        ("due: 2020-12-31", "due: trước năm 2019", "due_early", 4, "due"),
        ("owners: 68-SKHCN 68-22945", "owners: 68-SKHCN 68-22945 68-SKHCN", "twice", 6, "owners"),
        ("due: 2020-06-30", "due: sớm", "bad_date", 6, "due"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, old: str, new: str, code: str, row: int, key: str) -> None:
    write(folder, TASKS.replace(old, new))
    assert places(folder) == [(code, "tasks.yml", row, key)]


def test_the_command_shows_whose_they_are(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(folder, TASKS)
    assert run(["tasks", "--plan", str(folder), "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert [m["id"] for m in document["milestones"]] == ["gd1", "gd2"]
    assert [(t["id"], t["owners"], t["is_late"]) for t in document["tasks"]] == [
        ("nv1", ["68-SKHCN", "68-22945"], True),
        ("nv2", ["68-SKHCN"], False),
    ]
    assert run(["tasks", "--plan", str(folder), "--unit", "68-22924", "--json"]) == 0
    assert [t["id"] for t in json.loads(capfd.readouterr().out)["tasks"]] == ["nv2"]
    assert run(["tasks", "--plan", str(folder), "--late"]) == 0
    shown = capfd.readouterr().out
    assert "Nâng cấp hạ tầng" in shown
    (phase,) = [line for line in shown.splitlines() if "Giai đoạn II" in line]
    assert "Lâm Đồng" in phase
    assert "Đào tạo" not in shown


def test_the_indicators_command_shows_all_or_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["indicators", "--json"]) == 0
    assert len(json.loads(capfd.readouterr().out)) == 43
    assert run(["--lang", "en", "indicators", "--indicator", "HT11"]) == 0
    shown = capfd.readouterr().out
    assert "servers: Servers in schools (number)" in shown
    assert run(["indicators", "--indicator", "HT1"]) == 2
