"""What carries a signal to what, under every fault; and the record that remembers the faults."""

import multiprocessing
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.place import Place
from lab.record import Record, held, read_record, write_record
from lab.topology import Cable, Host, Port, Socket, Topology
from lab.wiring import Faults, free_socket, known_cable, moved, patches
from ledger.plan import Role


def host(id_: str, unit: str, role: str, first_jack: int, *ports: str) -> Host:
    jacks = tuple(Port(name, "06:00:00:00:00:01", first_jack + n) for n, name in enumerate(ports))
    return Host(id_, id_.lower(), first_jack, role, unit, f"{unit}-site", None, jacks)


#: A router (1), switches at A (2: uplink, 3–5) and at B (6: uplink, 7), PCs of A (8) and B (9); pc3 and B2 are absent.
HOSTS = (
    host("R", "A", Role.CPE, 1, "lan0"),
    host("SA", "A", Role.ACCESS_SWITCH, 2, "up0", "p1", "p2", "p3"),
    host("SB", "B", Role.ACCESS_SWITCH, 6, "up0", "p1"),
    host("pc1", "A", "workstation", 8, "eth0"),
    host("pc2", "B", "workstation", 9, "eth0"),
)
CABLES = (
    Cable("trunk", Socket("R", "lan0"), Socket("SA", "up0")),
    Cable("far", Socket("SB", "up0"), Socket("B2", "up0")),
    Cable("pc1", Socket("SA", "p1"), Socket("pc1", "eth0")),
    Cable("pc2", Socket("SB", "p1"), Socket("pc2", "eth0")),
    Cable("pc3", Socket("SA", "p2"), Socket("pc3", "eth0")),
)
LAB = Topology({h.id: h for h in HOSTS}, {c.id: c for c in CABLES})


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (Faults(), {1: 2, 2: 1, 3: 8, 8: 3, 7: 9, 9: 7}),
        (Faults(cut=frozenset({"trunk"})), {3: 8, 8: 3, 7: 9, 9: 7}),
        (Faults(unplugged=frozenset({"pc1"})), {1: 2, 2: 1, 7: 9, 9: 7}),
        (Faults(off=frozenset({"SA"})), {7: 9, 9: 7}),
        (Faults(moved={"pc2": Socket("SA", "p3")}), {1: 2, 2: 1, 3: 8, 8: 3, 5: 9, 9: 5}),
        (Faults(moved={"pc2": Socket("SA", "p3")}, off=frozenset({"SB"})), {1: 2, 2: 1, 3: 8, 8: 3, 5: 9, 9: 5}),
        (Faults(moved={"pc2": Socket("SA", "p3")}, unplugged=frozenset({"pc2"})), {1: 2, 2: 1, 3: 8, 8: 3}),
        (Faults(off=frozenset({"pc1", "pc2"}), cut=frozenset({"trunk"})), {}),
    ],
)
def test_a_jack_is_patched_exactly_where_its_cable_leads(faults: Faults, expected: dict[int, int]) -> None:
    assert patches(LAB, faults) == expected


def test_a_moved_workstation_takes_the_first_socket_that_nobody_is_planned_on() -> None:
    assert free_socket(LAB, Faults(), "A") == Socket("SA", "p3")
    assert moved(LAB, Faults(), "pc2", "A") == Faults(moved={"pc2": Socket("SA", "p3")})


def test_a_full_switch_and_a_unit_without_one_are_refused() -> None:
    with pytest.raises(LabError, match="every port of SA is taken"):
        free_socket(LAB, Faults(moved={"pc2": Socket("SA", "p3")}), "A")
    with pytest.raises(LabError, match="every port of SB is taken"):
        moved(LAB, Faults(), "pc1", "B")
    with pytest.raises(LabError, match="no switch of unit 'C'"):
        moved(LAB, Faults(), "pc1", "C")


def test_moving_again_leaves_the_socket_that_it_had() -> None:
    away = moved(LAB, Faults(), "pc2", "A")
    assert moved(LAB, away, "pc2", "A") == away


def test_moving_plugs_in_and_moving_home_ends_every_difference() -> None:
    away = moved(LAB, Faults(unplugged=frozenset({"pc2"})), "pc2", "A")
    assert away.unplugged == frozenset()
    assert moved(LAB, away, "pc2", "B") == Faults(moved={})


def test_links_and_workstations_are_not_confused() -> None:
    assert known_cable(LAB, "trunk", workstation=False) == "trunk"
    assert known_cable(LAB, "pc1", workstation=True) == "pc1"
    with pytest.raises(LabError, match="'pc1' is no link of this lab; it has: trunk, far"):
        known_cable(LAB, "pc1", workstation=False)
    with pytest.raises(LabError, match="'trunk' is no workstation of this lab; it has: pc1, pc2, pc3"):
        known_cable(LAB, "trunk", workstation=True)


def test_the_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    place = Place.of("lab", tmp_path)
    place.state.mkdir()
    faults = Faults(frozenset({"trunk"}), frozenset({"pc1"}), {"pc2": Socket("SA", "p3")}, frozenset({"SB"}))
    record = Record("full", "/plan", ("/full", "/bare"), "/pool", complete=True, topology=LAB, faults=faults)
    write_record(place, record)
    assert read_record(place) == record
    assert [file.name for file in place.state.iterdir()] == ["hosts.json"]


def test_without_a_record_no_lab_is_up(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="'lab' is not up"):
        read_record(Place.of("lab", tmp_path))


def _hold_and_die(lock: str) -> None:
    with held(Path(lock), "lab", 0.0):
        raise SystemExit(0)


def test_one_command_at_a_time_and_a_dead_one_does_not_count(tmp_path: Path) -> None:
    lock = tmp_path / "folder" / ".lock"
    process = multiprocessing.get_context("spawn").Process(target=_hold_and_die, args=(str(lock),))
    process.start()
    process.join(30)
    with (
        held(lock, "lab", 0.0),
        pytest.raises(LabError, match="lab is in use by another command"),
        held(lock, "lab", -1.0),
    ):
        pass
    with held(lock, "lab", 0.0):
        pass
