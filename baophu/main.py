"""The command `baophu`: chooses the language, builds the command line, turns errors into messages and exit codes."""

import errno
import os
import sys
from collections.abc import Sequence
from os import environ

import typer
from rich.console import Console

from baophu.commands import build_app
from baophu.session import SPEAKING
from baophu.usage import complaint_text, translated_command
from ledger.errors import BaophuError, CallError
from ledger.language import N_, Language, Text, chosen_language

#: Exit codes: 0 done, 1 it failed and says why, 2 the call was wrong, 130 ended by Ctrl-C.
FAILED, WRONG_CALL, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    code = run(sys.argv[1:] if arguments is None else list(arguments))
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line; gives the exit code."""
    text = Text(_language(arguments))
    SPEAKING.set(text)
    try:
        result = translated_command(build_app(), text).main(
            arguments, prog_name="baophu", obj=text, standalone_mode=False
        )
        sys.stdout.flush()
    except typer.TyperException as complaint:
        return _refuse(complaint, text)
    except BaophuError as error:
        _fail(error.text(text).splitlines(), text)
        return WRONG_CALL if isinstance(error, CallError) else FAILED
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except OSError as error:
        return _unwritten(error, text)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FAILED
    return result if isinstance(result, int) else 0


def _language(arguments: Sequence[str]) -> Language:
    option: str | None = None
    for word, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if word == "--lang":
            option = following
        elif word.startswith("--lang="):
            option = word.removeprefix("--lang=")
    return chosen_language(option if option in list(Language) else None, environ)


def _refuse(complaint: typer.TyperException, text: Text) -> int:
    """A wrong call; without any arguments it is no mistake: the help is the answer."""
    context = getattr(complaint, "ctx", None)
    if type(complaint).__name__ == "NoArgsIsHelpError":
        return WRONG_CALL
    _fail([complaint_text(complaint, text)], text)
    if context is not None:
        hint = text(N_("Help: {command} --help")).format(command=context.command_path)
        Console(stderr=True, soft_wrap=True, highlight=False).print(hint, markup=False)
    return WRONG_CALL


def _unwritten(error: OSError, text: Text) -> int:
    """Where the answer could not be written: a reader that left is no failure of ours to report."""
    if error.errno not in (errno.EPIPE, errno.ENOSPC):
        raise error
    # What still waits in the buffer can't be written either; leave quietly when the interpreter flushes it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.ENOSPC:
        _fail([text(N_("the answer could not be written: no space is left where it goes"))], text)
    return FAILED


def _fail(lines: Sequence[str], text: Text) -> int:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for line in lines:
        console.print(f"[bold red]{text(N_('Error'))}:[/] ", end="")
        console.print(line, markup=False)
    return FAILED
