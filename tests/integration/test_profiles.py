"""Each profile as its user meets it: loaded and asked by the command line, held against docs/profiles.md."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from baophu.main import run
from ledger.declared.amount import Amount, ValueState, read_amount
from ledger.declared.statement import Scope
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.plan import AssetKind, CodeScheme, Level, Plan, Role, read_plan
from ledger.profiles import NAMES, Profile, make_profile, read_facts
from ledger.store import open_store
from ledger.units.restatement import restated
from ledger.units.succession import crosswalk

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCUMENT = Path("docs/profiles.md")
MERGER = date(2025, 7, 1)
OF_THEN = tuple(name for name in NAMES if name != "p-2026")
Row = Mapping[str, str]


def table_of(heading: str) -> list[Row]:
    """The rows of the first table below a heading, by column."""
    text = DOCUMENT.read_text(encoding="utf-8")
    below = re.split(r"^#+ ", text.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in below.splitlines() if line.startswith("|")]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


EXPECTED = {name: table_of(name) for name in NAMES}
MAPS = {row["profile"]: row for row in table_of("The maps")}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "BAOPHU_PLAN", "BAOPHU_STORE"):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What of a figure is expected."""

    counts: str
    value: float | None
    state: str
    qualifier: str | None
    mark: str


def asked(capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    capfd.readouterr()
    assert run([*words, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def figures(capfd: pytest.CaptureFixture[str], store: str, root: str, day: str) -> list[Any]:
    at = ["--at", f"{day}T12:00"] if day else []
    found: list[Any] = asked(capfd, "coverage", "--store", store, "--unit", root, "--by-level", *at)
    return found


def is_of(figure: Any, row: Row) -> bool:
    scope, level = ("subtree", figure["level"]) if row["of"] == "province" else ("level", row["of"])
    of = (figure["indicator"], figure["field"] or "", figure["scope"], figure["level"])
    is_measured = figure["evidence"] == "measured"
    return of == (row["indicator"], row["field"], scope, level) and is_measured == (row["mark"] == "measured")


def expected(row: Row) -> tuple[Told, int | None]:
    """What the row says, and to how many decimals; None: exactly."""
    amount = read_amount(row["value"])
    assert isinstance(amount, Amount), row
    decimals = None
    if row["value"].endswith("%"):
        decimals = 2 + len(row["value"].removesuffix("%").strip().partition(",")[2])
    value = None if amount.value is None else float(amount.value)
    state = "no_data" if amount.state is ValueState.NO_DATA else "estimated" if amount.is_estimated else "value"
    return Told(row["counts"].replace(".", ""), value, state, amount.qualifier, row["mark"]), decimals


def told(figure: Any, decimals: int | None) -> Told:
    value, counts = figure["value"], ""
    if figure["denominator"] is not None:
        counts = f"{figure['numerator']}/{figure['denominator']}"
    if value is not None and decimals is not None:
        value = round(value, decimals)
    mark = "measured" if figure["evidence"] == "measured" else figure["mark"]
    return Told(counts, value, figure["state"], figure["qualifier"], mark)


@pytest.mark.parametrize("name", NAMES)
def test_a_profiles_figures_are_those_of_its_table(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = str(tmp_path / "ledger.db")
    loaded = asked(capfd, "profile", "load", name, "--store", store)
    assert (loaded["plan"], loaded["is_new"], loaded["is_synthetic"]) == (f"{store}.plan", True, True)
    root = loaded["next"].split()[3]
    found = {day: figures(capfd, store, root, day) for day in {row["day"] for row in EXPECTED[name]}}
    for row in EXPECTED[name]:
        wanted, decimals = expected(row)
        assert [told(f, decimals) for f in found[row["day"]] if is_of(f, row)] == [wanted], row
    assert {f["state"] for f in found.get("", ())} <= {"value", "estimated", "no_data"}, "nothing contradicts itself"


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_document_says_has_its_row(name: str) -> None:
    known = {(row["indicator"], row["field"], row["of"], bool(row["day"])) for row in EXPECTED[name]}
    facts = read_facts(name)
    for row in facts.sections["values"]:
        level = row.cells["level"] or "province"
        assert (row.cells["indicator"], row.cells["field"], level, bool(row.cells["day"])) in known, row.place


@pytest.mark.parametrize("name", OF_THEN)
def test_the_same_profile_again_changes_nothing(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "ledger.db")
    words = ("profile", "load", name, "--store", store)
    first = asked(capfd, *words)
    before = {path.name: path.read_bytes() for path in Path(first["plan"]).iterdir()}
    assert asked(capfd, *words) == {**first, "is_new": False}
    assert {path.name: path.read_bytes() for path in Path(first["plan"]).iterdir()} == before
    with open_store(f"sqlite:///{store}") as opened:
        assert [(each.file, each.values) for each in opened.imports()] == [
            (f"{name}.yml", sum(first["declared"].values()))
        ]


def test_it_is_made_the_same_every_time() -> None:
    first, second = make_profile("ct-2016"), make_profile("ct-2016")
    assert (first.files, first.statements, first.live) == (second.files, second.statements, second.live)


made = cache(make_profile)
PlanOf = Callable[[str], Plan]


@pytest.fixture(scope="module")
def plan_of(tmp_path_factory: pytest.TempPathFactory) -> PlanOf:
    """The plan of a profile, read once."""

    @cache
    def plan(name: str) -> Plan:
        folder = tmp_path_factory.mktemp(name)
        for file, text in made(name).files.items():
            (folder / file).write_text(text, encoding="utf-8")
        return read_plan(folder)

    return plan


@pytest.mark.parametrize("name", NAMES)
def test_each_day_has_as_many_units_as_the_documents_say(name: str, plan_of: PlanOf) -> None:
    profile = made(name)
    plan, row = plan_of(name), MAPS[name]
    counted = Counter(unit.level for unit in plan.units.values())
    assert counted == Counter(
        {Level.PROVINCE: 1, **{Level(key.removesuffix("s")): int(row[key]) for key in ("departments", "districts")}}
    ) + Counter({Level.COMMUNE: int(row["communes"])})
    assert set(plan.history.at(profile.facts.day)) == set(plan.units)
    for day in (date(2025, 6, 30), MERGER):
        units = plan.history.at(day)
        communes = sum(1 for unit in units.values() if unit.level is Level.COMMUNE)
        assert communes == int(row[f"communes on {day}"])
        assert {unit.parent for unit in units.values()} - {None} <= set(units)
        codes = plan.history.codes_at(day)
        listed = {unit.id: unit.code for unit in units.values() if unit.code}
        assert {unit: known[CodeScheme.AREA] for unit, known in codes.items()} == listed
    assert Level.DISTRICT not in {unit.level for unit in plan.history.at(MERGER).values()}


@pytest.mark.parametrize("name", OF_THEN)
def test_every_count_is_somewhere_on_the_map_of_2025(name: str, plan_of: PlanOf) -> None:
    profile = made(name)
    plan = plan_of(name)
    way = crosswalk(plan.history.successions, profile.facts.day, MERGER)
    counts = list(counts_of(profile)) or [dict.fromkeys(plan.units, 7)]
    for each in counts:
        found = restated(each, way)
        assert sum(found.counts.values()) == sum(each.values())
        assert set(found.counts) <= set(plan.history.at(MERGER)), "nothing is left with a unit that is no more"


def counts_of(profile: Profile) -> Iterator[dict[str, int]]:
    """Of each indicator and field, numerators and denominators by unit."""
    found: dict[tuple[object, ...], dict[str, int]] = defaultdict(dict)
    for said in profile.statements:
        if said.scope is not Scope.OWN:
            continue
        amount, thing = said.amount, (said.indicator, said.field)
        numerator = amount.numerator if amount.numerator is not None else int(amount.value or 0)
        found[(*thing, "numerator")][said.unit] = numerator
        if amount.denominator is not None:
            found[(*thing, "denominator")][said.unit] = amount.denominator
    yield from found.values()


@pytest.mark.parametrize("name", OF_THEN)
def test_what_no_list_says_of_units_is_called_made_up(name: str, plan_of: PlanOf) -> None:
    plan = plan_of(name)
    made_up = {unit.id for unit in plan.units.values() if "giả lập" in unit.name_vi}
    for each in plan.history.successions:
        is_listed = each.on == MERGER and plan.units[each.source].level in (Level.COMMUNE, Level.PROVINCE)
        assert each.decision.startswith("giả lập") != is_listed, each
    assert made_up == {e.source for e in plan.history.successions if e.on < MERGER and e.source != e.target}


def test_a_province_of_today_has_its_real_size(plan_of: PlanOf) -> None:
    plan = plan_of("p-2026")
    devices, pcs = plan.devices.values(), plan.workstations.values()
    assert len(plan.devices) == 2500
    assert sum(1 for device in devices if device.exemption is None) == 1750
    assert sum(1 for device in devices if device.kind is AssetKind.SERVER) == 200
    assert sum(1 for device in devices if device.role is Role.CPE) == 300
    assert (len(plan.workstations), sum(1 for pc in pcs if pc.exemption is not None)) == (12000, 124)
    assert (len(plan.domains), len(plan.mailboxes)) == (150, 22000)
    assert {domain.rpartition(".")[2] for domain in plan.domains} == {"example"}
    now = plan.history.codes_at(MERGER)
    codes = {now[unit.id][CodeScheme.AREA] for unit in plan.units.values() if unit.level is Level.COMMUNE}
    assert len(codes) == 124
    assert {"22945", "22924", "23272"} <= codes
    assert sum(1 for unit in plan.units.values() if unit.kind == "party_front") == 8


def test_every_commune_has_its_three_pcs_and_its_scanner() -> None:
    statements = made("bt-2015").statements
    for indicator, amount in (("HT09", (3, 3)), ("HT10", (1, 1))):
        parts = [s.amount for s in statements if s.indicator == indicator and s.scope is Scope.OWN]
        assert [(part.numerator, part.denominator) for part in parts] == [amount] * 127


def test_who_uses_little_has_one_cause() -> None:
    found: dict[str, dict[str | None, int]] = defaultdict(dict)
    for said in made("qn-2019").statements:
        if said.indicator == "UD07":
            found[said.unit][said.field] = int(said.amount.value or 0)
    assert len(found) == 18 + 244
    for fields in found.values():
        lacks = 1 - fields[None]
        assert fields["limited"] + fields.get("unused", 0) == lacks
        assert sum(fields[cause] for cause in ("cause_unit", "cause_software", "cause_rollout")) == lacks


def test_targets_milestones_and_tasks_are_the_documents(plan_of: PlanOf) -> None:
    plans = {name: plan_of(name) for name in OF_THEN}
    of = {
        (n, t.indicator, t.unit, t.level): (t.value, t.due, t.valid_from) for n, p in plans.items() for t in p.targets
    }
    by_2020, before_2020 = date(2020, 12, 31), date(2019, 12, 31)
    assert of["ct-2016", "TH01", "92", None] == (8, by_2020, None)
    assert of["ct-2016", "CK02", "92", None] == (1, before_2020, None)
    assert ("ct-2016", "CK01", "92", None) not in of
    assert of["bt-2015", "HT01", None, Level.COMMUNE] == (0.9, by_2020, None)
    assert of["bt-2015", "DT01", "60", None] == (173_263_000_000, by_2020, date(2016, 1, 1))
    assert of["qn-2019", "UD02", None, Level.COMMUNE] == (1, None, None)
    assert [(m.starts, m.due) for m in plans["cm-2017"].milestones] == [
        (date(2018, 1, 1), date(2018, 12, 31)), (date(2019, 1, 1), by_2020), (date(2021, 1, 1), None)
    ]  # fmt: skip
    assert [task.owners for task in plans["pt-yl-2018"].tasks] == [("25-STTTT", "25-234")] * 5


def load(*words: str) -> int:
    return run(["--lang", "en", "profile", "load", *words])


def test_a_ledger_that_holds_anything_else_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "ledger.db"
    seen = Observation(asset="x", check=Check.PING, ok=True, at=NOON, source="icmp")
    with open_store(f"sqlite:///{store}") as opened:
        opened.record([seen], max_ages=MaxAges.default())
    assert load("cm-2017", "--store", str(store)) == 1
    assert "holds something else than 'cm-2017'" in capfd.readouterr().err
    assert not Path(f"{store}.plan").exists()
    with open_store(f"sqlite:///{store}") as opened:
        assert opened.imports() == ()


def test_another_profiles_ledger_and_plan_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store, elsewhere = str(tmp_path / "ledger.db"), str(tmp_path / "plan")
    assert load("cm-2017", "--store", store) == 0
    assert load("bt-2015", "--store", store) == 1
    assert "holds another plan" in capfd.readouterr().err
    assert load("bt-2015", "--store", store, "--to", elsewhere) == 1
    assert "holds something else than 'bt-2015'" in capfd.readouterr().err
    assert not Path(elsewhere).exists()
    targets = Path(f"{store}.plan/targets.yml")
    targets.write_text("targets: []\n# mine\n", encoding="utf-8")
    assert load("cm-2017", "--store", store) == 1
    assert targets.read_text(encoding="utf-8").endswith("# mine\n")


def test_a_folder_that_holds_anything_else_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store, folder = str(tmp_path / "ledger.db"), tmp_path / "plan"
    folder.mkdir()
    assert load("cm-2017", "--store", store, "--to", str(folder)) == 0, "an empty one will do"
    for name, content in (("units.csv", b"\xff"), ("notes.txt", b"mine")):
        other = tmp_path / name
        other.mkdir()
        (other / name).write_bytes(content)
        assert load("cm-2017", "--store", str(tmp_path / f"{name}.db"), "--to", str(other)) == 1
        assert "holds another plan" in capfd.readouterr().err
        assert [path.read_bytes() for path in other.iterdir()] == [content]
        assert not (tmp_path / f"{name}.db").exists()
    (folder / "below").mkdir()
    assert load("cm-2017", "--store", store, "--to", str(folder)) == 1
    assert "can't be used" in capfd.readouterr().err
    assert load("cm-2017", "--store", store, "--to", str(folder / "units.csv")) == 1
    assert "is a file" in capfd.readouterr().err


def test_a_plan_may_stand_elsewhere_and_is_named_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, store = str(tmp_path / "ca mau"), str(tmp_path / "ledger.db")
    following = asked(capfd, "profile", "load", "cm-2017", "--store", store, "--to", folder)["next"]
    assert following == f"baophu coverage --unit 96 --store {store} --plan '{folder}'"
    assert load("cm-2017", "--store", "postgresql://localhost/x") == 2
    assert "--to" in capfd.readouterr().err
    monkeypatch.setenv("BAOPHU_PLAN", "inventory/lab")
    monkeypatch.setenv("BAOPHU_STORE", str(tmp_path / "other.db"))
    following = asked(capfd, "profile", "load", "cm-2017")["next"]
    assert following == f"baophu coverage --unit 96 --plan {tmp_path / 'other.db.plan'}"


def test_an_unknown_profile_is_a_wrong_call(capfd: pytest.CaptureFixture[str]) -> None:
    assert load("cm-2018") == 2
    assert "cm-2017" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--lang", "vi"], ["giả lập", "Tỉnh này là giả lập", "Tiếp theo:"]), (["--lang", "en"], ["synthetic", "Next:"])],
)
def test_it_says_that_it_is_made_up(
    options: list[str], words: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = str(tmp_path / "ledger.db")
    assert run([*options, "profile", "load", "cm-2017", "--store", store]) == 0
    shown = capfd.readouterr().out
    assert [word for word in words if word not in shown] == []
    assert run([*options, "coverage", "--unit", "96", "--store", store]) == 0
    shown = capfd.readouterr().out
    assert [word for word in (words[0], "cm-2017", "1.831" if "vi" in options else "1,831") if word not in shown] == []
    assert "HT06" not in shown, "nobody plans a PC there"


def of_province(figures: list[Any], root: str) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """What a province's figures are, by what they are of; nothing owed left out."""
    return {
        (f["indicator"], f["field"] or "", f["evidence"], f["level"] if f["scope"] == "level" else ""): (
            f["numerator"],
            f["denominator"],
            f["value"],
        )
        for f in figures
        if f["unit"] == root and f["value"] is not None
    }


@pytest.mark.parametrize("name", OF_THEN)
def test_the_merger_changes_no_provinces_total(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "ledger.db")
    root = asked(capfd, "profile", "load", name, "--store", store)["next"].split()[3]
    before = of_province(asked(capfd, "coverage", "--store", store, "--by-level"), root)
    on_map = asked(capfd, "coverage", "--store", store, "--by-level", "--map", MERGER.isoformat())
    (today,) = {f["unit"] for f in on_map if (f["level"], f["scope"]) == ("province", "subtree")}
    assert of_province(on_map, today) == before
    assert before
