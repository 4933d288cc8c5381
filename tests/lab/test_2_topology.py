"""The cabling of real devices, told by their own LLDP agents: as planned, and beside a plan that says otherwise."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from province import PLAN, Province

#: A commune that has no hosts yet: its uplink is missed at the PoP, nobody can tell of what lies behind it.
ABSENT = "68-23272"
UPLINK, SERVER_LINK = "68-22945-LK-001", "68-SKHCN-LK-003"


def cables(province: Province, *options: str) -> dict[str | None, dict[str, Any]]:
    return {row["link"]: row for row in province.asked("topology", *options)}


def test_every_cable_is_as_planned_and_each_end_says_so(province: Province) -> None:
    province.collect()
    found = cables(province)
    assert None not in found, "nothing that no register has"
    told = {link: (row["verdict"], row["rule"]) for link, row in found.items() if not str(link).startswith(ABSENT)}
    assert set(told.values()) == {("right", "both_ways")}
    assert {link: row["verdict"] for link, row in found.items() if str(link).startswith(ABSENT)} == {
        "68-23272-LK-001": "missing",
        "68-23272-LK-002": "unknown",
        "68-23272-LK-003": "unknown",
    }


def test_a_plan_that_says_otherwise_is_contradicted_port_by_port(province: Province, tmp_path: Path) -> None:
    """The switch's port to the server is another in this plan, and the uplink is in no register."""
    plan = tmp_path / "plan"
    shutil.copytree(PLAN, plan)
    with (plan / "links.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    column = header.index("a_port")
    changed = [
        [*row[:column], "p5" if row[0] == SERVER_LINK else row[column], *row[column + 1 :]]
        for row in rows
        if row[0] != UPLINK
    ]
    with (plan / "links.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *changed])
    found = cables(replace(province, plan=plan))
    assert found[SERVER_LINK]["verdict"] == "wrong_port"
    assert found[SERVER_LINK]["planned"][0] == {"device": "68-SKHCN-SW-001", "port": "p5"}
    assert found[SERVER_LINK]["seen"] == [
        {"device": "68-SKHCN-SW-001", "port": "p7"},
        {"device": "68-SKHCN-SV-001", "port": "lan0"},
    ]
    assert (found[None]["verdict"], found[None]["rule"]) == ("unexpected", "both_ways")
    assert {(end["device"], end["port"]) for end in found[None]["seen"]} == {
        ("68-POP-RT-001", "up2"),
        ("68-22945-RT-001", "wan0"),
    }
