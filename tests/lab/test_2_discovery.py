"""What `baophu discover` finds in a commune of real hosts: what the plan has, and what it doesn't."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

from province import PLAN, Province

COMMUNE, PREFIX = "68-22945", "10.68.24.0/21"
PC, MAC = "68-22945-PC-001", "02:68:00:20:00:01"
DEVICES = {f"{COMMUNE}-RT-001", f"{COMMUNE}-SW-001", f"{COMMUNE}-SV-001"}
PCS = {PC, f"{COMMUNE}-PC-002"}


def discovered(province: Province, *arguments: str, plan: Path | None = None) -> dict[str, Any]:
    """`baophu discover … --json` in the lab's seat."""
    options = ("--rate", "400", *(() if plan is None else ("--plan", str(plan))))
    found: dict[str, Any] = json.loads(
        province.run("discover", *arguments, "--lab", province.name, "--json", *options).stdout
    )
    return found


def without_the_pc(folder: Path) -> Path:
    """The lab's plan as if the PC had never been planned."""
    plan = folder / "plan"
    shutil.copytree(PLAN, plan)
    file = plan / "workstations.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(f"{PC},")), encoding="utf-8")
    mail = plan / "mail.csv"
    mail.write_text(mail.read_text(encoding="utf-8").replace(f",{PC},", ",,"), encoding="utf-8")
    return plan


def by_verdict(document: dict[str, Any]) -> dict[str, set[str | None]]:
    """What was found, `dict[verdict, asset ids]`."""
    found: dict[str, set[str | None]] = {}
    for each in document["found"]:
        found.setdefault(each["verdict"], set()).add(each["asset"])
    return found


def test_a_sweep_of_a_commune_finds_what_the_plan_has_there_and_nothing_else(province: Province) -> None:
    document = discovered(province, PREFIX)
    assert by_verdict(document) == {"planned": DEVICES | PCS}
    assert (document["missing"], document["clashes"], document["complete"]) == ([], [], True)
    found = {each["asset"]: each for each in document["found"]}
    assert found[f"{COMMUNE}-RT-001"]["one_by"] == ["plan"]
    assert len(found[f"{COMMUNE}-RT-001"]["other_addresses"]) == 5, "a gateway a VLAN"
    assert found[PC]["mac"] == MAC
    assert {asset: each["asked_with"] for asset, each in found.items()} == {
        **dict.fromkeys(DEVICES, "province"),
        **dict.fromkeys(PCS, "echo"),
    }
    assert {"echo", "snmp", "lldp"} <= set(found[f"{COMMUNE}-SW-001"]["found_by"])


def test_a_pc_that_the_plan_does_not_have_is_listed_as_a_candidate(province: Province, tmp_path: Path) -> None:
    plan = without_the_pc(tmp_path)
    candidates = tmp_path / "candidates.csv"
    document = discovered(province, PREFIX, "--csv", str(candidates), plan=plan)
    assert by_verdict(document) == {"unplanned": {None}, "planned": DEVICES | PCS - {PC}}
    stranger = document["found"][0]
    assert (stranger["mac"], stranger["unit"], stranger["found_by"]) == (MAC, COMMUNE, ["echo", "arp"])
    with candidates.open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["address"], row["site"], row["device"]) == (stranger["address"], f"{COMMUNE}-TS", "")


def test_a_walk_from_the_pop_reaches_every_device_that_runs(province: Province) -> None:
    document = discovered(province, "--seed", "10.68.0.1")
    found = {each["asset"] for each in document["found"]}
    assert {
        f"{unit}-{device}" for unit in ("68-SKHCN", COMMUNE, "68-22924") for device in ("RT-001", "SW-001")
    } <= found
    assert by_verdict(document).keys() == {"planned"}
    assert {each["asset"]: each["reason"] for each in document["missing"]} == dict.fromkeys(
        ("68-23272-RT-001", "68-23272-SW-001", "68-23272-SV-001"), "not_reached"
    ), "a commune that isn't built"
