"""Configuration history for people and programs: tables, coloured differences, JSON values."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from ledger.configuration import Change, Kept, Origin, Version
from ledger.document import instant_text
from ledger.language import N_, Text
from ledger.observation import Failure

if TYPE_CHECKING:
    from baophu.configurations import Reading

#: Why a device could not be read; English is the key of the translation.
FAILURES: Mapping[Failure, str] = {
    Failure.NO_ANSWER: N_("no answer"),
    Failure.AUTH_FAILED: N_("wrong credentials"),
    Failure.BAD_REPLY: N_("no proper configuration"),
    Failure.COLLECTOR_ERROR: N_("could not be asked"),
}
#: How a change's origin looks: nobody knows who made it is what somebody must look into.
STYLES: Mapping[Origin, str] = {Origin.FIRST: "dim", Origin.BAOPHU: "green", Origin.DEVICE: "yellow"}


def readings_table(readings: Sequence["Reading"], text: Text) -> Table:
    """One line per device that was asked."""
    failed = sum(not isinstance(reading.outcome, Kept) for reading in readings)
    title = text(N_("Configurations: {count} devices asked, {failed} without a configuration"))
    table = Table(
        title=title.format(count=text.number(len(readings)), failed=text.number(failed)),
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for heading in (N_("Device"), N_("Platform"), N_("Version"), N_("Result")):
        table.add_column(text(heading), no_wrap=heading != "Result")
    for reading in readings:
        table.add_row(reading.device.id, reading.device.platform, *_result(reading, text))
    return table


def _result(reading: "Reading", text: Text) -> tuple[str, Styled]:
    outcome = reading.outcome
    if not isinstance(outcome, Kept):
        return "–", Styled(f"{text(FAILURES[outcome.failure])}: {outcome.detail}", style="red")
    version = outcome.version
    if not outcome.is_new:
        return text.number(version.number), Styled(text(N_("unchanged")), style="dim")
    if version.changed_after is None:
        return text.number(version.number), Styled(text(N_("first reading")), style="green")
    changed = Styled(text(N_("changed: {lines}")).format(lines=_lines(version, text)), style="yellow")
    return text.number(version.number), changed


def _lines(version: Version, text: Text) -> str:
    counts = f"+{text.number(version.added)} −{text.number(version.removed)}"
    return ", ".join([counts, text(N_("secrets"))]) if version.secrets_changed else counts


def log_table(changes: Sequence[Change], text: Text) -> Table:
    """One line per version, in the order of `changes`."""
    title = text(N_("Configuration history: {count} versions")).format(count=text.number(len(changes)))
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (N_("Device"), N_("Version"), N_("First seen"), N_("Last seen"), N_("Lines")):
        table.add_column(text(heading), no_wrap=True)
    table.add_column(text(N_("Changed by")))
    for change in changes:
        version = change.version
        table.add_row(
            version.device,
            text.number(version.number),
            text.instant(version.first_at),
            text.minute(version.last_at),
            text.number(version.lines) if change.origin is Origin.FIRST else _lines(version, text),
            Styled(changed_by(change, text), style=STYLES.get(change.origin, "bold red")),
        )
    return table


def changed_by(change: Change, text: Text) -> str:
    """Who made a change, as far as anybody knows."""
    if change.origin is Origin.FIRST:
        return text(N_("first reading"))
    if change.run is not None:
        return text(N_("baophu: playbook {playbook}")).format(playbook=change.run.playbook)
    if change.version.message is not None:
        return text(N_("on the device: {message}")).format(message=change.version.message)
    return text(N_("unknown: outside of Bao Phủ"))


def change_document(change: Change) -> dict[str, Any]:
    """A version as JSON values; instants as `2026-11-22T02:00:00Z`, None where a value isn't known."""
    version = change.version
    after = version.changed_after
    return {
        "device": version.device,
        "version": version.number,
        "first_seen": instant_text(version.first_at),
        "last_seen": instant_text(version.last_at),
        "changed_after": instant_text(after) if after is not None else None,
        "sha256": version.sha256,
        "lines": version.lines,
        "added": version.added,
        "removed": version.removed,
        "secrets_changed": version.secrets_changed,
        "origin": change.origin.value,
        "run": change.run.run if change.run else None,
        "playbook": change.run.playbook if change.run else None,
        "device_message": version.message,
    }


def reading_document(reading: "Reading") -> dict[str, Any]:
    """What became of a device as JSON values."""
    outcome = reading.outcome
    kept = outcome if isinstance(outcome, Kept) else None
    return {
        "device": reading.device.id,
        "platform": reading.device.platform,
        "ok": kept is not None,
        "version": kept.version.number if kept else None,
        "is_new": kept.is_new if kept else None,
        "failure": None if isinstance(outcome, Kept) else outcome.failure.value,
        "detail": None if isinstance(outcome, Kept) else outcome.detail,
    }


def difference(old: tuple[str, str], new: tuple[str, str]) -> Iterator[Styled]:
    """The unified difference of two texts, each with its heading; nothing where they are equal."""
    (old_name, before), (new_name, after) = old, new
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), old_name, new_name, lineterm="")
    for number, line in enumerate(lines):
        yield Styled(line, style=_line_style(line, is_heading=number < 2))


def _line_style(line: str, *, is_heading: bool) -> str:
    if is_heading:
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
