"""What is wrong with a plan's files: every problem at once, each with its place and its remedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from ledger.errors import ConfigurationError
from ledger.language import N_

#: Message per problem code; English is the key of the translation. Fields: value, nearest, where, wanted.
MESSAGES: Mapping[str, str] = {
    "missing_file": N_("the file is missing; add it, with the header {wanted}"),
    "bad_encoding": N_("the file is not UTF-8 (byte {value}); save it as “CSV UTF-8”"),
    "missing_column": N_("the column '{value}' is missing; the header is {wanted}"),
    "unknown_column": N_("the column '{value}' is not known; nearest: {nearest}"),
    "wrong_width": N_("the row has {value} cells, the header {wanted}; look for a missing or an extra comma"),
    "control_character": N_("the cell holds the control character {value}; remove it, a cell becomes configuration"),
    "unsafe_identifier": N_("'{value}' is no identifier; use letters, digits, '-', '_' and '.', 40 at most"),
    "empty": N_("the cell is empty; give a value"),
    "duplicate": N_("'{value}' stands already in {where}; give each its own"),
    "unknown_reference": N_("'{value}' is not in {where}; nearest: {nearest}"),
    "bad_number": N_("'{value}' is not {wanted}; write digits only"),
    "bad_date": N_("'{value}' is not a date; write it as 2026-12-31"),
    "bad_address": N_("'{value}' is not {wanted}"),
    "bad_mac": N_("'{value}' is not a MAC address; write it as 02:68:00:10:00:01"),
    "bad_choice": N_("'{value}' is not one of {wanted}; nearest: {nearest}"),
    "cycle": N_("the unit is its own ancestor through '{value}'; correct the parent"),
    "half_exempt": N_("an exemption needs both exempt_reason and exempt_until; fill in the other"),
    "outside_prefix": N_("'{value}' lies outside {wanted}; correct the address or the prefix"),
    "bad_yaml": N_("the file is not valid YAML: {value}"),
    "bad_target": N_("{value}; a target has indicator, value from 0 to 1, due, and either unit or level"),
    "wrong_unit": N_("the site '{value}' belongs to unit '{wanted}', the row says another; correct one of them"),
    "no_such_port": N_("'{value}' is not an access port of the switch, which has {wanted}; correct port or switch"),
    "bad_domain": N_("'{value}' is no domain name; write it as skhcn.lamdong.example"),
    "bad_mail_address": N_("'{value}' is no mail address; write it as vana@skhcn.lamdong.example"),
    "bad_url": N_("'{value}' is no address of a web service; write it as https://portal.lamdong.example/"),
    "kept_address": N_("'{value}' is kept for the probes; give the mailbox another address"),
    "not_empty": N_("'{value}' doesn't belong in a row of kind {wanted}; leave the cell empty"),
    "wrong_role": N_("'{value}' is no device with the role {wanted}; name one that is"),
    "wrong_kind": N_("a device with the role {wanted} is a server, not a '{value}'; correct one of them"),
    "address_on_switch": N_("a switch's port has no address; leave the cell empty"),
    "not_on_vlan": N_("'{value}' lies in no VLAN's subnet at {wanted}; correct the address or the port"),
    "other_network": N_("'{value}' is not in the network of the other end, {wanted}; correct one of them"),
    "too_small": N_("'{value}' has no room for the VLANs' subnets, which need {wanted}; give a larger prefix"),
}

#: So many known values are listed where none of them is near.
FEW = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend. `row` is the line in the file counted from 1, the header being line 1; None: the file."""

    code: str
    file: str
    row: int | None = None
    column: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """`units.csv: row 12, column parent: …`, in English or through `translate`."""
        _ = translate or str
        place = self.file
        if self.row is not None:
            place += ": " + _(N_("row {row}")).format(row=self.row)
        if self.column is not None:
            place += ", " + _(N_("column {column}")).format(column=self.column)
        return f"{place}: {_(MESSAGES[self.code]).format(**self.fields)}"


class PlanError(ConfigurationError):
    """The plan's files have problems; nothing was loaded."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"plan: {problem.text()}" for problem in problems))

    def text(self, translate: Callable[[str], str]) -> str:
        """Every problem on a line of its own."""
        return "\n".join(problem.text(translate) for problem in self.problems)


def nearest(value: str, known: Sequence[str]) -> str:
    """The known value that looks most like `value`, whatever the case; the known ones where they are few; a dash."""
    by_folded = {name.casefold(): name for name in reversed(known)}
    close = get_close_matches(value.casefold(), by_folded, n=1, cutoff=0.4)
    if close:
        return by_folded[close[0]]
    return ", ".join(known) if 0 < len(known) <= FEW else "–"
