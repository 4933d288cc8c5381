"""Who a device is: every recording of a real one, and what agents do to be misunderstood."""

import asyncio
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from documented_devices import DOCUMENTED
from recorded_devices import BROKEN, expected_identities, recordings_folder

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.definition import Definition, words
from collectors.snmp.definition_files import read_definitions
from collectors.snmp.entity_identity import MOST_MEMBERS, chassis_rows, read_entity_identity
from collectors.snmp.identity import Identity, identify
from collectors.snmp.recording import Recording, RecordingError, open_recording
from ledger.observation import Failure

EXPECTED = expected_identities()
SILENT = Fault(Failure.NO_ANSWER, "silent")
DESCR, OBJECT_ID = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"


@pytest.fixture(scope="module")
def ours() -> tuple[Definition, ...]:
    return read_definitions()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_device_is_who_it_is(name: str, ours: tuple[Definition, ...]) -> None:
    expected = EXPECTED[name]
    played = open_recording(recordings_folder() / name)
    found = asyncio.run(identify(played, ours))
    assert isinstance(found, Identity)
    told = (found.definition, found.vendor, found.os, found.model, found.version, found.serial)
    wanted = (expected.definition, expected.vendor, expected.os, expected.model, expected.version, expected.serial)
    assert told == wanted
    assert found.problems == ()
    assert found.why.startswith(f"{expected.definition}: " if expected.definition else "no definition fits")
    assert fitting(played, ours, found) == ([expected.definition] if expected.definition else [])


def fitting(played: Recording, ours: tuple[Definition, ...], found: Identity) -> list[str]:
    """The definitions that fit no less narrowly than the chosen one."""
    object_id = tuple(map(int, found.object_id.split("."))) if found.object_id else ()
    ranks = {known.id: known.match.rank(found.descr, object_id) for known in ours}
    least = ranks[found.definition] if found.definition else (0, False, False)
    assert least is not None

    def holds(known: Definition) -> bool:
        if known.match.oid is None:
            return True
        values = asyncio.run(played.get([known.match.oid]))
        assert not isinstance(values, Fault)
        return known.match.holds(words(values[known.match.oid]) if values else None)

    return [known.id for known in ours if (rank := ranks[known.id]) is not None and rank >= least and holds(known)]


@pytest.mark.parametrize("name", BROKEN)
def test_a_recording_that_is_none_says_where(name: str, ours: tuple[Definition, ...]) -> None:
    with pytest.raises(RecordingError, match=f"line {BROKEN[name]}:"):
        asyncio.run(identify(open_recording(recordings_folder() / name), ours))


class Agent(Recording):
    """Answers as recorded, remembers what it was asked, and falls silent after so many requests."""

    def __init__(self, lines: Mapping[str, str], silent_after: int = 1000) -> None:
        text = "\n".join(f"{oid}|{value}" for oid, value in lines.items())
        super().__init__(Path("agent"), io.BytesIO(text.encode()))
        self.asked: list[str] = []
        self.silent_after = silent_after

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        self.asked.append(f"get {len(oids)}")
        return SILENT if len(self.asked) > self.silent_after else await super().get(oids)

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        self.asked += [f"column {'.'.join(map(str, oid))}" for oid in oids]
        if len(self.asked) > self.silent_after:
            return {oid: Column(fault=SILENT) for oid in oids}
        return await super().columns(oids)


def identity(agent: Agent, definitions: Sequence[Definition]) -> Identity:
    found = asyncio.run(identify(agent, definitions))
    assert isinstance(found, Identity)
    return found


def entities(*rows: str) -> dict[str, str]:
    """Rows as `index class container descr name sw serial mfg model`, a dash where there is nothing."""
    columns = ("5", "4", "2", "7", "10", "11", "12", "13")
    lines = {}
    for row in rows:
        index, *cells = row.split()
        for column, cell in zip(columns, cells, strict=False):
            if cell != "-":
                tag = "2" if column in "45" else "4"
                lines[f"1.3.6.1.2.1.47.1.1.1.1.{column}.{index}"] = f"{tag}|{cell.replace('_', ' ')}"
    return lines


def test_what_the_description_tells_is_not_asked_for(ours: tuple[Definition, ...]) -> None:
    agent = Agent({DESCR: "4|EdgeOS v2.0.9.5346345.200707", OBJECT_ID: "6|1.3.6.1.4.1.41112.1.5"})
    found = identity(agent, ours)
    # The one other definition of this prefix is told by an instance.
    assert (found.vendor, found.os, found.version, agent.asked) == ("Ubiquiti", "EdgeOS", "2.0.9", ["get 3"])


def test_named_instances_are_asked_for_in_one_request(ours: tuple[Definition, ...]) -> None:
    agent = Agent(
        {
            DESCR: "4|RouterOS RB4011iGS+",
            OBJECT_ID: "6|1.3.6.1.4.1.14988.1",
            "1.3.6.1.4.1.14988.1.1.4.4.0": "4|6.49.10",
            "1.3.6.1.4.1.14988.1.1.7.3.0": "4|D4440C2ABCDE",
        }
    )
    found = identity(agent, ours)
    assert (found.model, found.version, found.serial) == ("RB4011iGS+", "6.49.10", "D4440C2ABCDE")
    assert agent.asked == ["get 3", "get 2"]
    assert found.why == (
        "mikrotik_routeros: sysObjectID 1.3.6.1.4.1.14988.1; model: sysDescr; version: 1.3.6.1.4.1.14988.1.1.4.4.0; "
        "serial: 1.3.6.1.4.1.14988.1.1.7.3.0"
    )


def test_families_of_one_prefix_are_told_by_their_instances(ours: tuple[Definition, ...]) -> None:
    linux = {DESCR: "4|Linux nas 4.4.302+ #69057 SMP x86_64", OBJECT_ID: "6|1.3.6.1.4.1.8072.3.2.10"}
    synology = linux | {
        "1.3.6.1.4.1.6574.1.5.1.0": "4|DS920+",
        "1.3.6.1.4.1.6574.1.5.2.0": "4|2150SBR000000",
        "1.3.6.1.4.1.6574.1.5.3.0": "4|DSM 7.1-42661",
    }
    agent = Agent(synology)
    found = identity(agent, ours)
    assert (found.vendor, found.model, found.version, found.serial) == (
        "Synology",
        "DS920+",
        "7.1-42661",
        "2150SBR000000",
    )
    assert agent.asked == ["get 3", "get 4", "get 2"]
    assert identity(Agent(linux), ours).definition == "linux"
    qnap = linux | {"1.3.6.1.4.1.24681.1.2.12.0": "4|TS-453D"}
    assert identity(Agent(qnap), ours).model == "TS-453D"


@pytest.mark.parametrize(("descr", "object_id", "wanted"), DOCUMENTED)
def test_a_documented_device_is_told_by_its_description(
    descr: str, object_id: str, wanted: tuple[str, str | None, str | None], ours: tuple[Definition, ...]
) -> None:
    found = identity(Agent({DESCR: f"4|{descr}", OBJECT_ID: f"6|{object_id}"}), ours)
    assert (found.definition, found.model, found.version) == wanted


def test_a_printer_of_any_maker_tells_model_and_serial_number(ours: tuple[Definition, ...]) -> None:
    told = {"1.3.6.1.2.1.25.3.2.1.3.1": "4|EPSON WF-C5790", "1.3.6.1.2.1.43.5.1.1.17.1": "4|X3BC000001"}
    found = identity(
        Agent({DESCR: "4|EPSON Built-in 11b/g/n Print Server", OBJECT_ID: "6|1.3.6.1.4.1.1248"} | told), ours
    )
    assert (found.definition, found.vendor, found.model, found.serial) == (
        *("printer_mib", None, "EPSON WF-C5790", "X3BC000001"),
    )
    kyocera = Agent({DESCR: "4|KYOCERA Print I/F", OBJECT_ID: "6|1.3.6.1.4.1.1347.41"} | told)
    assert identity(kyocera, ours).vendor == "Kyocera"


def test_nobody_is_known_by_the_entity_mib_alone() -> None:
    agent = Agent({OBJECT_ID: "6|1.3.6.1.4.1.99999"} | entities("1 3 0 A_chassis - 1.0 S1 Acme A-100"))
    found = identity(agent, ())
    assert (found.definition, found.vendor, found.model, found.version, found.serial) == (
        None,
        "Acme",
        "A-100",
        "1.0",
        "S1",
    )
    assert found.why == (
        "no definition fits sysObjectID 1.3.6.1.4.1.99999; vendor: ENTITY-MIB 1; model: ENTITY-MIB 1; "
        "version: ENTITY-MIB 1; serial: ENTITY-MIB 1"
    )


def test_a_device_that_tells_nothing_is_nobody() -> None:
    found = identity(Agent({}), ())
    assert (found.vendor, found.model, found.why) == (None, None, "no definition fits sysObjectID none")


def test_silence_is_a_fault_at_first_and_a_problem_later(ours: tuple[Definition, ...]) -> None:
    system = {DESCR: "4|RouterOS RB750", OBJECT_ID: "6|1.3.6.1.4.1.14988.1"}
    assert asyncio.run(identify(Agent(system, silent_after=0), ours)) is SILENT
    found = identity(Agent(system, silent_after=1), ours)
    assert (found.vendor, found.model, found.version) == ("MikroTik", "RB750", None)
    assert [(problem.table, problem.reason) for problem in found.problems] == [("identity", SILENT.text)]


@pytest.mark.parametrize("silent_after", [1, 2, 3])
def test_an_entity_mib_that_breaks_off_is_a_problem(silent_after: int) -> None:
    rows = entities("1 3 0 - - 1.0 S1 Acme A-100")
    found = identity(Agent({OBJECT_ID: "6|1.3.6.1.4.1.99999"} | rows, silent_after), ())
    assert [problem.table for problem in found.problems] == ["entities"]
    assert (found.problems[0].reason, found.serial) == (SILENT.text, None)


def test_a_column_that_breaks_off_is_a_problem(ours: tuple[Definition, ...]) -> None:
    agent = Agent({DESCR: "4|Linux 2.6.32", OBJECT_ID: "6|1.3.6.1.4.1.41112.1.4"}, silent_after=1)
    found = identity(agent, ours)
    assert found.definition == "ubiquiti_airos"
    assert {problem.table for problem in found.problems} == {"1.2.840.10036.3.1.2.1.3", "1.2.840.10036.3.1.2.1.4"}


#: Rows as `entities` takes them, and what they come to: index, model, version, serial number.
CHASSIS = {
    "one chassis": (["1 3 0 - - 1.0 S1 Acme A-100"], ("1", "A-100", "1.0", "S1")),
    "the lowest of two": (["9 3 0 - - - S9 - A-9", "2 3 0 - - - S2 - A-2"], ("2", "A-2", None, "S2")),
    "the chassis, not its modules": (["1 9 2 - - - M - MOD-1", "2 3 0 - - - S - A-2"], ("2", "A-2", None, "S")),
    "in a stack": (["1 11 0 - - - STK - STACK", "2 3 1 - - - S - A-2"], ("2", "A-2", None, "S")),
    "not one in another": (["5 3 9 - - - IN - A-5", "9 3 0 - - - OUT - A-9"], ("9", "A-9", None, "OUT")),
    "in what isn't there": (["5 3 77 - - - S - A-5"], ("5", "A-5", None, "S")),
    "all in one another": (["5 3 9 - - - S - A-5", "9 3 5 - - - T - A-9"], ("5", "A-5", None, "S")),
    "a stack of containers": (["1 11 0 - - - - - -", "101 5 1 - - - S - DCS-3726S"], ("101", "DCS-3726S", None, "S")),
    "a module alone": (["1 9 0 - - - S - A-1", "2 10 0 - - - P - SFP"], ("1", "A-1", None, "S")),
    "model in the name": (["1 3 0 - ACU2 - S - -"], ("1", "ACU2", None, "S")),
    "model in the description": (["1 3 0 ME60-X8_frame 1 - S - -"], ("1", "ME60-X8", None, "S")),
    "a part number": (["1 3 0 Juniper_MX960_Router - - S - 710-030012"], ("1", "MX960", None, "S")),
    "a part number alone": (["1 3 0 Router - - S - 710-030012"], ("1", "710-030012", None, "S")),
    "placeholders": (["1 3 0 - Chassis N/A To_be_filled_by_O.E.M. - Unspecified"], ("1", None, None, None)),
}


@pytest.mark.parametrize("case", CHASSIS)
def test_the_right_row_stands_for_the_device(case: str) -> None:
    rows, (index, model, version, serial) = CHASSIS[case]
    found = identity(Agent(entities(*rows)), ())
    assert (found.model, found.version, found.serial) == (model, version, serial)
    if model:
        assert f"ENTITY-MIB {index}" in found.why


def test_a_stack_has_members() -> None:
    rows = ["1 11 0", "1001 3 1 - - 1.0 S1 - A-100", "2001 3 1 - - 1.1 S2 - A-200", "5 9 1001 - - - M - MOD"]
    found = identity(Agent(entities(*rows)), ())
    assert [(member.index, member.model, member.version, member.serial) for member in found.members] == [
        (1001, "A-100", "1.0", "S1"),
        (2001, "A-200", "1.1", "S2"),
    ]
    assert found.serial == "S1"


def test_a_stack_is_bounded() -> None:
    agent = Agent(entities(*(f"{number} 3 0 - - - S{number} - A-1" for number in range(1, 100))))
    assert len(identity(agent, ()).members) == MOST_MEMBERS


def test_an_entity_mib_of_rubbish_is_a_problem() -> None:
    agent = Agent({"1.3.6.1.2.1.47.1.1.1.1.5.1": "4|chassis", "1.3.6.1.2.1.47.1.1.1.1.4.1": "2|0"})
    found = asyncio.run(read_entity_identity(agent))
    assert found.fault is not None
    assert found.fault.failure is Failure.BAD_REPLY


def test_no_entities_have_no_chassis() -> None:
    assert chassis_rows({}, {}) == []
