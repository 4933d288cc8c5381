"""The plan's reader: a sound plan is read whole; of a broken one every problem is named at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.language import Language, Text
from ledger.plan import PlanError, Role, read_plan

LAB = Path("inventory/lab")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "plan"
    shutil.copytree(LAB, copied)
    return copied


def replace(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def line_of(path: Path, asset: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(f"{asset},"))


def problems(folder: Path) -> list[tuple[str, str, int | None, str | None]]:
    with pytest.raises(PlanError) as caught:
        read_plan(folder)
    return [(p.code, p.file, p.row, p.column) for p in caught.value.problems]


def test_the_labs_plan_is_read_whole() -> None:
    plan = read_plan(LAB)
    assert (len(plan.units), len(plan.devices), len(plan.links), len(plan.workstations)) == (5, 15, 14, 9)
    assert plan.subtree("68") == ("68", "68-SKHCN", "68-22945", "68-22924", "68-23272")
    assert plan.ancestors("68-22945") == ("68-22945", "68")
    assert plan.one_device(Role.POP).id == "68-POP-RT-001"
    site = plan.sites["68-22945-TS"]
    assert str(plan.vlans[99].network(site)) == "10.68.28.0/24"
    assert str(plan.vlans[99].gateway(site)) == "10.68.28.1/24"
    assert [link.id for link in plan.links_of("68-22945-RT-001")] == ["68-22945-LK-001", "68-22945-LK-002"]
    assert (len(plan.domains), len(plan.mailboxes), len(plan.services)) == (3, 7, 5)
    exempt = plan.workstations["68-SKHCN-PC-003"]
    assert exempt.exemption is not None
    assert exempt.mac is None


def test_the_version_changes_with_any_file(folder: Path) -> None:
    before = read_plan(folder).version
    replace(folder / "units.csv", "Phan Thiet ward", "Ward of Phan Thiet")
    assert read_plan(folder).version != before


def edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: replace(folder / file, old, new)


BAD = [
    (
        "unknown unit",
        edit("devices.csv", "frr,68-22945,68-22945-TS,ours,10.68.0.12", "frr,22945x,68-22945-TS,ours,10.68.0.12"),
        ("unknown_reference", "devices.csv", "68-22945-RT-001", "unit"),
    ),
    (
        "duplicate address",
        edit("devices.csv", "10.68.0.12", "10.68.0.11"),
        ("duplicate", "devices.csv", "68-22945-RT-001", "address"),
    ),
    (
        "duplicate MAC in another notation",
        edit("workstations.csv", "02:68:00:10:00:02", "0268.0010.0001"),
        ("duplicate", "workstations.csv", 3, "mac"),
    ),
    (
        "bad IP",
        edit("devices.csv", "10.68.0.12", "10.68.0.256"),
        ("bad_address", "devices.csv", "68-22945-RT-001", "address"),
    ),
    ("bad MAC", edit("workstations.csv", "02:68:00:10:00:02", "02:68"), ("bad_mac", "workstations.csv", 3, "mac")),
    (
        "bad date",
        edit("devices.csv", "2026-03-01", "01/03/2026"),
        ("bad_date", "devices.csv", "68-SKHCN-RT-001", "planned_from"),
    ),
    ("missing column", edit("sites.csv", ",prefix", ""), ("missing_column", "sites.csv", 1, None)),
    ("unknown column", edit("sites.csv", ",prefix", ",prefix,note"), ("unknown_column", "sites.csv", 1, None)),
    ("extra cell", edit("sites.csv", "10.68.1.0/24", "10.68.1.0/24,x"), ("wrong_width", "sites.csv", 2, None)),
    (
        "control character",
        edit("sites.csv", "Provincial data centre", "Provincial\x1b[2Jdata centre"),
        ("control_character", "sites.csv", 2, "name_en"),
    ),
    (
        "bidirectional override",
        edit("sites.csv", "Provincial data centre", "Provincial \u202edata centre"),
        ("control_character", "sites.csv", 2, "name_en"),
    ),
    (
        "identifier that would become configuration",
        edit("vlans.csv", "10,office", "10,office;reload"),
        ("unsafe_identifier", "vlans.csv", 2, "name"),
    ),
    (
        "bad role",
        edit("devices.csv", "router,cpe", "router,ce"),
        ("bad_choice", "devices.csv", "68-SKHCN-RT-001", "role"),
    ),
    ("cycle", edit("units.csv", "68,,province", "68,68-22945,province"), ("cycle", "units.csv", 2, "parent")),
    (
        "half an exemption",
        edit("workstations.csv", "Máy soạn thảo văn bản mật,2030-12-31", "Máy soạn thảo văn bản mật,"),
        ("half_exempt", "workstations.csv", 4, "exempt_until"),
    ),
    (
        "no such port",
        edit("workstations.csv", "68-SKHCN-SW-001,p2", "68-SKHCN-SW-001,p9"),
        ("no_such_port", "workstations.csv", 3, "port"),
    ),
    (
        "one socket twice",
        edit("workstations.csv", "68-SKHCN-SW-001,p2", "68-SKHCN-SW-001,p1"),
        ("duplicate", "workstations.csv", 3, "port"),
    ),
    (
        "a site of another unit",
        edit("workstations.csv", "68-22945,68-22945-TS", "68-22924,68-22945-TS"),
        ("wrong_unit", "workstations.csv", 5, "unit"),
    ),
    (
        "a switch outside its site",
        edit("devices.csv", "10.68.28.2", "10.68.60.2"),
        ("outside_prefix", "devices.csv", "68-22945-SW-001", "address"),
    ),
    (
        "too small a prefix",
        edit("sites.csv", "10.68.16.0/21", "10.68.16.0/23"),
        ("too_small", "sites.csv", 3, "prefix"),
    ),
    ("target above one", edit("targets.yml", "value: 0.9", "value: 90"), ("bad_ratio", "targets.yml", 11, "value")),
    (
        "target of an unknown unit",
        edit("targets.yml", 'unit: "68"', 'unit: "69"'),
        ("unknown_reference", "targets.yml", 7, "unit"),
    ),
    ("broken YAML", edit("targets.yml", "targets:", "targets: ["), ("bad_yaml", "targets.yml", 5, None)),
]


@pytest.mark.parametrize(("edit_folder", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_row_is_named(
    folder: Path, edit_folder: Callable[[Path], None], expected: tuple[str, str, int | str | None, str | None]
) -> None:
    edit_folder(folder)
    code, file, row, column = expected
    assert (code, file, line_of(folder / file, row) if isinstance(row, str) else row, column) in problems(folder)


def test_a_file_in_another_encoding_is_named_with_its_line(folder: Path) -> None:
    path = folder / "sites.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1258", errors="replace"))
    assert ("bad_encoding", "sites.csv", 2, None) in problems(folder)


def test_a_byte_order_mark_and_crlf_are_understood(folder: Path) -> None:
    path = folder / "units.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_plan(folder).units) == 5


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "links.csv").unlink()
    assert ("missing_file", "links.csv", None, None) in problems(folder)


def test_all_problems_come_at_once(folder: Path) -> None:
    replace(folder / "devices.csv", "10.68.0.12", "10.68.0.300")
    replace(folder / "workstations.csv", "02:68:00:10:00:02", "zz")
    replace(folder / "units.csv", "68-22924,68,commune", "68-22924,68,village")
    assert problems(folder) == [
        ("bad_choice", "units.csv", 5, "level"),
        ("bad_address", "devices.csv", line_of(folder / "devices.csv", "68-22945-RT-001"), "address"),
        ("bad_mac", "workstations.csv", 3, "mac"),
    ]


def test_a_problem_names_place_value_and_remedy(folder: Path) -> None:
    replace(folder / "workstations.csv", "68-22945,68-22945-TS", "68-2294,68-22945-TS")
    with pytest.raises(PlanError) as caught:
        read_plan(folder)
    assert str(caught.value) == (
        "plan: workstations.csv: row 5, column unit: '68-2294' is not in units.csv; nearest: 68-22945"
    )


def test_every_problem_has_its_vietnamese_text(folder: Path) -> None:
    replace(folder / "workstations.csv", "68-22945,68-22945-TS", "68-2294,68-22945-TS")
    with pytest.raises(PlanError) as caught:
        read_plan(folder)
    assert caught.value.problems[0].text(Text(Language.VI)) == (
        "workstations.csv: dòng 5, cột unit: '68-2294' không có trong units.csv; gần nhất: 68-22945"
    )
