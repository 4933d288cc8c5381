"""Reads definitions: ours, and a folder of further ones that ICT staff wrote. All that is wrong is said at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from collectors.snmp.definition import Definition
from collectors.snmp.definition_model import CHOICES, KEYS, FileModel
from collectors.snmp.definition_problem import MESSAGES, DefinitionError, DefinitionProblem
from ledger.plan.problem import nearest

#: The definitions that come with the program.
OURS = Path(__file__).parent / "definitions"
#: libyaml's, where PyYAML was built with it: ten times as fast.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SUFFIXES = (".yml", ".yaml")
#: What pydantic finds, by the code of its problem.
CODES = {
    "missing": "missing_key",
    "extra_forbidden": "unknown_key",
    "string_type": "not_text",
    "list_type": "not_list",
    "dict_type": "not_mapping",
    "model_type": "not_mapping",
    "model_attributes_type": "not_mapping",
    "bool_type": "not_boolean",
    "bool_parsing": "not_boolean",
    "enum": "bad_choice",
}
#: A value is quoted so far.
LONGEST_QUOTE = 60


def read_definitions(further: Path | None = None, ours: Path = OURS) -> tuple[Definition, ...]:
    """Read our definitions and those of the folder `further`, which win where both fit equally well.

    Raises DefinitionError with all problems of all files.
    """
    reading = _Reading()
    for folder in (ours,) if further is None else (further, ours):
        reading.read_folder(folder)
    if reading.problems:
        raise DefinitionError(reading.problems)
    return tuple(reading.definitions.values())


@dataclass(slots=True)
class _Reading:
    definitions: dict[str, Definition] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[DefinitionProblem] = field(default_factory=list)

    def read_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self.problems.append(DefinitionProblem(code="no_folder", file=str(folder)))
            return
        files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
        if not files:
            self.problems.append(DefinitionProblem(code="no_files", file=str(folder)))
        for path in files:
            self._read_file(path)

    def _read_file(self, path: Path) -> None:
        def problem(code: str, line: int | None = None, **fields: str) -> None:
            self.problems.append(DefinitionProblem(code=code, file=str(path), line=line, fields=fields))

        try:
            written = path.read_text(encoding="utf-8")
            node, content = yaml.compose(written, LOADER), yaml.load(written, LOADER)  # noqa: S506 - a safe loader
        except UnicodeDecodeError:
            return problem("bad_encoding")
        except OSError as error:
            return problem("unreadable", value=error.strerror or str(error))
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or str(error)
            return problem("bad_yaml", None if mark is None else mark.line + 1, value=" ".join(str(reason).split()))
        for line, key in _doubled(node):
            problem("duplicate_key", line, value=key)
        try:
            model = FileModel.model_validate(content)
        except ValidationError as error:
            placed = [(_line(node, fault["loc"]), fault) for fault in error.errors(include_url=False)]
            placed.sort(key=lambda pair: pair[0])
            self.problems += [_problem(fault, str(path), line) for line, fault in placed]
            return None
        for number, found in enumerate(model.definitions):
            line = _line(node, ("definitions", number, "id"))
            if found.id in self.places:
                problem("duplicate_id", line, value=found.id, where=self.places[found.id])
                continue
            self.places[found.id] = f"{path.name}:{line}"
            self.definitions[found.id] = found.definition()
        return None


def _problem(fault: ErrorDetails, file: str, line: int) -> DefinitionProblem:
    """A problem in our words; `fault` is pydantic's, or a code that one of our validators raised."""
    last = str(fault["loc"][-1]) if fault["loc"] else ""
    value = str(fault["input"])
    code = fault["type"] if fault["type"] in MESSAGES else CODES.get(fault["type"], "other")
    fields = {
        "value": value if len(value) <= LONGEST_QUOTE else value[:LONGEST_QUOTE] + "…",
        "reason": fault["msg"],
        **{name: str(given) for name, given in fault.get("ctx", {}).items()},
    }
    if code in {"missing_key", "unknown_key"}:
        fields |= {"value": last, "nearest": nearest(last, KEYS)}
    if code == "bad_choice":
        choices = CHOICES.get(last, ())
        fields |= {"wanted": ", ".join(choices), "nearest": nearest(value, choices)}
    return DefinitionProblem(code=code, file=file, line=line, fields=fields)


def _line(node: yaml.Node | None, place: Sequence[Any]) -> int:
    """The line of the key or entry at `place`, or of the nearest thing that contains it."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in place:
        step = _step(node, part)
        if step is None:
            break
        line, node = step
    return line


def _step(node: yaml.Node | None, part: object) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        entry = node.value[part]
        return entry.start_mark.line + 1, entry
    return None


def _doubled(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Keys that stand twice in one mapping; YAML would let the last one win. An alias is looked at once."""
    waiting, looked_at = [node], set()
    while waiting:
        found = waiting.pop()
        if not isinstance(found, yaml.CollectionNode) or id(found) in looked_at:
            continue
        looked_at.add(id(found))
        if isinstance(found, yaml.SequenceNode):
            waiting += found.value
            continue
        waiting += [value for _key, value in found.value]
        keys = [key for key, _value in found.value if isinstance(key, yaml.ScalarNode)]
        for place, key in enumerate(keys):
            if any(key.value == earlier.value for earlier in keys[:place]):
                yield key.start_mark.line + 1, str(key.value)
