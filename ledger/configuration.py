"""A device's running configuration as it was kept: versions, and who changed it as far as anybody knows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class SecretsDigest:
    """A keyed digest of every secret that was masked; two of them compare only where `key` names the same key."""

    key: str
    value: str

    def differs_from(self, other: "SecretsDigest | None") -> bool:
        """Whether a secret certainly changed; False where nobody can tell."""
        return other is not None and self.key == other.key and self.value != other.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A running configuration as it was read at `at` (aware UTC): no secret in `text`, no line that moves by itself.

    `digest` is None where the device shows its secrets differently every time. `message` is the device's own word on
    who changed it last, None where it has none.
    """

    device: str
    at: datetime
    text: str
    digest: SecretsDigest | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One configuration of a device, read for the first time at `first_at` and for the last at `last_at`.

    `number` counts from 1. `changed_after` is the last reading of the version before, None for the first. `added` and
    `removed` count lines against the version before; a line that only moved is neither.
    """

    device: str
    number: int
    first_at: datetime
    last_at: datetime
    changed_after: datetime | None
    sha256: str
    lines: int
    added: int
    removed: int
    secrets_changed: bool
    message: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a capture: the version that it belongs to, and whether it began it."""

    version: Version
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangingRun:
    """A provisioning run that changed something on a device, and when it ended there."""

    asset: str
    run: str
    playbook: str
    at: datetime


class Origin(StrEnum):
    """Where a version comes from."""

    FIRST = "first"  # it was there when the device was first read
    BAOPHU = "baophu"  # a provisioning run changed something on the device between the two readings
    DEVICE = "device"  # no run did; the device names who changed it
    UNKNOWN = "unknown"  # no run did, nobody says who: changed outside of Bao Phủ


@dataclass(frozen=True, slots=True)
class Change:
    """A version with where it comes from; `run` is set where the origin is BAOPHU."""

    version: Version
    origin: Origin
    run: ChangingRun | None = None


def explained(versions: Sequence[Version], runs: Sequence[ChangingRun]) -> tuple[Change, ...]:
    """Each version with its origin: the last run that changed the device between two readings goes before all else."""
    return tuple(_explain(version, runs) for version in versions)


def _explain(version: Version, runs: Sequence[ChangingRun]) -> Change:
    if version.changed_after is None:
        return Change(version, Origin.FIRST)
    meanwhile = [
        run for run in runs if run.asset == version.device and version.changed_after < run.at <= version.first_at
    ]
    if meanwhile:
        return Change(version, Origin.BAOPHU, max(meanwhile, key=lambda run: run.at))
    return Change(version, Origin.DEVICE if version.message else Origin.UNKNOWN)


def fingerprint(text: str) -> str:
    """The SHA-256 of a configuration's text, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def line_changes(before: str, after: str) -> tuple[int, int]:
    """How many lines were added and removed, wherever they stand."""
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    return (new - old).total(), (old - new).total()
