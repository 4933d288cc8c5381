"""What is wrong with a plan's files: every problem at once, each with its place and its remedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from ledger.declared.amount import BEYOND_WHOLE, NOT_A_NUMBER, TWO_READINGS, UNREAD_WORDS
from ledger.declared.day import NOT_A_DAY, NOT_IN_CALENDAR
from ledger.errors import ConfigurationError
from ledger.language import N_

#: Message per problem code; English is the key of the translation. Fields: value, nearest, where, wanted, role.
MESSAGES: Mapping[str, str] = {
    "missing_file": N_("the file is missing; add it, with the header {wanted}"),
    "unreadable": N_("the file can't be read ({value}); put a readable file there"),
    "bad_csv": N_(
        "from this row on the file is no CSV: a cell is far too long, or a carriage return stands alone; look for a"
        " quote that isn't closed"
    ),
    "bad_encoding": N_("the file is not UTF-8 (byte {value}); save it as “CSV UTF-8”"),
    "missing_column": N_("the column '{value}' is missing; the header is {wanted}"),
    "unknown_column": N_("the column '{value}' is not known; nearest: {nearest}"),
    "wrong_width": N_("the row has {value} cells, the header {wanted}; look for a missing or an extra comma"),
    "control_character": N_("the cell holds the control character {value}; remove it, a cell becomes configuration"),
    "too_long": N_("the value has {value} characters; shorten it to {wanted} at most"),
    "unsafe_port": N_("'{value}' is no port's name; use letters, digits, '-', '_', '.', '/' and ':', 40 at most"),
    "unsafe_identifier": N_("'{value}' is no identifier; use letters, digits, '-', '_' and '.', 40 at most"),
    "empty": N_("the value is missing; give one"),
    "duplicate": N_("'{value}' stands already in {where}; give each its own"),
    "only_one": N_("'{value}' stands already in {where}, and a plan has one; give this device another role"),
    "no_device": N_("no device has the role {wanted}; add one"),
    "kept_id": N_("'{value}' has a meaning of its own in Ansible; give another id"),
    "no_unit": N_("there is no unit; add the province's row"),
    "second_root": N_(
        "'{value}' has no parent, nor has the unit in {where}; a plan has one such unit, name the parent"
    ),
    "unknown_reference": N_("'{value}' is not in {where}; nearest: {nearest}"),
    "bad_number": N_("'{value}' is not {wanted}; write digits only"),
    "bad_ratio": N_("'{value}' is no ratio from 0 to 1; write it like 0.9"),
    "bad_share": N_("'{value}' is no share from 0 to 1; write it like 0.25 or 1/3"),
    "wrong_shares": N_("this unit's shares of that day sum to {value}, not to 1; correct them, or leave some empty"),
    "no_share_left": N_(
        "this unit's recorded shares of that day sum to {value}, which leaves nothing for this row; give all"
    ),
    "goes_on": N_(
        "the unit '{value}' was there before {wanted} too, and takes another in; give it a row of that day for itself"
        " (source and target the same)"
    ),
    "duplicate_column": N_("the column '{value}' stands twice in the header; remove one"),
    "ended_early": N_("'{value}' is before valid_from, {wanted}; correct one of them"),
    "due_early": N_("'{value}' ends before starts, {wanted}; correct one of them"),
    "twice": N_("'{value}' stands twice here; remove one"),
    "overlap": N_("the unit is something else at the same time in {where}; correct one of the dates"),
    "not_there": N_("there was no unit '{value}' on {wanted}; correct the date, or the dates in former_units.csv"),
    "still_there": N_(
        "the unit '{value}' is still there on {wanted}; end it the day before in former_units.csv, or give it a row"
        " that goes on as itself"
    ),
    "ambiguous_unit": N_("'{value}' may be {wanted}; write its id, or its name in full with its accents"),
    "bad_code": N_("'{value}' is no code of the scheme {wanted}; see docs/registers.md for their forms"),
    "bad_text": N_("the value is a list or a mapping; write one text in quotes"),
    "retired_early": N_("'{value}' is before planned_from, {wanted}; correct one of them"),
    "bad_date": N_("'{value}' is not a date; write it as 2026-12-31"),
    "bad_address": N_("'{value}' is no IPv4 address; write it like {wanted}"),
    "bad_interface": N_("'{value}' is no address; write it like 10.68.0.1/30, or 10.68.4.1/24 fd68:4::1/64 with IPv6"),
    "bad_prefix": N_("'{value}' is no network; write it like {wanted}, with nothing after the prefix"),
    "no_host": N_("'{value}' can't be a host's (loopback, multicast, link-local, reserved); give a unicast address"),
    "network_address": N_("'{value}' is the network's own or its broadcast address; give one of those between"),
    "no_card": N_("'{value}' is no network card's (zeros, multicast or broadcast); copy the PC's own"),
    "bad_mac": N_("'{value}' is not a MAC address; write it as 02:68:00:10:00:01"),
    "bad_choice": N_("'{value}' is not one of {wanted}; nearest: {nearest}"),
    "cycle": N_("the unit is its own ancestor through '{value}'; correct the parent"),
    "half_exempt": N_("an exemption needs both exempt_reason and exempt_until; fill in the other"),
    "outside_prefix": N_("'{value}' lies outside {wanted}; correct the address or the prefix"),
    "bad_yaml": N_("the file is no valid YAML here; look for a missing quote, bracket, colon or space"),
    "bad_targets": N_("targets are missing here; write them like {wanted}"),
    "unknown_key": N_("the key '{value}' is not known; nearest: {nearest}"),
    "unknown_indicator": N_("'{value}' is no indicator; nearest: {nearest}"),
    "unit_or_level": N_("a target is for a unit, for a level, or for a level in a unit; give one of them"),
    "unknown_field": N_("'{value}' is no part of {wanted}; nearest: {nearest}"),
    "no_evidence": N_("nothing says how it is known; write declared: true, or kind and owes of what is measured"),
    "half_done": N_("what is done has a day, and nothing else has; write state: done and done_on, or neither"),
    "same_target": N_("the same indicator, due date, and unit or level stand already in {where}; remove one"),
    "wrong_unit": N_("the site '{value}' belongs to unit '{wanted}', the row says another; correct one of them"),
    "no_such_port": N_("'{value}' is not an access port of the switch, which has {wanted}; correct port or switch"),
    "bad_domain": N_("'{value}' is no domain name; write it as skhcn.lamdong.example"),
    "bad_mail_address": N_("'{value}' is no mail address; write it as vana@skhcn.lamdong.example"),
    "bad_url": N_("'{value}' is no address of a web service; write it as https://portal.lamdong.example/"),
    "kept_address": N_("'{value}' is kept for the mail server and the probes; give the mailbox another address"),
    "not_empty": N_("'{value}' doesn't belong in a row of kind {wanted}; leave the cell empty"),
    "wrong_role": N_("'{value}' is no device with the role {wanted}; name one that is"),
    "wrong_kind": N_("a device with the role {role} is a {wanted}, not a '{value}'; correct one of them"),
    "wrong_site": N_("the switch '{value}' stands at the site '{wanted}', the row says another; correct one of them"),
    "same_device": N_("both ends are at '{value}'; name two devices"),
    "unaddressed": N_("this end of a link of kind {wanted} is routed; give its address, such as 10.68.2.1/30"),
    "linux_port": N_("'{value}' is no port's name on Linux; use letters, digits, '-', '_' and '.'"),
    "long_port": N_("'{value}' is longer than the {wanted} characters that Linux takes for a port; shorten it"),
    "address_on_switch": N_("a switch's port has no address; leave the cell empty"),
    "not_on_vlan": N_("'{value}' lies in no VLAN's subnet at {wanted}; correct the address or the port"),
    "other_network": N_("'{value}' is not in the network of the other end, {wanted}; correct one of them"),
    "too_small": N_("'{value}' has no room for the VLANs' subnets, which need {wanted}; give a larger prefix"),
    # A file of declared values: the file, its mapping, its cells, and what is told of what was taken in.
    "file_too_large": N_("the file is larger than {wanted}; import it in parts"),
    "unpacks_too_large": N_("unpacked, the workbook is larger than {wanted}; keep the table alone in it"),
    "packed_too_hard": N_(
        "a part of the workbook is packed {value} to 1, where tables reach {wanted} at most; save it anew as .xlsx"
    ),
    "too_many_sheets": N_("the workbook has more than {wanted} sheets; keep the table alone in it"),
    "too_many_rows": N_("the table has more than {wanted} rows; import it in parts"),
    "too_many_columns": N_("the table has more than {wanted} columns; import it in parts"),
    "too_many_cells": N_("the table has more than {wanted} cells; import it in parts"),
    "too_many_totals": N_("the table has more than {wanted} rows of totals; import it in parts"),
    "bad_workbook": N_("the file is no sound workbook ({value}); open it and save it anew as .xlsx"),
    "old_workbook": N_("the file is an .xls, or has a password; save it as .xlsx without one"),
    "has_doctype": N_("the workbook defines entities, which no spreadsheet program does; save it anew as .xlsx"),
    "which_sheet": N_("the workbook has several sheets; name one as 'sheet' in the mapping: {wanted}"),
    "no_sheet": N_("the workbook has no sheet '{value}'; it has: {wanted}"),
    "no_heading": N_("no column is headed '{value}'; nearest: {nearest}"),
    "two_headings": N_(
        "several columns are headed '{value}' ({wanted}); write the heading above it too, such as"
        " 'Cấp xã / Tỷ lệ', or the column's letter"
    ),
    "no_values": N_("no row has a value in the columns {wanted}; correct the mapping"),
    "bad_mapping": N_("the mapping can't be understood here; write it like {wanted}"),
    "missing_key": N_("the key '{value}' is missing; give it as a text, or as {wanted}"),
    "not_a_number": NOT_A_NUMBER.message,
    "two_readings": TWO_READINGS.message,
    "unread_words": UNREAD_WORDS.message,
    "beyond_whole": BEYOND_WHOLE.message,
    "not_a_day": NOT_A_DAY.message,
    "not_in_calendar": NOT_IN_CALENDAR.message,
    "day_for_number": N_(
        "the cell holds the day {value}; where 8/10 was meant, make its format text and write it anew"
    ),
    "formula_without_value": N_("the cell's formula has no value yet; open the file in a spreadsheet and save it"),
    "error_value": N_("the cell holds the error {value}; correct its formula"),
    "scaled_format": N_(
        "the cell's format shows {value} divided by thousands, so what is meant can't be told; give it another format"
    ),
    "merged_value": N_("the cell is merged with {wanted}, so whose the value is can't be told; give each cell its own"),
    "no_such_unit": N_(
        "no unit was called '{value}' on {wanted}; correct the name or the day, or say under 'aliases' whom it means,"
        " or under 'totals' that the row is one; nearest: {nearest}"
    ),
    "not_declared": N_("'{value}' is measured, and no values of it are taken in; nearest: {nearest}"),
    "no_count": N_("'{value}' is no count, and {wanted} asks for one; correct the cell, or the column's 'is'"),
    "no_ratio": N_(
        "'{value}' is no ratio, and {wanted} asks for one; write 69,47 % or 8/10, or say of the column \"in: '%'\","
        " \"in: '0-1'\" where 1 is all of it, or 'is: numerator'"
    ),
    "no_money": N_("'{value}' is no amount of money, and {wanted} asks for one; say of the column 'in: triệu đồng'"),
    "no_parts": N_("{wanted} is no ratio, so that it has no numerator or denominator; say of the column 'is: value'"),
    "not_whole": N_("'{value}' is no whole number; where 1.272 was meant and the file has a decimal point, write 1272"),
    "below_one": N_(
        "'{value}' is no whole number; where it is a part of a whole, say of the column \"in: '0-1'\", or write it as"
        " 69,47 %"
    ),
    "too_large": N_(
        "'{value}' is more than 1.000.000.000.000.000 (10¹⁵), the most that is taken in; correct it, or the column's"
        " 'in'"
    ),
    "no_rank": N_("'{value}' is no rank, as the first is 1; correct it, or write – where there is none"),
    "wrong_level": N_(
        "'{value}' neither is of the level {wanted} nor has units of it on that day; correct the level or the unit;"
        " there are: {nearest}"
    ),
    "negative": N_("'{value}' is below 0, which nothing that is counted can be; correct it"),
    "lone_denominator": N_("there is a denominator alone, {value}; give the numerator or the ratio too"),
    "parts_disagree": N_("{value} is {wanted}, but the row says {ratio}; correct one of the three"),
    "numerator_beyond": N_("the numerator {value} is more than the denominator {wanted}; correct one of them"),
    "said_otherwise": N_("the same thing is {wanted} in {where}, and {value} here; correct one of them"),
    "said_twice": N_("the same value stands already in {where}; it counts once"),
    "wrong_total": N_("the total is {value}, its rows sum to {wanted}; correct one of them"),
    "rough_total": N_(
        "the total is {value}, its rows sum to {wanted}; as some are rough (gần, hơn), both may be right"
    ),
    "unchecked_total": N_("the total {value} can't be checked: not every row of it has a value"),
    "denominator_derived": N_("the denominator is derived: of all numbers only {value} makes {wanted}"),
}

#: So many known values are listed where none of them is near.
FEW = 12


#: So many characters of a value are shown.
LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Another row that a problem is about."""

    file: str
    row: int

    def text(self, translate: Callable[[str], str]) -> str:
        """`units.csv row 12`."""
        return f"{self.file} " + translate(N_("row {row}")).format(row=self.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend. `row` is the line in the file counted from 1, the header being line 1; None: the file.

    `sheet` is set where the file is a workbook.
    """

    code: str
    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    fields: Mapping[str, str | Place] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """`units.csv: row 12, column parent: …`, in English or through `translate`."""
        _ = translate or str
        place = self.file
        if self.sheet is not None:
            place += ", " + _(N_("sheet {sheet}")).format(sheet=_shown(self.sheet))
        if self.row is not None:
            place += ": " + _(N_("row {row}")).format(row=self.row)
        if self.column is not None:
            label = N_("key {column}") if self.file.endswith(".yml") else N_("column {column}")
            place += ", " + _(label).format(column=self.column)
        shown = {name: v.text(_) if isinstance(v, Place) else _shown(v) for name, v in self.fields.items()}
        return f"{place}: {_(MESSAGES[self.code]).format(**shown)}"


def _shown(value: str) -> str:
    """`value` fit for a terminal: not too long, and what would steer it is spelt out."""
    short = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)


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
