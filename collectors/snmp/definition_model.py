"""The shape of a file of definitions, as its writer sees it; what is wrong is said in codes of `definition_problem`."""

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from collectors.snmp.ber import encode_oid
from collectors.snmp.client import Oid
from collectors.snmp.definition import Definition, EntityText, Match, Recorded, Rule, Source, Status

#: A group of the pattern in a rule's text.
REFERENCE = re.compile(r"\\(\d+)")


def refused(code: str, **fields: object) -> PydanticCustomError:
    """What a validator raises; the message is made where the place is known."""
    return PydanticCustomError(code, code, {name: str(value) for name, value in fields.items()})


def _oid(value: object) -> Oid:
    try:
        oid = tuple(map(int, value.split("."))) if isinstance(value, str) and value.isascii() else ()
        encode_oid(oid)
    except ValueError:
        raise refused("bad_oid", value=value) from None
    return oid


def _pattern(value: object) -> re.Pattern[str]:
    if not isinstance(value, str):
        raise refused("not_text", value=value)
    if not value:
        raise refused("empty")
    try:
        return re.compile(value)
    except re.error as error:
        raise refused("bad_pattern", value=value, reason=error) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refused("not_text", value=value)
    if not value.strip():
        raise refused("empty")
    return value


def _id(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", value):
        raise refused("bad_id", value=value)
    return value


def _rules(value: object) -> object:
    """A text alone is a rule that always holds."""
    return [{"text": value}] if isinstance(value, str) else value


OidText = Annotated[Oid, BeforeValidator(_oid)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern)]
Text = Annotated[str, BeforeValidator(_text)]


class Strict(BaseModel):
    """Nothing that isn't known."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class RuleModel(Strict):
    """One place to look for a text."""

    descr: Pattern | None = None
    oid: OidText | None = None
    column: OidText | None = None
    entity: EntityText | None = None
    models: dict[OidText, Text] | None = None
    pattern: Pattern | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("descr", "oid", "column", "entity", "models") if getattr(self, name) is not None]
        if len(given) > 1 or (not given and self.text is None):
            raise refused("one_source", value=", ".join(given) or "–")
        if self.pattern is not None and self.source not in {Source.OID, Source.COLUMN, Source.ENTITY}:
            raise refused("unwanted_pattern")
        if self.models is not None and self.text is not None:
            raise refused("unwanted_text")
        searched = self.descr or self.pattern
        groups = searched.groups if searched is not None else 0
        for reference in REFERENCE.finditer(self.text or ""):
            if int(reference.group(1)) > groups:
                raise refused("bad_reference", value=reference.group(), number=reference.group(1), groups=groups)
        return self

    @property
    def source(self) -> Source:
        """Which of the keys is given; a text alone is said as it is."""
        return next((known for known in Source if getattr(self, known.value) is not None), Source.TEXT)

    def rule(self) -> Rule:
        """The rule as it is applied."""
        return Rule(
            source=self.source,
            pattern=self.descr or self.pattern,
            oid=self.oid or self.column or (),
            entity=self.entity,
            models=self.models,
            text=self.text,
        )


class MatchModel(Strict):
    """How a family is told."""

    object_id: list[OidText] = Field(default_factory=list)
    descr: Pattern | None = None
    oid: OidText | None = None
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _has_condition(self) -> Self:
        if not self.object_id and self.descr is None and self.oid is None:
            raise refused("no_condition")
        if self.pattern is not None and self.oid is None:
            raise refused("lone_pattern")
        return self


class RecordedModel(Strict):
    """A recording, and what it must yield."""

    file: Text
    vendor: Text | None = None
    os: Text | None = None
    model: Text | None
    version: Text | None
    serial: Text | None


Rules = Annotated[list[RuleModel], BeforeValidator(_rules)]


class DefinitionModel(Strict):
    """A family of devices."""

    id: Annotated[str, BeforeValidator(_id)]
    vendor: Rules = Field(default_factory=list)
    os: Rules = Field(default_factory=list)
    match: MatchModel
    model: Rules = Field(default_factory=list)
    version: Rules = Field(default_factory=list)
    serial: Rules = Field(default_factory=list)
    entity: bool = True
    source: Text
    status: Status
    recordings: list[RecordedModel] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_proven(self) -> Self:
        if (self.status is Status.RECORDED) is not bool(self.recordings):
            raise refused("unwanted_recording" if self.recordings else "no_recording")
        return self

    def definition(self) -> Definition:
        """The definition as it is applied."""
        match = self.match
        return Definition(
            id=self.id,
            match=Match(object_ids=tuple(match.object_id), descr=match.descr, oid=match.oid, pattern=match.pattern),
            vendor=_made(self.vendor),
            os=_made(self.os),
            model=_made(self.model),
            version=_made(self.version),
            serial=_made(self.serial),
            asks_entity=self.entity,
            source=self.source,
            status=self.status,
            recordings=tuple(Recorded(**dict(recording)) for recording in self.recordings),
        )


class FileModel(Strict):
    """One file: the definitions of a vendor's families."""

    definitions: list[DefinitionModel]


#: Every key that a file may hold, to name the nearest one.
KEYS = tuple(
    dict.fromkeys(
        key
        for model in (FileModel, DefinitionModel, MatchModel, RuleModel, RecordedModel)
        for key in model.model_fields
    )
)


def _made(rules: list[RuleModel]) -> tuple[Rule, ...]:
    return tuple(rule.rule() for rule in rules)


#: The values that a key may have.
CHOICES: Mapping[str, tuple[str, ...]] = {"status": tuple(Status), "entity": tuple(EntityText)}
