"""Definitions are data that ICT staff write: what is wrong in them is said with file, line and remedy, all at once."""

from pathlib import Path

import pytest
from recorded_devices import BROKEN, DOCUMENT, UNKNOWN, expected_identities, recording_names, tables

from collectors.snmp.definition import EntityText, Match, Rule, Source, Status, said, words
from collectors.snmp.definition_files import OURS, read_definitions
from collectors.snmp.definition_problem import MESSAGES, DefinitionError
from ledger.language import Language, Text

GOOD = """\
---
definitions:
  - id: acme
    vendor: Acme
    match:
      object_id: [1.3.6.1.4.1.99999]
    source: ACME-MIB
    status: documented
"""
#: What is written after, or instead of, GOOD's last lines; the code of its problem and the line.
MISTAKES: dict[str, tuple[str, str, int | None]] = {
    "not YAML": (GOOD + "  model: [\n", "bad_yaml", 9),
    "a tab": (GOOD + "\tmodel: x\n", "bad_yaml", 9),
    "an impossible date": (GOOD + "    model: 2026-99-99\n", "bad_yaml", None),
    "empty": ("", "not_mapping", 1),
    "a list": ("- id: acme\n", "not_mapping", 1),
    "no definitions": ("---\n{}\n", "missing_key", 2),
    "an unknown key": (GOOD + "    vrsionn: x\n", "unknown_key", 9),
    "a key twice": (GOOD + "    vendor: Other\n", "duplicate_key", 9),
    "no source": (GOOD.replace("    source: ACME-MIB\n", ""), "missing_key", 3),
    "a number": (GOOD.replace("ACME-MIB", "12"), "not_text", 7),
    "an empty text": (GOOD.replace("ACME-MIB", "' '"), "empty", 7),
    "no list": (GOOD + "    model: {descr: x}\n", "not_list", 9),
    "no mapping": (GOOD + "    model: [x]\n", "not_mapping", 9),
    "not boolean": (GOOD + "    entity: perhaps\n", "not_boolean", 9),
    "a status of one's own": (GOOD.replace("documented", "documentedd"), "bad_choice", 8),
    "a column of one's own": (GOOD + "    model:\n      - entity: mdel\n", "bad_choice", 10),
    "a bad id": (GOOD.replace("id: acme", "id: Acme X"), "bad_id", 3),
    "an id that is none": (GOOD.replace("id: acme", "id: 5"), "bad_id", 3),
    "a bad oid": (GOOD.replace("1.3.6.1.4.1.99999", "1.3.6.x"), "bad_oid", 6),
    "an oid that is a number": (GOOD.replace("1.3.6.1.4.1.99999", "1.3"), "bad_oid", 6),
    "an impossible oid": (GOOD.replace("1.3.6.1.4.1.99999", "9.9.9"), "bad_oid", 6),
    "a bad pattern": (GOOD + "    model:\n      - descr: '(x'\n", "bad_pattern", 10),
    "an empty pattern": (GOOD + "    model:\n      - descr: ''\n", "empty", 10),
    "a pattern that is a number": (GOOD + "    model:\n      - descr: 5\n", "not_text", 10),
    "no condition": (GOOD.replace("object_id: [1.3.6.1.4.1.99999]", "object_id: []"), "no_condition", 5),
    "a lone pattern": (GOOD.replace("    source", "      pattern: x\n    source"), "lone_pattern", 5),
    "a rule of nothing": (GOOD + "    model:\n      - pattern: x\n", "one_source", 10),
    "a rule of two": (GOOD + "    model:\n      - {descr: x, oid: 1.3.6.1}\n", "one_source", 10),
    "a pattern too many": (GOOD + "    model:\n      - {descr: x, pattern: y}\n", "unwanted_pattern", 10),
    "a text too many": (GOOD + "    model:\n      - {models: {1.3.6.1: x}, text: y}\n", "unwanted_text", 10),
    "a model without an oid": (GOOD + "    model:\n      - models: {x: y}\n", "bad_oid", 10),
    "a group that isn't there": (GOOD + "    model:\n      - {descr: (x), text: '\\2'}\n", "bad_reference", 10),
    "a group without a pattern": (GOOD + "    model:\n      - {oid: 1.3.6.1, text: '\\1'}\n", "bad_reference", 10),
    "nothing recorded": (GOOD.replace("documented", "recorded"), "no_recording", 3),
    "recorded, too": (
        GOOD + "    recordings:\n      - {file: a, model: x, version: null, serial: null}\n",
        "unwanted_recording",
        3,
    ),
    "half a recording": (
        GOOD.replace("documented", "recorded") + "    recordings:\n      - {file: a, model: x, version: null}\n",
        "missing_key",
        10,
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ours").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "ours" / "good.yml").write_text(GOOD.replace("id: acme", "id: other"))
    return tmp_path


def problems(folder: Path) -> list[tuple[str, str, int | None]]:
    with pytest.raises(DefinitionError) as caught:
        read_definitions(folder / "mine", ours=folder / "ours")
    for problem in caught.value.problems:
        assert problem.text() in str(caught.value)
        assert problem.text(Text(Language.VI))  # a translation has the fields, too
    return [(problem.code, Path(problem.file).name, problem.line) for problem in caught.value.problems]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_line(folder: Path, mistake: str) -> None:
    content, code, line = MISTAKES[mistake]
    (folder / "mine" / "bad.yml").write_text(content)
    assert problems(folder) == [(code, "bad.yml", line)]


def test_every_kind_of_mistake_is_tried() -> None:
    elsewhere = {"no_folder", "no_files", "unreadable", "bad_encoding", "duplicate_id", "other"}
    assert {code for _content, code, _line in MISTAKES.values()} == set(MESSAGES) - elsewhere


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "mine" / "a.yml").write_text(GOOD.replace("documented", "x").replace("ACME-MIB", "5"))
    (folder / "mine" / "b.yaml").write_bytes(b"vendor: \xff")
    (folder / "mine" / "c.yml").mkdir()
    (folder / "mine" / "d.txt").write_text("not one of ours")
    assert problems(folder) == [
        ("not_text", "a.yml", 7),
        ("bad_choice", "a.yml", 8),
        ("bad_encoding", "b.yaml", None),
        ("unreadable", "c.yml", None),
    ]


def test_an_id_is_taken_once(folder: Path) -> None:
    (folder / "mine" / "a.yml").write_text(GOOD)
    (folder / "mine" / "b.yml").write_text(GOOD)
    assert problems(folder) == [("duplicate_id", "b.yml", 3)]


def test_folders_that_hold_nothing_are_told(folder: Path) -> None:
    assert problems(folder) == [("no_files", "mine", None)]
    (folder / "mine").rmdir()
    assert problems(folder) == [("no_folder", "mine", None)]


def test_a_nearest_key_is_named(folder: Path) -> None:
    (folder / "mine" / "a.yml").write_text(GOOD + "    vrsionn: x\n")
    with pytest.raises(DefinitionError, match="'vrsionn' is not known here; nearest: version"):
        read_definitions(folder / "mine", ours=folder / "ours")


def test_an_alias_of_itself_ends(folder: Path) -> None:
    (folder / "mine" / "a.yml").write_text("---\ndefinitions: &x [*x]\n")
    assert problems(folder) == [("not_mapping", "a.yml", 2)]


def test_further_definitions_come_first(folder: Path) -> None:
    (folder / "mine" / "a.yml").write_text(GOOD)
    assert [known.id for known in read_definitions(folder / "mine", ours=folder / "ours")] == ["acme", "other"]


def test_a_definition_is_read_whole(folder: Path) -> None:
    (folder / "mine" / "a.yml").write_text(
        GOOD
        + "    model:\n      - {column: 1.3.6.1, pattern: '(x)', text: 'X \\1'}\n      - models: {1.3.6.2: Y}\n"
        + "    serial:\n      - entity: serial\n    entity: false\n"
    )
    found = read_definitions(folder / "mine", ours=folder / "ours")[0]
    assert found.match.object_ids == ((1, 3, 6, 1, 4, 1, 99999),)
    assert [rule.source for rule in found.model] == [Source.COLUMN, Source.MODELS]
    assert found.model[0].apply("axb") == "X x"
    assert found.model[1].models == {(1, 3, 6, 2): "Y"}
    assert found.vendor == (Rule(source=Source.TEXT, text="Acme"),)
    assert found.serial == (Rule(source=Source.ENTITY, entity=EntityText.SERIAL),)
    assert (found.asks_entity, found.status, found.os) == (False, Status.DOCUMENTED, ())


def test_ours_are_sound_and_say_where_they_come_from() -> None:
    found = read_definitions()
    assert len(found) >= 60
    assert all(len(known.source) > 15 for known in found)
    assert sorted(OURS.glob("*")) == sorted(OURS.glob("*.yml"))


def test_every_recording_is_expected_to_be_somebody_or_unknown() -> None:
    assert sorted([*expected_identities(), *BROKEN]) == recording_names()
    assert len(UNKNOWN) < 30


def test_the_documented_tables_are_those_of_the_definitions() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert tables() in written, "run: .venv/bin/python tests/unit/support/recorded_devices.py"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" FOC1408Z61U ", "FOC1408Z61U"),
        ('"LIHUA-H61', "LIHUA-H61"),
        *((text, None) for text in ("", " ", "N/A", "n/a", "NA", "Unspecified", "To be filled by O.E.M.", "None")),
        *(
            (text, None)
            for text in ("Default string", "Not Specified", "0", "0000", "00.00", "xxxxxxx", "----", "****")
        ),
        *((text, None) for text in ("System Serial Number", "INVALID", "Uninitialized", "unknown", "Chassis")),
        *((text, text) for text in ("0x1", "7010", "NA-1", "None-5", "X-1")),
    ],
)
def test_placeholders_are_no_answer(text: str, kept: str | None) -> None:
    assert said(text) == kept


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"S5720 \r\nHuawei\0\0", "S5720 Huawei"),
        (b"\xff\x07x", "\ufffd?x"),
        (5, "5"),
        ((1, 3, 6), "1.3.6"),
        (b"x" * 5000, "x" * 1024),
    ],
)
def test_values_are_one_line_of_words(value: bytes | int | tuple[int, ...], text: str) -> None:
    assert words(value) == text


def test_the_longest_prefix_ranks_first_and_an_instance_before_a_description() -> None:
    prefixes = Match(object_ids=((1, 3), (1, 3, 6, 1)))
    assert prefixes.rank("", (1, 3, 6, 1, 9)) == (4, False, False)
    assert prefixes.rank("", (1, 3, 9)) == (2, False, False)
    assert prefixes.rank("", (1, 4)) is None
    assert prefixes.rank("", ()) is None
    with_oid = Match(object_ids=((1, 3),), oid=(1, 3, 6, 0))
    assert (with_oid.rank("", (1, 3)) or ()) > (2, False, True)


@pytest.mark.parametrize(
    ("pattern", "value", "holds"), [(None, "x", True), (None, "", False), (None, None, False), (None, "N/A", False)]
)
def test_an_instance_holds_where_it_says_something(pattern: None, value: str | None, holds: bool) -> None:
    assert Match(oid=(1, 3), pattern=pattern).holds(value) is holds
