"""As on a closed network: hosts without the packages, and the province's own signed pool, in a lab beside the first."""

import csv
import shutil
from pathlib import Path

from province import PLAN, Province

UNITS = {"68", "68-SKHCN"}
#: What is of no unit's, and what its units were before, which a lab can do without.
OF_ALL, OF_THE_PAST = "vlans.csv", ("former_units.csv", "successions.csv", "unit_codes.csv")


def plan_of_one_agency(folder: Path) -> Path:
    plan = folder / "plan"
    shutil.copytree(PLAN, plan)
    for register in plan.glob("*.csv"):
        if register.name in OF_THE_PAST:
            register.unlink()
        if register.name in (OF_ALL, *OF_THE_PAST):
            continue
        with register.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        unit = rows[0].index("unit")
        with register.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([rows[0], *(row for row in rows[1:] if row[unit] in UNITS)])
    (plan / "lab.yml").unlink()
    return plan


def test_one_agency_from_bare_hosts_beside_another_lab(tmp_path: Path) -> None:
    bare = Province("testsbare", tmp_path / "ledger.db", plan_of_one_agency(tmp_path))
    bare.lab("down")
    try:
        bare.lab("up", "--image", "bare")
        assert bare.on("68-SKHCN-RT-001", "command -v vtysh", check=False).returncode != 0
        recap = bare.provision("site")
        assert {host for host, result in recap.items() if result["failed"] or result["unreachable"]} == set()
        source = bare.on("68-SKHCN-RT-001", "apt-cache policy frr").stdout
        assert "/pool" in source or "68-TTDL" in source or "10.255." in source
        bare.collect(times=2)
        figure = bare.figure("HT06", "68-SKHCN")
        assert (figure["numerator"], figure["denominator"]) == (2, 2)
        assert bare.figure("HT02", "68-SKHCN")["numerator"] == 1
        assert bare.figure("TD02", "68-SKHCN")["numerator"] == 1, "its mail domain takes, gives and proves mail"
    finally:
        bare.lab("down")
