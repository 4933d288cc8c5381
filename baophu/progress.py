"""One line that says how far something is: redrawn on a terminal, printed when it changes elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from baophu.provisioning import Progress
from ledger.language import N_, Text

#: Off a terminal a changed line is printed at most this often.
QUIET_SECONDS = 10.0


class ProgressLine:
    """Shows the latest message with the time since the line began."""

    def __init__(self, console: Console, status: Status | None) -> None:
        self._console = console
        self._status = status
        self._began = time.monotonic()
        self._shown: tuple[str, float] = ("", -QUIET_SECONDS)

    def show(self, message: str) -> None:
        """Replace the line."""
        elapsed = time.monotonic() - self._began
        if self._status is not None:
            self._status.update(f"{message} [dim]({elapsed:.0f} s)[/]")
        elif message != self._shown[0] and elapsed - self._shown[1] >= QUIET_SECONDS:
            self._console.print(f"  … {message} ({elapsed:.0f} s)")
            self._shown = (message, elapsed)


@contextmanager
def progress_line(console: Console) -> Iterator[ProgressLine]:
    """Give a line that is gone at the end."""
    if not console.is_terminal:
        yield ProgressLine(console, None)
        return
    with console.status("") as status:
        yield ProgressLine(console, status)


def playbook_message(progress: Progress, text: Text) -> str:
    """`WAN › Push the routers' configuration · 4 hosts ok`."""
    where = " › ".join(word for word in (progress.play, progress.task) if word)
    outcomes = {"ok": N_("{count} hosts ok"), "failed": N_("{count} failed"), "unreachable": N_("{count} unreachable")}
    counts = [
        text(message).format(count=text.number(progress.done[outcome]))
        for outcome, message in outcomes.items()
        if progress.done.get(outcome)
    ]
    return " · ".join([where or text(N_("Ansible is starting")), *counts])
