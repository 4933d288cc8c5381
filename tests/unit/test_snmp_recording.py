"""Recordings of devices are played as the devices would answer, and say where they are wrong."""

import asyncio
import bz2
import io
from pathlib import Path

import pytest

from collectors.snmp.conversation import LONGEST_COLUMN, TOO_LONG
from collectors.snmp.recording import Recording, RecordingError, open_recording

NAMES = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)


def recording(*lines: str) -> Recording:
    return Recording(Path("r.snmprec"), io.BytesIO("\n".join(lines).encode()))


def read(played: Recording, *oids: tuple[int, ...]) -> list[object]:
    found = asyncio.run(played.get(oids))
    assert isinstance(found, dict)
    return [found.get(oid) for oid in oids]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("1.3.1|2|-5", -5),
        ("1.3.1|2x|ff", -1),
        ("1.3.1|65|4294967295", 4294967295),
        ("1.3.1|70x|ffffffffffffffff", 18446744073709551615),
        ("1.3.1|4|a text | with bars", b"a text | with bars"),
        ("1.3.1|4|", b""),
        ("1.3.1|4x|00ff", b"\x00\xff"),
        ("1.3.1|4x|00FF\r", b"\x00\xff"),
        ("1.3.1|64|10.0.0.1", b"\x0a\x00\x00\x01"),
        ("1.3.1|64x|0a000001", b"\x0a\x00\x00\x01"),
        ("1.3.1|6|1.3.6.1.4.1.9", (1, 3, 6, 1, 4, 1, 9)),
        ("1.3.1|5|", None),
        ("1.3.1|129|", None),
        ("1.3.1|67:numeric|rate=100", None),
        ("1.3.1|4x:writecache|value=00", None),
        ("1.3.1|4e|a\\tb", None),
        ("# 1.3.1|2|5", None),
        ("1.3.10|2|5", None),
    ],
)
def test_a_line_has_a_value_by_its_tag(line: str, value: object) -> None:
    assert read(recording(line), (1, 3, 1)) == [value]


def test_columns_are_sorted_by_number_whatever_the_lines_order() -> None:
    played = recording(
        "1.3.6.1.2.1.31.1.1.1.1.10|4|ten", "1.3.6.1.2.1.31.1.1.1.1.9|4|nine", "1.3.6.1.2.1.31.1.1.1.10.9|2|7"
    )
    (column,) = asyncio.run(played.columns([NAMES])).values()
    assert column.rows == ((9,), (10,))
    assert column.cells == (b"nine", b"ten")
    assert column.fault is None


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Some three chunks of lines, in order."""
    path = tmp_path / "long.snmprec"
    path.write_text("".join(f"1.3.{part}.{row}|4|{'x' * 80}\n" for part in range(1, 4) for row in range(10_000)))
    return path


def test_what_lies_behind_is_not_read(long: Path) -> None:
    long.write_text(long.read_text() + "rubbish\n")
    played = open_recording(long)
    assert read(played, (1, 3, 1, 9_999), (1, 3, 1, 10_000)) == [b"x" * 80, None]
    (column,) = asyncio.run(played.columns([(1, 3, 2)])).values()
    assert len(column) == 10_000
    with pytest.raises(RecordingError, match="line 30001"):
        played.check()


def test_all_is_read_where_lines_stand_in_no_order(long: Path) -> None:
    long.write_text("1.3.9.1|4|early\n" + long.read_text() + "1.3.1.10000|4|late\n")
    assert read(open_recording(long), (1, 3, 1, 10_000), (1, 3, 9, 1)) == [b"late", b"early"]


def test_of_two_lines_the_first_counts() -> None:
    played = recording("1.3.1.1|2|1", "1.3.1.1|2|2")
    assert read(played, (1, 3, 1, 1)) == [1]
    (column,) = asyncio.run(played.columns([(1, 3, 1)])).values()
    assert column.cells == (1,)


def test_a_column_is_no_longer_than_an_agent_may_have_it() -> None:
    (column,) = asyncio.run(
        recording(*(f"1.3.1.{n}|2|1" for n in range(LONGEST_COLUMN + 5))).columns([(1, 3, 1)])
    ).values()
    assert len(column) == LONGEST_COLUMN + 1
    assert column.fault is TOO_LONG


def test_requests_are_counted_as_an_agent_would_be_sent_them() -> None:
    played = recording(*(f"1.3.1.{n}|2|1" for n in range(60)))
    read(played, (1, 3, 1, 1), (1, 3, 1, 2))
    asyncio.run(played.columns([(1, 3, 1), (1, 3, 2)]))
    assert played.packets == 1 + 3 + 1


@pytest.mark.parametrize(
    "line", ["1.3.1|4x|Juniper", "1.3.1|2|five", "1.3.1|64|10.0.0", "1.3.1|6|one", "1.3.1|2", "1.3.1|two|2", "1.3.1||"]
)
def test_a_wrong_line_is_named(line: str) -> None:
    played = recording("1.3|2|1", line)
    if line == "1.3.1|64|10.0.0":  # three octets are octets, and no address: for the table that reads it to say
        assert read(played, (1, 3, 1)) == [b"\x0a\x00\x00"]
        return
    with pytest.raises(RecordingError, match=r"r\.snmprec, line 2: '1\.3\.1"):
        read(played, (1, 3, 1))


def test_a_wrong_index_is_named() -> None:
    with pytest.raises(RecordingError, match="line 1"):
        asyncio.run(recording("1.3.1.x|2|1").columns([(1, 3, 1)]))


def test_check_names_all_that_is_wrong_and_counts_what_is_left_out() -> None:
    sound = recording("# a switch", "1.3.1|4|x", "", "1.3.2|67:numeric|rate=100", "1.3.3|4x|0a\r")
    assert sound.check() == 1
    with pytest.raises(RecordingError) as caught:
        recording("1.3.1|4|x", "rubbish {}", "1.3.2|4x|0", "1.3.3|4x|zz").check()
    lines = caught.value.text(str).splitlines()
    assert [line.split(", ")[1].split(":")[0] for line in lines] == ["line 2", "line 3", "line 4"]


def test_files_are_read_compressed_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.snmprec", tmp_path / "a.snmprec.bz2"
    plain.write_text("1.3.1|4|x\n")
    packed.write_bytes(bz2.compress(b"#Cisco\r\n1.3.1|4|x\r\n"))
    assert [read(open_recording(path), (1, 3, 1)) for path in (plain, packed)] == [[b"x"], [b"x"]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.snmprec", None, "does not exist"),
        ("a.snmprec.bz2", b"1.3.1|4|x\n", "can't be read"),
        ("a.snmprec.bz2", bz2.compress(b"1.3.1|4|x\n" * 1000)[:-9], "can't be read"),
        ("a.snmprec", b"", "is no recording"),
        ("a.snmprec", b"\x89PNG\r\n\x1a\n", "is no recording"),
        ("a.snmprec", b"# only words\n", "is no recording"),
        ("a.snmprec.bz2", bz2.compress(b"1.3.1|4|x\n" * 300_000), "has more than 1 MiB"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordingError, match=message) as caught:
        open_recording(path, most_octets=1024 * 1024).check()
    assert str(path) in str(caught.value)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="can't be read"):
        open_recording(tmp_path)
