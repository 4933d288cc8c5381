#!/usr/bin/env python3
"""Makes ledger/units/maps/2025-07-01 from the package vietnamadminunits (MIT), unpacked: its folder is the argument.

pip download --no-deps vietnamadminunits==1.0.4 && unzip -d unpacked vietnamadminunits-*.whl
python setup/unit_maps.py unpacked/vietnamadminunits
"""

import csv
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "ledger/units/maps/2025-07-01"
Row = tuple[str, ...]
LEGACY = """SELECT provinceKey, districtKey, wardKey, provinceCode, districtCode, wardCode, province, district, ward
            FROM admin_units_legacy ORDER BY provinceCode, districtCode, wardCode"""
PRESENT = "SELECT provinceKey, wardKey, provinceCode, wardCode, province, ward FROM admin_units ORDER BY 3, 4"


def main(folder: Path) -> None:
    """Write the units before and after, and what became of what."""
    database = sqlite3.connect(folder / "data/dataset.db")
    legacy, present = database.execute(LEGACY).fetchall(), database.execute(PRESENT).fetchall()
    converter = json.loads((folder / "data/converter_2025.json").read_text(encoding="utf-8"))
    TARGET.mkdir(parents=True, exist_ok=True)
    _write("before.csv", ("code", "parent", "level", "name"), dict.fromkeys(_before(legacy)))
    _write("after.csv", ("code", "parent", "level", "name"), dict.fromkeys(_after(present)))
    _write("successions.csv", ("source", "target"), sorted(set(_successions(converter, legacy, present))))


def _before(legacy: list[Row]) -> Iterator[Row]:
    for _, _, _, province, district, ward, province_name, district_name, ward_name in legacy:
        yield province, "", "province", province_name
        yield f"{province}-{district}", province, "district", district_name
        if ward:
            yield f"{province}-{ward}", f"{province}-{district}", "commune", ward_name


def _after(present: list[Row]) -> Iterator[Row]:
    for _, _, province, ward, province_name, ward_name in present:
        yield province, "", "province", province_name
        yield f"{province}-{ward}", province, "commune", ward_name


def _successions(converter: dict[str, dict[str, object]], legacy: list[Row], present: list[Row]) -> Iterator[Row]:
    """Communes by what became of them; a district without communes (an island) by itself; provinces."""
    old = {f"{r[0]}_{r[1]}_{r[2] or ''}": f"{r[3]}-{r[5]}" if r[5] else f"{r[3]}-{r[4]}" for r in legacy}
    new = {(row[0], row[1]): f"{row[2]}-{row[3]}" for row in present}
    provinces = {row[0]: row[3] for row in legacy}
    targets = {row[0]: row[2] for row in present}
    for province, wards in _pairs(converter["DICT_PROVINCE_WARD_NO_DIVIDED"]):
        for ward, sources in wards.items():
            yield from ((old[source], new[province, ward]) for source in sources)
    for province, sources in _pairs(converter["DICT_PROVINCE_WARD_DIVIDED"]):
        for source, parts in sources.items():
            yield from ((old[source], new[province, part["newWardKey"]]) for part in parts)
    for province, sources in converter["DICT_PROVINCE"].items():
        yield from ((provinces[source], targets[province]) for source in _list(sources))


def _pairs(value: dict[str, object]) -> list[tuple[str, dict[str, list]]]:  # type: ignore[type-arg] # as the package has it
    return list(value.items())  # type: ignore[arg-type] # as the package has it


def _list(value: object) -> list[str]:
    return list(value) if isinstance(value, list) else []


def _write(name: str, header: Row, rows: Iterable[Row]) -> None:
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
