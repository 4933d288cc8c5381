"""A family of devices as data: how it is told, and where it keeps its model, version and serial number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collectors.snmp.client import Oid, Value

#: The longest text of a device that a rule looks at, in characters.
LONGEST_TEXT = 1024
#: What agents say instead of nothing.
PLACEHOLDER = re.compile(
    r"|n/?a|nil|none|null|unspecified|unknown|invalid|reserved|uninitiali[sz]ed|default string|empty|other|undefined"
    r"|not? (available|specified|applicable|set|present|supported|asset tag|data)|to be filled.*|chassis|stack mode"
    r"|(system|chassis|base board) (serial number|manufacturer|product name|version)|[-.*?_ ]+|0+(\.0+)*|x{3,}|f{8,}",
    re.IGNORECASE,
)


class Status(StrEnum):
    """How a definition is known to be right."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"


class Source(StrEnum):
    """Where a rule looks."""

    DESCR = "descr"
    OID = "oid"
    COLUMN = "column"
    ENTITY = "entity"
    MODELS = "models"
    TEXT = "text"


class EntityText(StrEnum):
    """What the ENTITY-MIB has of a chassis; `model` and `version` wherever the vendor put it."""

    MODEL = "model"
    VERSION = "version"
    SERIAL = "serial"
    VENDOR = "vendor"
    MODEL_NAME = "model_name"
    NAME = "name"
    DESCR = "descr"
    HARDWARE = "hardware"
    FIRMWARE = "firmware"
    SOFTWARE = "software"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One place to look for a text. `pattern` takes a part of what is there, `text` says it in other words."""

    source: Source
    pattern: re.Pattern[str] | None = None
    oid: Oid = ()
    entity: EntityText | None = None
    models: Mapping[Oid, str] | None = None
    text: str | None = None

    def apply(self, raw: str) -> str | None:
        """What the rule makes of what it found; None: it is no answer."""
        if self.pattern is None:
            return said(raw if self.text is None else self.text)
        match = self.pattern.search(raw)
        if match is None:
            return None
        if self.text is not None:
            return said(match.expand(self.text))
        return said(next((group for group in match.groups() if group), match.group()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How a family is told: all of the conditions that are given hold.

    `object_ids` are prefixes of sysObjectID, `descr` is searched in sysDescr. `oid` is an instance that the family has,
    with a text (which `pattern`, if given, is searched in).
    """

    object_ids: tuple[Oid, ...] = ()
    descr: re.Pattern[str] | None = None
    oid: Oid | None = None
    pattern: re.Pattern[str] | None = None

    def rank(self, descr: str, object_id: Oid) -> tuple[int, bool, bool] | None:
        """How narrowly sysDescr and sysObjectID fit, greater is narrower; None: they don't."""
        length = max((len(prefix) for prefix in self.object_ids if object_id[: len(prefix)] == prefix), default=0)
        if (self.object_ids and not length) or (self.descr is not None and not self.descr.search(descr)):
            return None
        return length, self.oid is not None, self.descr is not None

    def holds(self, value: str | None) -> bool:
        """Whether the instance `oid`, if it matters, has a right value; None: the device doesn't have it."""
        if self.oid is None:
            return True
        return said(value or "") is not None and (self.pattern is None or bool(self.pattern.search(value or "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recording that the definition was tested on, by its path in snmpsim-data, and what it must yield."""

    file: str
    model: str | None
    version: str | None
    serial: str | None
    os: str | None = None
    vendor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A family. `asks_entity`: whether the ENTITY-MIB may tell what the rules didn't."""

    id: str
    match: Match
    vendor: tuple[Rule, ...]
    os: tuple[Rule, ...]
    model: tuple[Rule, ...]
    version: tuple[Rule, ...]
    serial: tuple[Rule, ...]
    asks_entity: bool
    source: str
    status: Status
    recordings: tuple[Recorded, ...] = ()


def said(text: str) -> str | None:
    """A text without padding and quotes; None where it is a placeholder for none."""
    kept = text.strip(" \t\"'")
    return None if PLACEHOLDER.fullmatch(kept) else kept


def words(value: Value) -> str:
    """A value as one line of text: numbers in digits, OIDs dotted, runs of white space as one space."""
    if isinstance(value, tuple):
        return ".".join(map(str, value))
    if isinstance(value, int):
        return str(value)
    line = " ".join(value.replace(b"\0", b" ").decode("utf-8", "replace").split())[:LONGEST_TEXT]
    return "".join(character if character.isprintable() else "?" for character in line)
