"""`python -m bench.snmp.run`: every scenario in turn, a table at the end, build/bench/snmp.json."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.results import Verdict, table
from bench.snmp import pushgateway, snmp_exporter
from bench.snmp.agent import HERE, build
from bench.snmp.comparisons import exposition, v2c, v3
from bench.snmp.endurance import cycles, losses, scale
from bench.snmp.results import Results
from bench.snmp.switch import SNMPD
from bench.snmp.workbench import QUICK, Sizes, Workbench

BUILD = Path("build/bench")
SCENARIOS: Mapping[str, Callable[[Workbench], None]] = {
    "v2c": v2c,
    "v3": v3,
    "scale": scale,
    "losses": losses,
    "cycles": cycles,
    "scrape": exposition,
}
PROGRAMS = (
    "gcc",
    "ip",
    "nsenter",
    "setpriv",
    "snmpbulkwalk",
    "snmpget",
    "unshare",
    SNMPD,
    pushgateway.PROGRAM,
    snmp_exporter.PROGRAM,
)


def main() -> int:
    """Run; 1 where something could not be measured or (but for --quick) missed its target, 2 without a program."""
    options = _options()
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        packages = [line for line in (HERE / "debian.txt").read_text(encoding="utf-8").split("\n") if line[:1] != "#"]
        sys.stderr.write(f"{', '.join(missing)} missing; run: apt-get install {' '.join(packages)}\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    results = Results()
    with tempfile.TemporaryDirectory(prefix="baophu-bench-") as folder:
        sizes = QUICK if options.quick else Sizes()
        bench = Workbench(build(BUILD), Path(folder), sizes, results, _say)
        for name in options.only or SCENARIOS:
            _run(name, bench)
    file = BUILD / "snmp.json"
    file.write_text(json.dumps(results.as_json(quick=options.quick), indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{table(results.figures)}\n{file}\n")
    good = set(Verdict) - {Verdict.NOT_MEASURED} if options.quick else {Verdict.MET, Verdict.FOR_COMPARISON}
    return 0 if all(figure.verdict in good for figure in results.figures) else 1


def _run(name: str, bench: Workbench) -> None:
    """One scenario; where it breaks off, the others go on."""
    try:
        SCENARIOS[name](bench)
    except RuntimeError as error:
        bench.fail(name, str(error))
        bench.results.add(name, "broke off", None, "")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.snmp.run", description="Polling measured against peers in one run.")
    parser.add_argument("--quick", action="store_true", help="few devices: shows in seconds that everything runs")
    parser.add_argument("--only", action="append", choices=SCENARIOS, metavar="NAME", help=", ".join(SCENARIOS))
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
