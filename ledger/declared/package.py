"""Opens the ZIP archive that an XLSX workbook is, and its XML parts, within bounds: nothing in it is trusted."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Protocol
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from ledger.declared.sheet import MIB, Limits, UnreadableError

CHUNK = 64 * 1024
#: Smaller parts may be packed as hard as they like.
SMALL = MIB
ENCRYPTED = 0x1
#: What zipfile raises where an archive isn't sound.
UNSOUND = (
    *(BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, OverflowError, LookupError),
    *(struct.error, zlib.error),
)


class Scanner(Protocol):
    """What is told of an XML part while it is read; names are without their namespaces."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def data(self, text: str) -> None:
        """A piece of text."""

    def end(self, name: str) -> None:
        """An element ends."""


class Package:
    """A workbook's parts by name. Raises UnreadableError, also where together they unpack to more than the limit."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.unpacked_bytes
        try:
            self._zip = ZipFile(BytesIO(data))
        except UNSOUND as error:
            raise _unsound(error) from None

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def scan(self, name: str, scanner: Scanner) -> None:
        """Read an XML part from its beginning to its end; one with a DTD, which entities need, is refused."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda tag, attributes: scanner.start(
            _local(tag), {_local(key): value for key, value in attributes.items()}
        )
        parser.EndElementHandler = lambda tag: scanner.end(_local(tag))
        parser.CharacterDataHandler = scanner.data
        try:
            for chunk in self._chunks(name):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise _unsound(error) from None

    def _chunks(self, name: str) -> Iterator[bytes]:
        try:
            info = self._zip.getinfo(name)
            if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or info.flag_bits & ENCRYPTED:
                raise BadZipFile(name)
            if info.file_size > SMALL and info.file_size > self._limits.ratio * info.compress_size:
                ratio = info.file_size // max(1, info.compress_size)
                raise UnreadableError("packed_too_hard", value=str(ratio), wanted=str(self._limits.ratio))
            with self._zip.open(info) as part:
                while chunk := part.read(CHUNK):
                    self._spend(len(chunk))
                    yield chunk
        except UNSOUND as error:
            raise _unsound(error) from None

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise UnreadableError("unpacks_too_large", wanted=f"{self._limits.unpacked_bytes // MIB} MiB")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refuse_doctype(*_declared: object) -> None:
    raise UnreadableError("has_doctype")


def _unsound(error: Exception) -> UnreadableError:
    return UnreadableError("bad_workbook", value=str(error) or type(error).__name__)
