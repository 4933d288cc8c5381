"""Seals lines one after another, so that a change of any byte shows at the line where it was made.

Each line ends in a tab and the first 16 hexadecimal digits of the SHA-256 of all lines so far; a publication begins
with the digest of the one before it; its own digest is of all its lines, and of the bytes that they are stored as.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from ledger.language import N_
from ledger.remark import Remark

#: What the first publication begins with.
BEGINNING = "0" * 64
SEAL_DIGITS = 16
#: Lines in one part.
PART_LINES = 2_000
#: Of a damaged part, so much is unpacked at a time, to find where the damage begins.
PIECE_BYTES = 64
#: The longest first line that is read.
FIRST_LINE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Sealed:
    """Lines as they are stored: compressed parts, and the digest after the last line."""

    parts: tuple[bytes, ...]
    lines: int
    digest: str


class Broken(Exception):  # noqa: N818 - what is broken, not an error of ours
    """The first line, counted from 1, that isn't as it was sealed."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(line, reason)


def sealed(lines: Iterable[str], previous: str) -> Sealed:
    """Seal and pack lines (none of which holds a tab or a line's end)."""
    running = sha256(previous.encode())
    parts: list[bytes] = []
    waiting: list[str] = []
    count = 0
    for line in lines:
        running.update(line.encode() + b"\n")
        waiting.append(f"{line}\t{running.hexdigest()[:SEAL_DIGITS]}\n")
        count += 1
        if len(waiting) == PART_LINES:
            parts.append(_packed(waiting))
            waiting = []
    if waiting:
        parts.append(_packed(waiting))
    return Sealed(tuple(parts), count, _digest(running.digest(), parts))


def opened(stored: Sealed, previous: str) -> Iterator[str]:
    """The lines again, each after its seal was checked; raises Broken at the first that isn't as it was."""
    running = sha256(previous.encode())
    number = 0
    for text in _texts(stored.parts):
        number += 1
        line, tab, seal = text.rpartition("\t")
        running.update(line.encode() + b"\n")
        if not tab or seal != running.hexdigest()[:SEAL_DIGITS]:
            raise Broken(number, Remark(N_("its seal doesn't fit it")))
        yield line
    if number != stored.lines:
        raise Broken(
            min(number, stored.lines) + 1,
            Remark(N_("there are {found} lines, not {wanted}"), found=number, wanted=stored.lines),
        )
    if _digest(running.digest(), stored.parts) != stored.digest:
        raise Broken(number, Remark(N_("the digest after it isn't the one that was published")))


def first_line(part: bytes) -> str | None:
    """The first line of the first part or of its beginning, its seal not checked; None where it can't be unpacked."""
    try:
        text, end, _ = zlib.decompressobj().decompress(part, FIRST_LINE_BYTES).partition(b"\n")
    except zlib.error:
        return None
    line, tab, _ = text.decode(errors="replace").rpartition("\t")
    return line if end and tab else None


def _digest(lines: bytes, parts: Iterable[bytes]) -> str:
    """Of the lines and of the bytes that they are stored as: packed data has bits that unpacking doesn't look at."""
    whole = sha256(lines)
    for part in parts:
        whole.update(part)
    return whole.hexdigest()


def _packed(lines: list[str]) -> bytes:
    return zlib.compress("".join(lines).encode(), 6)


def _texts(parts: Iterable[bytes]) -> Iterator[str]:
    """The sealed lines; a line that can't be unpacked is given as what is left of it."""
    for part in parts:
        text, is_whole = _unpacked(part)
        lines = text.decode(errors="replace").split("\n")
        yield from lines[:-1]
        if lines[-1] or not is_whole:
            yield lines[-1]
            return


def _unpacked(part: bytes) -> tuple[bytes, bool]:
    """As much as can be unpacked, and whether that is all."""
    try:
        return zlib.decompress(part), True
    except zlib.error:
        unpacking, found = zlib.decompressobj(), b""
        for start in range(0, len(part), PIECE_BYTES):
            try:
                found += unpacking.decompress(part[start : start + PIECE_BYTES])
            except zlib.error:
                break
        return found, False
