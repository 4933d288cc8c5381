"""How the listener tells the collectors which devices to ask now: datagrams on a Unix socket that is theirs alone."""

import asyncio
import json
import logging
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from ledger.errors import ConfigurationError
from ledger.language import N_

LOGGER = logging.getLogger(__name__)
#: Devices in one datagram, and the most that is read of one.
MOST_DEVICES = 500
LONGEST_DATAGRAM = 131_072


@dataclass(slots=True)
class Triggers:
    """What is to be asked, as its ids come; who asks takes it away first, so that what comes meanwhile is kept."""

    polls: set[str] = field(default_factory=set)
    configurations: set[str] = field(default_factory=set)
    polls_came: asyncio.Event = field(default_factory=asyncio.Event)
    configurations_came: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, polls: Iterable[str], configurations: Iterable[str]) -> None:
        """Devices are to be polled, or their configurations read."""
        self.polls.update(polls)
        self.configurations.update(configurations)
        if self.polls:
            self.polls_came.set()
        if self.configurations:
            self.configurations_came.set()

    def take_polls(self) -> frozenset[str]:
        """The devices to be polled by a poll that begins now."""
        taken = frozenset(self.polls)
        self.polls.clear()
        self.polls_came.clear()
        return taken

    def take_configurations(self) -> frozenset[str]:
        """The devices whose configurations are to be read, by a reading that begins now."""
        taken = frozenset(self.configurations)
        self.configurations.clear()
        self.configurations_came.clear()
        return taken


class TriggerInbox:
    """The collectors' end; open it with `with` in the loop that uses it. Only this user can send to it."""

    def __init__(self, path: Path, triggers: Triggers) -> None:
        self._path = path
        self._triggers = triggers

    def __enter__(self) -> Self:
        """Take the place of whatever is left of an earlier one; raises ConfigurationError."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        before = os.umask(0o177)
        try:
            self._path.unlink(missing_ok=True)
            with _short(self._path) as name:
                self._socket.bind(name)
        except OSError as error:
            self._socket.close()
            raise ConfigurationError(
                N_("triggers: the socket '{path}' can't be made ({strerror}); give another BAOPHU_TRIGGER_SOCKET"),
                path=self._path,
                strerror=error.strerror,
            ) from None
        finally:
            os.umask(before)
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        with suppress(OSError):
            self._path.unlink()

    def _read(self) -> None:
        """Take all that waits: the queue is short, and the listener tries again while it is full."""
        with suppress(BlockingIOError):
            while True:
                self._note(self._socket.recv(LONGEST_DATAGRAM))

    def _note(self, data: bytes) -> None:
        try:
            given = json.loads(data)
            polls, configurations = _names(given["poll"]), _names(given["configuration"])
        except (ValueError, KeyError, TypeError):
            LOGGER.warning("a trigger that can't be read was ignored")
            return
        self._triggers.note(polls, configurations)


class TriggerOutlet:
    """The listener's end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Open it; the collectors needn't be there yet."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, polls: Sequence[str], configurations: Sequence[str]) -> int:
        """How many of `polls` and `configurations` together, in this order, were taken; fewer: try again later."""
        wanted = [("poll", name) for name in polls] + [("configuration", name) for name in configurations]
        for start in range(0, len(wanted), MOST_DEVICES):
            chunk = wanted[start : start + MOST_DEVICES]
            message = {kind: [name for of, name in chunk if of == kind] for kind in ("poll", "configuration")}
            try:
                with _short(self._path) as name:
                    self._socket.sendto(json.dumps(message).encode(), name)
            except OSError:  # nobody there, or their queue is full
                return start
        return len(wanted)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name of the same place that fits a socket's address (107 octets, unix(7)), however deep its folder lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _names(given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise TypeError
    return given
