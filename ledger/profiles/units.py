"""The units of a profile: the map of its documents' day, made-up ones among them, and what became of each."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction

from ledger.profiles.bodies import PROVINCE_BODIES, SUB_UNITS_OF, bodies_of
from ledger.profiles.facts import Facts, number
from ledger.profiles.parts import lot
from ledger.units.national import DAY, ListedUnit, became, units_after, units_before

Cells = Mapping[str, str]
MADE_UP = "giả lập"
#: What merged the provinces; each province's communes have a decision of their own, which the list doesn't name.
DECISION = "202/2025/QH15"
OF_DISTRICTS = "giả lập: cấp huyện kết thúc, chia theo số xã"
OF_BODIES = "giả lập: theo tỉnh mới"


@dataclass(slots=True)
class Units:
    """Rows of units.csv, former_units.csv, later_units.csv and successions.csv; `groups` are unit ids by group.

    Groups: commune, district, department, and those of bodies.py.
    """

    present: list[Cells] = field(default_factory=list)
    former: list[Cells] = field(default_factory=list)
    later: list[Cells] = field(default_factory=list)
    successions: list[Cells] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, group: str, row: Cells) -> None:
        """Take a unit of the map in."""
        self.present.append(row)
        self.groups[group].append(row["unit"])

    def codes(self) -> Iterator[Cells]:
        """Rows of unit_codes.csv: the area code of each listed unit of the old map and of the new one."""
        old, new = (self.former, self.present) if self.former else (self.present, self.later)
        before, after = ({row["unit"]: row["code"] for row in rows if row["code"]} for rows in (old, new))
        ended = {row["unit"] for row in self.former} | {row["source"] for row in self.successions}
        for unit, value in {**before, **after}.items():
            since = DAY.isoformat() if unit not in before else ""
            until = (DAY - timedelta(days=1)).isoformat() if unit in ended and unit not in after else ""
            yield {"unit": unit, "scheme": "area", "value": value, "valid_from": since, "valid_until": until}


def make_units(facts: Facts) -> Units:
    """The map of the documents' day, from the national list of before 1 July 2025, or of after it."""
    return _after(facts) if facts.day >= DAY else _before(facts)


def _before(facts: Facts) -> Units:
    units, known = Units(), units_before()
    districts = [
        unit
        for unit in known
        if unit.parent == facts.province and facts.district in (None, unit.code.rpartition("-")[2])
    ]
    codes = {unit.code for unit in districts}
    units.present.append(_listed(next(unit for unit in known if unit.code == facts.province)))
    _add_bodies(units, facts)
    for unit in districts:
        units.add("district", _listed(unit))
    for unit in (unit for unit in known if unit.parent in codes):
        units.add("commune", _listed(unit))
    for group, row in bodies_of(facts, "section"):
        units.add(group, row)
    listed = {group: list(ids) for group, ids in units.groups.items()}
    _add_made_up(units, facts, listed)
    _on_the_new_map(units, facts, listed)
    return units


def _after(facts: Facts) -> Units:
    units, known = Units(), {unit.code: unit for unit in units_before()}
    after = [unit for unit in units_after() if facts.province in (unit.code, unit.parent)]
    units.present.append(_listed(after[0]))
    _add_bodies(units, facts)
    for unit in after[1:]:
        units.add("commune", _listed(unit))
    ways = [way for way in became() if way[1] in {unit.code for unit in after}]
    needed = dict.fromkeys(above for source, _ in ways for above in _with_those_above(known, source))
    last = (DAY - timedelta(days=1)).isoformat()
    units.former = [
        {**_listed(unit), "valid_from": "", "valid_until": last} for code, unit in known.items() if code in needed
    ]
    units.successions = list(_ways(ways))
    return units


def _add_bodies(units: Units, facts: Facts) -> None:
    for name in (*PROVINCE_BODIES, SUB_UNITS_OF):
        for group, row in bodies_of(facts, name):
            units.add(group, row)


def _with_those_above(known: Mapping[str, ListedUnit], code: str) -> Iterator[str]:
    unit = known.get(code)
    while unit is not None:
        yield unit.code
        unit = known.get(unit.parent or "")


def _listed(unit: ListedUnit) -> dict[str, str]:
    names = {"kind": unit.kind, "name_vi": unit.name, "name_en": unit.name_en, "code": unit.number}
    kind = {"kind": "peoples_committee"} if unit.parent is None else {}
    return {"unit": unit.code, "parent": unit.parent or "", "level": unit.level, **names, **kind}


def _add_made_up(units: Units, facts: Facts, listed: Mapping[str, Sequence[str]]) -> None:
    """The units that there were more of on that day than in the list of 2025, each taken in by a listed one later."""
    rng = lot(facts.id, "units")
    parents = {row["unit"]: row["parent"] for row in units.present}
    for row in facts.sections["made_up"]:
        homes = [_made_up(units, facts, "district", facts.province) for _ in range(number(row, "districts"))]
        of_listed = rng.sample(listed["district"], min(number(row, "communes"), len(listed["district"])))
        neighbours = dict.fromkeys(homes, rng.choice(listed["district"]))
        taken = [(home, neighbours[home]) for home in homes]
        for place in range(number(row, "communes")):
            home = homes[place % len(homes)] if homes else of_listed[place % len(of_listed)]
            near = neighbours.get(home, home)
            target = rng.choice([each for each in listed["commune"] if parents[each] == near])
            taken.append((_made_up(units, facts, "commune", home), target))
        units.successions += _takings(taken, row.cells["merged_on"])


def _made_up(units: Units, facts: Facts, level: str, parent: str) -> str:
    """Add a unit that no list has, and that says so; gives its id."""
    letters, kind_vi, kind_en = {"district": ("GLH", "Huyện", "district"), "commune": ("GL", "Xã", "commune")}[level]
    count = 1 + sum(1 for each in units.groups[level] if f"-{letters}" in each)
    id_ = f"{facts.province}-{letters}{count:02d}"
    name_vi, name_en = f"{kind_vi} giả lập {count}", f"Synthetic {kind_en} {count}"
    kinds = {"level": level, "kind": level, "name_vi": name_vi, "name_en": name_en, "code": ""}
    units.add(level, {"unit": id_, "parent": parent, **kinds})
    return id_


def _takings(taken: Sequence[tuple[str, str]], on: str) -> Iterator[Cells]:
    """Each made-up unit is merged into a listed one, which goes on as itself."""
    for source, target in (*taken, *((target, target) for target in dict.fromkeys(target for _, target in taken))):
        yield _succession(on, "merge", source, target, "", MADE_UP)


def _succession(on: str, kind: str, source: str, target: str, share: str, decision: str) -> Cells:
    return {"on": on, "kind": kind, "source": source, "target": target, "share": share, "decision": decision}


def _on_the_new_map(units: Units, facts: Facts, listed: Mapping[str, Sequence[str]]) -> None:
    """1 July 2025: the communes by the national list, the rest made up; the units of then stand in later_units.csv."""
    known, communes = {unit.code: unit for unit in units_after()}, set(listed["commune"])
    (province,) = (target for source, target in became() if source == facts.province)
    ways = [way for way in became() if way[0] in communes]
    if province != facts.province:
        ways = [(facts.province, province), *ways]
        _move_bodies(units, facts.province, province)
    targets = dict.fromkeys(target for _, target in ways)
    units.later += [{**_listed(known[target]), "valid_from": DAY.isoformat()} for target in targets]
    units.successions += [*_ways(ways), *_districts(units, ways, listed)]


def _move_bodies(units: Units, before: str, after: str) -> None:
    """The bodies of a province that became a part of another are that one's."""
    for row in units.present:
        if row["parent"] == before and row["level"] == "department":
            units.later.append({**row, "parent": after, "valid_from": DAY.isoformat()})
            units.successions.append(_succession(DAY.isoformat(), "move", row["unit"], row["unit"], "", OF_BODIES))


def _ways(ways: Sequence[tuple[str, str]]) -> Iterator[Cells]:
    parts = Counter(source for source, _ in ways)
    for source, target in ways:
        yield _succession(DAY.isoformat(), "split" if parts[source] > 1 else "merge", source, target, "", DECISION)


def _districts(units: Units, ways: Sequence[tuple[str, str]], listed: Mapping[str, Sequence[str]]) -> Iterator[Cells]:
    """What a district office (and its sections) had goes to the new communes by how many of the old ones each took."""
    parent = {row["unit"]: row["parent"] for row in units.present}
    shares = _shares(ways, parent)
    ending = [(district, district) for district in listed["district"]]
    ending += [(section, parent[section]) for section in units.groups.get("section", ())]
    for unit, district in ending:
        total = sum(shares[district].values(), Fraction(0))
        for target, share in shares[district].items():
            kind, written = ("split", str(share / total)) if len(shares[district]) > 1 else ("merge", "")
            yield _succession(DAY.isoformat(), kind, unit, target, written, OF_DISTRICTS)


def _shares(ways: Sequence[tuple[str, str]], parent: Mapping[str, str]) -> Mapping[str, Mapping[str, Fraction]]:
    """How many of each district's communes went where, one that was divided by as much each."""
    parts = Counter(source for source, _ in ways)
    found: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for source, target in ways:
        found[parent[source]][target] += Fraction(1, parts[source])
    return found
