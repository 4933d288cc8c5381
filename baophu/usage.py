"""What Typer says of a wrong call, in the reader's language: it speaks English only."""

import re
from collections.abc import Sequence
from typing import Protocol

import typer
import typer.core
import typer.main
import typer.rich_utils

from baophu.commands.examples import EXAMPLES
from ledger.language import N_, Text

#: What Typer says (a pattern whose groups are the fields), and what it is the translation of.
SAYINGS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern, re.DOTALL), message)
    for pattern, message in (
        (r"No such option: (--lang|--version)(?: .*)?", N_("{0} goes before the command, as in: baophu {0} …")),
        (r"No such option: (\S+) \(Possible options: (.+)\)", N_("no such option: {0}; nearest: {1}")),
        (r"No such option: (\S+)", N_("no such option: {0}")),
        (r"No such command '(.+?)'\. Did you mean (.+)\?", N_("no such command: {0}; nearest: {1}")),
        (r"No such command '(.+)'\.", N_("no such command: {0}")),
        (r"Missing command\.", N_("a command is missing")),
        (r"Missing option (.+?)\.(?: .*)?", N_("the option {0} is missing")),
        (r"Missing argument (.+?)\.(?: .*)?", N_("the argument {0} is missing")),
        (r"Option (.+) requires an argument\.", N_("the option {0} needs a value")),
        (r"Option (.+) does not take a value\.", N_("the option {0} takes no value")),
        (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", N_("not expected: {0}")),
        (r"Invalid value for (.+?): (?:Value error, )?(.+) is not one of (.+)\.", N_("{0}: {1} is not one of {2}")),
        (r"Invalid value for (.+?): (.+)", N_("{0}: wrong value ({1})")),
    )
)


class Complaint(Protocol):
    """A wrong call, as Typer raises it."""

    exit_code: int

    def format_message(self) -> str:
        """Say it in English."""


def say_usage(text: Text) -> None:
    """Give Typer's headings and fixed sentences in the reader's language."""
    rich_utils = typer.rich_utils
    rich_utils.ARGUMENTS_PANEL_TITLE = text(N_("Arguments"))
    rich_utils.OPTIONS_PANEL_TITLE = text(N_("Options"))
    rich_utils.COMMANDS_PANEL_TITLE = text(N_("Commands"))
    rich_utils.ERRORS_PANEL_TITLE = text(N_("Error"))
    rich_utils.DEFAULT_STRING = text(N_("[default: {}]"))
    rich_utils.ENVVAR_STRING = text(N_("[env var: {}]"))
    rich_utils.REQUIRED_LONG_STRING = text(N_("[required]"))


def translated_command(app: typer.Typer, text: Text) -> typer.core.TyperGroup:
    """The whole tree of commands with its help in the reader's language."""
    say_usage(text)
    command = typer.main.get_command(app)
    _translate(command, text)
    _exemplify(command, text)
    assert isinstance(command, typer.core.TyperGroup)  # noqa: S101 - a Typer app with several commands is a group
    return command


def complaint_text(complaint: Complaint, text: Text) -> str:
    """What was wrong with the call; a saying that isn't known stays English."""
    said = complaint.format_message()
    for pattern, message in SAYINGS:
        match = pattern.fullmatch(said)
        if match:
            return text(message).format(*match.groups())
    return said


def _exemplify(command: object, text: Text, path: str = "") -> None:
    title = text(N_("Example"))
    for name, below in getattr(command, "commands", {}).items():
        words = f"{path} {name}".strip()
        if words in EXAMPLES:
            below.epilog = f"{title}: baophu {words} {EXAMPLES[words]}"
        _exemplify(below, text, words)


def _translate(command: object, text: Text) -> None:
    if isinstance(command, typer.core.TyperCommand | typer.core.TyperGroup):
        help_option = command.get_help_option(typer.Context(command))
        if help_option is not None:
            help_option.help = text(N_("Show this text and end."))
    for attribute in ("help", "short_help", "epilog"):
        message = getattr(command, attribute, None)
        if message:
            setattr(command, attribute, text(message))
    for parameter in getattr(command, "params", []):
        message = getattr(parameter, "help", None)
        if message:
            parameter.help = text(message)
    for below in getattr(command, "commands", {}).values():
        _translate(below, text)
