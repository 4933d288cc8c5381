"""Copies of the lab's registers with something wrong in them, and what the reader says of them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.plan import PlanError, Problem, read_plan

LAB = Path("inventory/lab")
Edit = Callable[[Path], None]


def copied(folder: Path) -> Path:
    """The lab's registers in `folder`/plan, to be spoilt."""
    copy = folder / "plan"
    shutil.copytree(LAB, copy)
    return copy


def edit(file: str, old: str, new: str) -> Edit:
    """Replace the first `old` in `file` by `new`."""

    def change(folder: Path) -> None:
        text = (folder / file).read_bytes().decode()
        assert old in text
        (folder / file).write_bytes(text.replace(old, new, 1).encode())

    return change


def add(file: str, *lines: str) -> Edit:
    """Append `lines` to `file`."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8").rstrip("\n")
        (folder / file).write_text("\n".join((text, *lines, "")), encoding="utf-8")

    return change


def both(*edits: Edit) -> Edit:
    """One edit after the other."""

    def change(folder: Path) -> None:
        for one in edits:
            one(folder)

    return change


def line_of(path: Path, start: str) -> int:
    """The number of the first line that begins with `start`."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def found(folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the plan in `folder`."""
    with pytest.raises(PlanError) as caught:
        read_plan(folder)
    return caught.value.problems


def places(folder: Path) -> list[tuple[str, str, int | None, str | None]]:
    """Code, file, row and column of everything that is wrong with the plan in `folder`."""
    return [(problem.code, problem.file, problem.row, problem.column) for problem in found(folder)]
