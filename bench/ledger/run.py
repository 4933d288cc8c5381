"""`python -m bench.ledger.run`: every scenario in turn, a table at the end, build/bench/ledger.json."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import log
from pathlib import Path

from bench.ledger import counting, kept, reconcile, upsert
from bench.results import Figure, Verdict, machine, table
from bench.snmp.measurement import run_json

FILE = Path("build/bench/ledger.json")
UPSERT, PROVINCE, COUNTRY, FIVE_YEARS = 150_000, 60_000, 2_000_000, 1_826
#: A --quick run has so many times less of everything.
QUICK = 50


@dataclass(slots=True)
class Run:
    """What was found so far; `shrink` divides every size."""

    shrink: int
    figures: list[Figure] = field(default_factory=list)
    measurements: dict[str, Mapping[str, float]] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)

    def measure(self, scenario: str, module: str, size: int) -> Mapping[str, float]:
        """Run it in a process of its own."""
        size //= self.shrink
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {scenario} {size:,}\n")
        found: Mapping[str, float] = run_json(module, size)
        self.measurements[f"{scenario} {size}"] = found
        return found

    def add(self, scenario: str, what: str, seen: float, unit: str = "s", most: float | None = None) -> None:
        """One more line."""
        self.figures.append(Figure(scenario, what, seen, unit, most))

    def add_ratio(self, scenario: str, what: str, ours: float, theirs: float) -> None:
        """Ours over a peer's."""
        self.ratios[what] = round(ours / theirs, 4)
        self.add(scenario, what, ours / theirs, "")


def states(run: Run) -> None:
    """150,000 states through the sink, beside SQLite's own executemany and SQLAlchemy's upsert of the same rows."""
    found = run.measure("states", upsert.__name__, UPSERT)
    goals = {"new": 1.0, "5 % changed": 0.1}
    for what, seconds in found.items():
        run.add("states", what, seconds, most=goals.get(what))
    run.add_ratio("states", "new_vs_sqlite_alone", found["new"], found["SQLite alone, new"])
    run.add_ratio("states", "new_vs_sqlalchemy_upsert", found["new"], found["SQLAlchemy upsert of current_state"])


def province(run: Run) -> None:
    """A province of 60,000 assets judged from scratch, and how that grows with its size."""
    sizes = (PROVINCE // 8, PROVINCE // 4, PROVINCE // 2, PROVINCE)
    found = [run.measure("province", reconcile.__name__, size) for size in sizes]
    for each in found:
        goal = 2.0 if each is found[-1] else None
        run.add("province", f"judging {each['assets']:,.0f} assets", each["judge"], most=goal)
    run.add("province", f"reading their {found[-1]['states']:,.0f} states", found[-1]["read"])
    run.add("province", "slope of judging (1: linear)", slope(found[0], found[-1], "judge"), "", 1.1)
    run.add("province", "slope of reading (1: linear)", slope(found[0], found[-1], "read"), "")


def country(run: Run) -> None:
    """Counters of 2,000,000 PCs in 15,000 units under 4 indicators, kept right turn by turn."""
    found = run.measure("country", counting.__name__, COUNTRY)
    goals = {"start-up": 10.0, "a turn": 0.05, "nodes that differ from SQL": 0}
    units = {"nodes that differ from SQL": "", "peak MiB": "MiB", "units": ""}
    for what, seen in found.items():
        if what != "turn":
            run.add("country", what, seen, units.get(what, "s"), goals.get(what))
    run.add_ratio("country", "turn_vs_sql", found["a turn"], found["SQL's count"])


def figures(run: Run) -> None:
    """700 units and 20 indicators kept for five years, 5 % of them changing daily."""
    found = run.measure("figures", kept.__name__, FIVE_YEARS)
    goals = {"MB of two years": 50.0, "a day's figures": 0.05, "restating five years": 60.0}
    units = {"MB of two years": "MB", "figures": "", "points restated": ""}
    for what, seen in found.items():
        run.add("figures", what, seen, units.get(what, "s"), goals.get(what))
    run.add_ratio("figures", "day_vs_plain_rows", found["a day's figures"], found["as many rows, just read"])


def slope(small: Mapping[str, float], large: Mapping[str, float], what: str) -> float:
    """The power of the size with which it grows."""
    return log(large[what] / small[what]) / log(large["assets"] / small["assets"])


SCENARIOS: Mapping[str, Callable[[Run], None]] = {
    "states": states,
    "province": province,
    "country": country,
    "figures": figures,
}


def main() -> int:
    """Run; 1 where a target is missed (but for --quick)."""
    parser = argparse.ArgumentParser(prog="bench.ledger.run", description="The ledger measured, peers in the same run.")
    parser.add_argument("--quick", action="store_true", help="a fiftieth of it: shows in seconds that everything runs")
    parser.add_argument("--only", action="append", choices=SCENARIOS, metavar="NAME", help=", ".join(SCENARIOS))
    options = parser.parse_args()
    on, run = machine(), Run(QUICK if options.quick else 1)
    for name in options.only or SCENARIOS:
        SCENARIOS[name](run)
    document = {
        "machine": on,
        "quick": options.quick,
        "ratios": run.ratios,
        "figures": [figure.as_json() for figure in run.figures],
        "cpu_seconds": run.measurements,
    }
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{table(run.figures)}\n{FILE}\n")
    return 1 if not options.quick and any(figure.verdict is Verdict.MISSED for figure in run.figures) else 0


if __name__ == "__main__":
    sys.exit(main())
