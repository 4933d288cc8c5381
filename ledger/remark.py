"""What is said of an asset for people to read: English as data, and in the reader's language where it is shown."""

from datetime import date
from typing import Self

from ledger.language import Text


class Remark(str):
    """English text, a plain `str` to programs, that knows how to say itself in another language.

    `message` is its translation's key with the `fields` in braces; a field may be a remark or a date. `data` is what
    programs get where that is a word of the data (`tslcd_vlan`) and not the message.
    """

    __slots__ = ("_fields", "_message")
    _message: str
    _fields: dict[str, object]

    def __new__(cls, message: str, *, data: str | None = None, **fields: object) -> Self:
        """Fill `fields` into `message` (marked with N_)."""
        remark = super().__new__(cls, message.format(**fields) if data is None else data)
        remark._message = message
        remark._fields = fields
        return remark

    def said(self, text: Text) -> str:
        """The remark in the reader's language, dates in its form."""
        return text(self._message).format(**{name: _shown(value, text) for name, value in self._fields.items()})

    @property
    def parts(self) -> tuple[str, dict[str, str]]:
        """The message and its fields, to be kept; a field that is a remark is kept as the text that it is."""
        return self._message, {name: str(value) for name, value in self._fields.items()}


def said(remark: str | None, text: Text) -> str | None:
    """A remark in the reader's language; what a device or a program said stays as it is."""
    return remark.said(text) if isinstance(remark, Remark) else remark


def joined(parts: list[str]) -> str:
    """Several remarks, separated by commas, as one."""
    return Remark(", ".join(f"{{part{number}}}" for number in range(len(parts))), **_numbered(parts))


def _numbered(parts: list[str]) -> dict[str, str]:
    return {f"part{number}": part for number, part in enumerate(parts)}


def _shown(value: object, text: Text) -> object:
    if isinstance(value, Remark):
        return value.said(text)
    return text.day(value) if isinstance(value, date) else value
