"""What a run found: figures with their targets, as a table for people and a file for programs."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bench.snmp.measurement import Measurement


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


@dataclass(slots=True)
class Results:
    """Filled by the scenarios in turn."""

    figures: list[Figure] = field(default_factory=list)
    measurements: dict[str, Measurement] = field(default_factory=dict)
    cpu_ms_per_device: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float | None] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, scenario: str, what: str, seen: float | None, unit: str, most: float | None = None) -> None:
        """One more line."""
        self.figures.append(Figure(scenario, what, seen, unit, most))

    def add_cpu(self, scenario: str, name: str, measured: Measurement | None, most: float | None = None) -> None:
        """A poller's CPU of a device, and what it didn't read whole where that's not nothing."""
        cost = measured.cpu_ms_per_device if measured else None
        self.add(scenario, f"{name}: CPU a device", cost, "ms", most)
        if measured is not None and cost is not None:
            self.measurements[f"{scenario} {name}"] = measured
            self.cpu_ms_per_device[f"{scenario} {name}"] = round(cost, 4)
            if measured.missed:
                self.add(scenario, f"{name}: devices not read whole", len(measured.missed), "", 0)

    def add_ratio(
        self, scenario: str, key: str, parts: tuple[float | None, float | None], most: float | None = None
    ) -> None:
        """The first over the second, ours over a peer's; unknown where one of them is."""
        ours, theirs = parts
        ratio = None if ours is None or not theirs else ours / theirs
        self.ratios[key] = None if ratio is None else round(ratio, 5)
        self.add(scenario, key, ratio, "", most)

    def as_json(self, *, quick: bool) -> dict[str, Any]:
        """What build/bench/snmp.json holds."""
        return {
            "machine": machine(),
            "quick": quick,
            "cpu_ms_per_device": self.cpu_ms_per_device,
            "ratios": self.ratios,
            "figures": [
                {
                    "scenario": figure.scenario,
                    "what": figure.what,
                    "seen": figure.seen,
                    "unit": figure.unit,
                    "most": figure.most,
                    "verdict": figure.verdict or None,
                }
                for figure in self.figures
            ],
            "measurements": {name: measured.as_json() for name, measured in self.measurements.items()},
            "faults": self.faults,
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
