"""Reads a mapping's YAML; what isn't understood becomes a Problem with its line and key."""

import re
from collections.abc import Mapping, Sequence

import yaml

from ledger.declared.mapping import ATTRIBUTES, NEEDED, Part, Source, TableMapping, ValueColumn
from ledger.plan.problem import Place, nearest
from ledger.plan.register import Register
from ledger.plan.sections import yaml_root

OWN = ("sheet", "header", "totals", "aliases", "values")
OF_VALUE = ("column", "is")
PATTERN = "values: [{column: 'Tỷ lệ', indicator: DV01, is: ratio}]"
BY_COLUMN = "{column: 'Đơn vị'}"
HEADER = re.compile(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?")
NULL = "tag:yaml.org,2002:null"
#: A mapping is written by hand.
LONGEST_BYTES = 2**20
Entries = dict[str, tuple[yaml.Node, int]]


def read_mapping(data: bytes, file: str) -> tuple[TableMapping | None, Register]:
    """The mapping in a file's bytes, None where it has problems; these are in the register."""
    register = Register(file)
    root = _root(register, data)
    if root is None:
        return None, register
    entries = _entries(register, root, (*OWN, *ATTRIBUTES))
    header = _text(register, entries, "header")
    found = TableMapping(
        file=file,
        values=_values(register, entries),
        sheet=_text(register, entries, "sheet"),
        header=_header(register, header, entries["header"][1]) if header is not None else None,
        totals=_words(register, entries),
        aliases=_aliases(register, entries),
    )
    return (None if register.problems else found), register


def _root(register: Register, data: bytes) -> yaml.MappingNode | None:
    try:
        text = data[:LONGEST_BYTES].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        register.fail("bad_encoding", data.count(b"\n", 0, error.start) + 1, value=f"0x{data[error.start]:02x}")
        return None
    root = yaml_root(register, text)
    if not register.is_readable:
        return None
    if not isinstance(root, yaml.MappingNode):
        register.fail("bad_mapping", wanted=PATTERN)
        return None
    return root


def _entries(register: Register, node: yaml.MappingNode, known: Sequence[str]) -> Entries:
    """The node's entries with their lines; those without a value are left out."""
    found: Entries = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.value not in known:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            register.report("unknown_key", line, value=name, nearest=nearest(name, known))
        elif key.value in found:
            where = Place(register.file, found[key.value][1])
            register.report("duplicate", line, key.value, value=key.value, where=where)
        elif value.tag != NULL:
            found[key.value] = (value, line)
    return found


def _text(register: Register, entries: Entries, key: str) -> str | None:
    if key not in entries:
        return None
    node, line = entries[key]
    if isinstance(node, yaml.ScalarNode):
        return str(node.value).strip() or None
    register.report("bad_text", line, key)
    return None


def _header(register: Register, text: str, line: int) -> tuple[int, int] | None:
    found = HEADER.fullmatch(text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (2, 1)
    if first > last:
        register.report("bad_mapping", line, "header", wanted="header: 5-6")
        return None
    return first, last


def _words(register: Register, entries: Entries) -> tuple[str, ...]:
    """One word or a list of them."""
    if "totals" not in entries:
        return ()
    node, line = entries["totals"]
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not all(isinstance(each, yaml.ScalarNode) for each in nodes):
        register.report("bad_mapping", line, "totals", wanted="totals: [Toàn ngành, Cộng khối]")
        return ()
    return tuple(str(each.value) for each in nodes)


def _aliases(register: Register, entries: Entries) -> dict[str, str]:
    if "aliases" not in entries:
        return {}
    node, line = entries["aliases"]
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(node, None)]
    if not all(isinstance(each, yaml.ScalarNode) for pair in pairs for each in pair):
        register.report("bad_mapping", line, "aliases", wanted="aliases: {QOffice: Qoffice}")
        return {}
    return {str(key.value): str(value.value) for key, value in node.value}


def _values(register: Register, entries: Entries) -> tuple[ValueColumn, ...]:
    node, at = entries.get("values", (None, None))
    nodes = node.value if isinstance(node, yaml.SequenceNode) else []
    if not nodes or not all(isinstance(each, yaml.MappingNode) for each in nodes):
        register.report("bad_mapping", at, wanted=PATTERN)
        return ()
    defaults = _sources(register, entries)
    found = (_value(register, each, defaults) for each in nodes)
    return tuple(value for value in found if value is not None)


def _value(register: Register, node: yaml.MappingNode, defaults: Mapping[str, Source]) -> ValueColumn | None:
    line = node.start_mark.line + 1
    entries = _entries(register, node, (*OF_VALUE, *ATTRIBUTES))
    attributes = {**defaults, **_sources(register, entries)}
    column, part = _text(register, entries, "column"), _part(register, entries)
    if column is None:
        register.report("missing_key", line, "column", value="column", wanted="column: 'Tỷ lệ'")
    for key in NEEDED:
        if key not in attributes:
            register.report("missing_key", line, key, value=key, wanted=f"{key}: {BY_COLUMN}")
    return ValueColumn(column, part, attributes, line) if column is not None else None


def _part(register: Register, entries: Entries) -> Part:
    text = _text(register, entries, "is")
    if text is None or text in list(Part):
        return Part(text or Part.VALUE)
    known = list(Part)
    register.report(
        "bad_choice", entries["is"][1], "is", value=text, wanted=", ".join(known), nearest=nearest(text, known)
    )
    return Part.VALUE


def _sources(register: Register, entries: Entries) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for key in ATTRIBUTES:
        if key not in entries:
            continue
        node, line = entries[key]
        if isinstance(node, yaml.MappingNode):
            column = _text(register, _entries(register, node, ("column",)), "column")
            if column is None:
                register.report("bad_mapping", line, key, wanted=f"{key}: {BY_COLUMN}")
            else:
                found[key] = Source(None, column, line)
        elif (text := _text(register, entries, key)) is not None:
            found[key] = Source(text, None, line)
    return found
