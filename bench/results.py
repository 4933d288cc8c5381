"""What a run found: figures with their targets, as a table for people and as data for a file."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Verdict(StrEnum):
    """How a figure stands to its target."""

    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"
    FOR_COMPARISON = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `seen` is None where it could not be measured, `most` where nothing is asked of it."""

    scenario: str
    what: str
    seen: float | None
    unit: str
    most: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the target is met; a figure may be as large as its target."""
        if self.seen is None:
            return Verdict.NOT_MEASURED
        if self.most is None:
            return Verdict.FOR_COMPARISON
        return Verdict.MET if self.seen <= self.most else Verdict.MISSED

    def cells(self) -> tuple[str, ...]:
        """The line's texts."""
        seen = "–" if self.seen is None else f"{self.seen:,.4g} {self.unit}"
        most = "" if self.most is None else f"≤ {self.most:,.4g} {self.unit}"
        return self.scenario, self.what, seen.strip(), most.strip(), self.verdict

    def as_json(self) -> dict[str, Any]:
        """The line as data."""
        return {
            "scenario": self.scenario,
            "what": self.what,
            "seen": self.seen,
            "unit": self.unit,
            "most": self.most,
            "verdict": self.verdict or None,
        }


def table(figures: Iterable[Figure]) -> str:
    """The figures below one another in columns."""
    rows = [("scenario", "what", "seen", "target", "verdict"), *(figure.cells() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(5)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def machine() -> dict[str, Any]:
    """What this run was measured on."""
    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_at_start": os.getloadavg()[0],
    }
