"""What is wrong with definitions: every problem at once, each with its file, its line and its remedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.errors import ConfigurationError
from ledger.language import N_

#: Message per problem code; English is the key of the translation.
MESSAGES: Mapping[str, str] = {
    "no_folder": N_("the folder does not exist; name one that holds definitions (*.yml)"),
    "no_files": N_("the folder holds no definitions; add a file such as my-vendor.yml"),
    "unreadable": N_("the file can't be read: {value}"),
    "bad_encoding": N_("the file is not UTF-8; save it as UTF-8"),
    "bad_yaml": N_("this is no valid YAML: {value}"),
    "duplicate_key": N_("the key '{value}' stands there twice; keep one of them"),
    "duplicate_id": N_("the id '{value}' is taken already ({where}); give each definition its own"),
    "missing_key": N_("the key '{value}' is missing; add it"),
    "unknown_key": N_("the key '{value}' is not known here; nearest: {nearest}"),
    "not_text": N_("'{value}' is no text; put it in quotes"),
    "not_list": N_("'{value}' is no list; begin each entry with '- '"),
    "not_mapping": N_("'{value}' is no mapping; write 'key: value'"),
    "not_boolean": N_("'{value}' is neither true nor false"),
    "empty": N_("the value is empty; give one, or leave the key out"),
    "bad_choice": N_("'{value}' is not one of {wanted}; nearest: {nearest}"),
    "bad_id": N_("'{value}' is no id; use small letters, digits and '_', such as cisco_ios"),
    "bad_oid": N_("'{value}' is no object identifier; write it as 1.3.6.1.4.1.9.1"),
    "bad_pattern": N_("'{value}' is no regular expression: {reason}"),
    "no_condition": N_("nothing tells this family; give object_id, descr or oid"),
    "lone_pattern": N_("'pattern' needs an 'oid' to be searched in"),
    "one_source": N_("a rule has one of descr, oid, column, entity and models, or a text alone; this one has {value}"),
    "unwanted_pattern": N_("'pattern' belongs to oid, column and entity; leave it out"),
    "unwanted_text": N_("'text' doesn't belong to models; write it there"),
    "bad_reference": N_("'{value}' means group {number}, and the pattern has {groups}"),
    "no_recording": N_("status 'recorded' needs recordings; name one and what it must yield, or write 'documented'"),
    "unwanted_recording": N_("status 'documented' has no recordings; leave them out, or write 'recorded'"),
    "other": N_("'{value}' is not allowed here: {reason}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionProblem:
    """One thing to mend. `line` is counted from 1; None: the whole file, or the folder."""

    code: str
    file: str
    line: int | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """`cisco.yml: line 12: …`, in English or through `translate`."""
        _ = translate or str
        place = self.file if self.line is None else f"{self.file}: " + _(N_("line {line}")).format(line=self.line)
        return f"{place}: {_(MESSAGES[self.code]).format(**self.fields)}"


class DefinitionError(ConfigurationError):
    """Definitions have problems; none was loaded."""

    def __init__(self, problems: Sequence[DefinitionProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"definitions: {problem.text()}" for problem in problems))

    def text(self, translate: Callable[[str], str]) -> str:
        """Every problem on a line of its own."""
        return "\n".join(problem.text(translate) for problem in self.problems)
