"""What may be asked for: the query of each endpoint, checked and documented. A parameter unknown to it is refused."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from starlette.requests import Request

from api.problem import MalformedError
from ledger.figure import Availability, Coverage
from ledger.language import Language
from ledger.plan import AssetKind, Level
from ledger.topology import Cabling

DEFAULT_LIMIT = 1000
MAX_LIMIT = 10_000
#: Outside these years no plan exists, and arithmetic with dates might overflow.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _instant(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        raise _malformed("not an instant; write it as 2026-12-31T09:30:00Z, and '+' in a URL as %2B") from None
    if parsed.tzinfo is None:
        raise _malformed("an instant needs an offset; write it as 2026-12-31T09:30:00Z or 2026-12-31T16:30:00%2B07:00")
    if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise _malformed(f"not within the years {FIRST_YEAR} to {LAST_YEAR}; no plan reaches further")
    return parsed.astimezone(UTC)


def _day(value: object) -> date:
    try:
        parsed = date.fromisoformat(str(value))
    except ValueError:
        raise _malformed("not a day; write it as 2026-10-31") from None
    if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise _malformed(f"not within the years {FIRST_YEAR} to {LAST_YEAR}; no plan reaches further")
    return parsed


def _malformed(message: str) -> PydanticCustomError:
    return PydanticCustomError("malformed", "{message}", {"message": message})


Identifier = Annotated[str, Field(min_length=1, max_length=64)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]


def refuse_repeated(request: Request) -> None:
    """Refuse a parameter given twice: which one counts would be a guess. Raises MalformedError."""
    times = Counter(name for name, _value in request.query_params.multi_items())
    if repeated := {name: "given more than once; give it once" for name, count in times.items() if count > 1}:
        raise MalformedError(repeated)


class Strict(BaseModel):
    """Refuses what it doesn't know, and says what it knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _name_the_known(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            known = ", ".join(sorted(cls.model_fields))
            faults = [
                InitErrorDetails(
                    type=_malformed(
                        f"no such parameter here; there are: {known}"
                        if fault["type"] == "extra_forbidden"
                        else fault["msg"]
                    ),
                    loc=fault["loc"],
                    input=fault["input"],
                )
                for fault in error.errors(include_url=False, include_context=False)
            ]
            raise ValidationError.from_exception_data(cls.__name__, faults) from None


class PageQuery(Strict):
    """Which page: the first `limit` items after `cursor`, which is the `next` of the page before."""

    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many items at most.")
    cursor: str | None = Field(
        default=None, max_length=512, description="`next` of the page before; the other parameters stay the same."
    )


class UnitsQuery(PageQuery):
    """Which units."""

    unit: Identifier | None = Field(default=None, description="Only this unit and those below it.")
    level: Level | None = Field(default=None, description="Only units of this level.")


class InstantFilter(Strict):
    """As of when."""

    at: Instant | None = Field(
        default=None, description="Evaluate at this instant (ISO 8601 with offset) instead of now."
    )


class LedgerFilter(InstantFilter):
    """What is asked of the ledger, and as of when."""

    indicator: Identifier | None = Field(default=None, description="Only this indicator, such as HT06.")


class CoverageFilter(LedgerFilter):
    """Which figures."""

    unit: Identifier | None = Field(default=None, description="Only this unit's own figures; they count all below it.")
    level: Level | None = Field(default=None, description="Only units of this level.")
    by_level: bool = Field(default=False, description="What was measured of each level in a unit, too.")


class RowsFilter(LedgerFilter):
    """Which assets, or which gaps."""

    unit: Identifier | None = Field(default=None, description="Only assets of this unit and of those below it.")
    kind: AssetKind | None = Field(default=None, description="Only assets of this kind.")
    verdict: Coverage | Availability | None = Field(default=None, description="Only assets with this verdict.")


class CoverageQuery(CoverageFilter, PageQuery):
    """One page of figures."""

    as_of: Day | None = Field(default=None, description="The figures of this day, as they were reported.")
    known_at: Instant | None = Field(default=None, description="As was known at this instant; with `as_of`.")
    map: Day | None = Field(default=None, description="Told on this day's map of units, totals conserved.")

    @model_validator(mode="after")
    def _refuse_two_times(self) -> Self:
        if self.at is not None and (self.as_of, self.known_at, self.map) != (None, None, None):
            raise _malformed("`at` evaluates anew; give `as_of`, a day, with `known_at` or `map`")
        if self.known_at is not None and self.as_of is None:
            raise _malformed("`known_at` needs the day that is asked for, `as_of`")
        return self

    @property
    def is_past(self) -> bool:
        """Whether a day's figures are asked for, or another map."""
        return self.as_of is not None or self.map is not None


class RowsQuery(RowsFilter, PageQuery):
    """One page of assets, or of gaps."""


class TopologyQuery(InstantFilter, PageQuery):
    """One page of cables."""

    unit: Identifier | None = Field(default=None, description="Only cables of this unit and of those below it.")
    verdict: Cabling | None = Field(default=None, description="Only cables with this verdict.")


class Spoken(Strict):
    """In which language a file speaks."""

    lang: Language = Field(default=Language.VI, description="Language of headings and words.")


class CoverageExport(CoverageFilter, Spoken):
    """Figures as a file: all of them."""


class RowsExport(RowsFilter, Spoken):
    """Assets or gaps as a file: all of them."""
