"""What a mail server tells of its queue and accounts: one JSON object, printed by one forced command."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Annotated, Protocol, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from collectors.credentials import SshKey
from collectors.fault import Fault
from collectors.ssh import ForcedCommand, SshPace, SshReader
from ledger.observation import Failure
from ledger.plan import Device

#: Room for a hundred thousand accounts.
STATE = ForcedCommand(name="state", what="mail state", longest_bytes=16 * 1024 * 1024)
#: The last second of the year 9999.
LAST_SECOND = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Account:
    """One account; times are aware UTC, None: never."""

    active: bool
    last_login: datetime | None
    last_delivery: datetime | None


@dataclass(frozen=True, slots=True)
class MailState:
    """A server's queue, and its accounts by their address in lower case (none on a relay)."""

    messages: int
    oldest_seconds: int
    accounts: Mapping[str, Account]


class MailStateSource(Protocol):
    """Reads mail servers' state; a server that doesn't answer properly is a Fault, never an exception."""

    async def read(self, server: Device) -> MailState | Fault:
        """The server's state."""


def _address(value: str) -> str:
    if not value.isprintable() or "@" not in value:
        raise ValueError("no mail address")
    return value.lower()


_Count = Annotated[int, Field(strict=True, ge=0)]
_Epoch = Annotated[int, Field(strict=True, ge=0, le=LAST_SECOND)]


class _Told(BaseModel):
    """What the command may tell beside what is known here is left alone."""

    model_config = ConfigDict(extra="ignore")


class _Queue(_Told):
    messages: _Count
    oldest_seconds: _Count


class _Account(_Told):
    active: Annotated[bool, Field(strict=True)]
    last_login: _Epoch | None = None
    last_delivery: _Epoch | None = None


class _State(_Told):
    queue: _Queue
    mailboxes: dict[Annotated[str, Field(max_length=254), AfterValidator(_address)], _Account]


def parse_state(text: str) -> MailState:
    """Read the object; raises ValueError, which quotes nothing of it."""
    try:
        told = TypeAdapter(_State).validate_json(text)
    except ValidationError as error:
        places = {".".join(map(str, fault["loc"][:1])) or "object" for fault in error.errors(include_input=False)}
        raise ValueError(f"wrong {', '.join(sorted(places))}") from None
    accounts = {
        address: Account(account.active, _instant(account.last_login), _instant(account.last_delivery))
        for address, account in told.mailboxes.items()
    }
    return MailState(told.queue.messages, told.queue.oldest_seconds, accounts)


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class SshMailStateSource:
    """Reads mail servers' state over SSH; `with` ends its threads."""

    def __init__(self, key: SshKey, pace: SshPace) -> None:
        self._reader = SshReader(key, STATE, pace)

    def __enter__(self) -> Self:
        self._reader.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.__exit__(kind, error, trace)

    async def read(self, server: Device) -> MailState | Fault:
        """The server's state, within the deadline."""
        text = await self._reader.read(server.address)
        if isinstance(text, Fault):
            return text
        try:
            return await asyncio.to_thread(parse_state, text)
        except ValueError as error:
            return Fault(Failure.BAD_REPLY, f"{STATE.what}: {error}")
