"""Reads YAML files of a plan: each mapping of a section's list becomes a row of cells, as a CSV register's lines do."""

from collections.abc import Mapping, Sequence

import yaml

from ledger.plan.files import read_text, refuse_unfit
from ledger.plan.problem import nearest
from ledger.plan.register import Register, Row
from ledger.plan.registers import Registers

NULL = "tag:yaml.org,2002:null"


def read_sections(
    registers: Registers, file: str, sections: Mapping[str, Sequence[str]], pattern: str, *, optional: bool = False
) -> dict[str, list[Row]]:
    """The rows of each section of `file`, `sections` giving their keys; scalars are taken as they are written.

    Of these the first must be there. Rows are numbered by the file's lines; an optional file that isn't there has none.
    """
    register = registers.by_file[file] = Register(file)
    text = read_text(register, registers.folder / file, pattern, optional=optional)
    if text is None:
        return {section: [] for section in sections}
    return sections_of(register, text, sections, pattern)


def sections_of(
    register: Register, text: str, sections: Mapping[str, Sequence[str]], pattern: str
) -> dict[str, list[Row]]:
    """The rows of each section in `text`; what is wrong is noted with the register."""
    found: dict[str, list[Row]] = {section: [] for section in sections}
    root = yaml_root(register, text)
    if not register.is_readable:
        return found
    given = {str(key.value): value for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    if not isinstance(given.get(next(iter(sections))), yaml.SequenceNode):
        register.fail("bad_targets", wanted=pattern)
        return found
    for section, keys in sections.items():
        if section in given:
            found[section] = _rows(register, given[section], keys, pattern)
    return found


def yaml_root(register: Register, text: str) -> yaml.Node | None:
    """The document's root; None: it is empty, or what is wrong is noted with the register, which can't be read then."""
    try:
        root: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        register.fail("bad_yaml", text.count("\n", 0, error.position) + 1)
        return None
    except yaml.MarkedYAMLError as error:
        register.fail("bad_yaml", error.problem_mark.line + 1 if error.problem_mark else None)
        return None
    except RecursionError:
        register.fail("bad_yaml")
        return None
    return root


def _rows(register: Register, section: yaml.Node, keys: Sequence[str], pattern: str) -> list[Row]:
    rows: list[Row] = []
    if not isinstance(section, yaml.SequenceNode):
        register.report("bad_targets", section.start_mark.line + 1, wanted=pattern)
        return rows
    for node in section.value:
        if not isinstance(node, yaml.MappingNode):
            register.report("bad_targets", node.start_mark.line + 1, wanted=pattern)
        elif (row := _row(register, node, keys)) is not None:
            rows.append(row)
    register.rows.extend(rows)
    return rows


def _row(register: Register, given: yaml.MappingNode, keys: Sequence[str]) -> Row | None:
    row = Row(register, given.start_mark.line + 1, dict.fromkeys(keys, ""))
    is_flat = True
    for key, value in given.value:
        if not isinstance(key, yaml.ScalarNode) or key.value not in keys:
            register.report("unknown_key", row.number, value=str(key.value), nearest=nearest(str(key.value), keys))
        elif not isinstance(value, yaml.ScalarNode):
            row.report("bad_text", key.value)
            is_flat = False
        elif value.tag != NULL:
            row.cells[key.value] = value.value
    refuse_unfit(row)
    return row if is_flat else None
