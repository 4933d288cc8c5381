"""What answers look like, for the OpenAPI; they are rendered without passing through these models."""

from datetime import date, datetime
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from api.problem import PROBLEM_MEDIA_TYPE
from ledger.figure import Availability, Coverage, FigureScope
from ledger.plan import AssetKind, Direction, Level, Step, ValueUnit
from ledger.topology import Cabling, Match


class FieldItem(BaseModel):
    """A part of an indicator that has a unit of its own."""

    field: str = Field(examples=["servers"])
    name_vi: str
    name_en: str
    value_unit: ValueUnit


class IndicatorItem(BaseModel):
    """What is counted."""

    id: str = Field(examples=["HT06"])
    name_vi: str
    name_en: str
    numerator_vi: str | None
    numerator_en: str | None
    denominator_vi: str | None
    denominator_en: str | None
    value_unit: ValueUnit
    direction: Direction = Field(description="Which way is better.")
    step: Step | None = Field(description="Its rung of the ladder; rungs are never merged. null: it is on none.")
    population: str | None = Field(description="Of which people it is a share; null: of none.")
    evidence: list[str] = Field(description="How it may be known: `measured`, `declared`.")
    kind: AssetKind | None = Field(description="The kind of asset that is measured; null: none is.")
    max_age_days: int | None = Field(description="For how long evidence counts; null: as long as its checks say.")
    fields: list[FieldItem] = Field(description="What it tells beside its main value.")
    is_availability: bool = Field(description="Whether it counts what answers now, instead of what is covered.")


class UnitItem(BaseModel):
    """A public agency or an administrative unit."""

    id: str = Field(examples=["68-22945"])
    parent: str | None
    level: Level
    kind: str = Field(examples=["ward"])
    name_vi: str
    name_en: str
    code: str | None = Field(description="Its code in the national list; null: none.")


class FigureItem(BaseModel):
    """One indicator at one unit, all units below it included, or only those of a level."""

    indicator: str = Field(examples=["HT06"])
    unit: str = Field(examples=["68-22945"])
    level: Level = Field(description="The unit's own; with the scope `level`, the one that is counted.")
    population: str | None
    step: Step | None
    evidence: str = Field(examples=["measured"], description="`measured` or `declared`.")
    value: float | None
    value_unit: str = Field(examples=["ratio"], description="`ratio` (0 to 1), `count`, `rank` or `vnd`.")
    qualifier: str | None
    numerator: int | None
    denominator: int | None = Field(description="Every planned, non-exempt asset; null: a declared value without one.")
    due_denominator: int | None = Field(description="Of these, the ones due by `as_of`.")
    ratio: float | None = Field(ge=0, le=1, description="numerator / denominator; null where nothing is owed.")
    target: float | None = Field(description="In the unit of the value.")
    target_met: bool | None
    due: date | None
    legal_basis: str | None
    gap: int | None = Field(description="denominator − numerator.")
    to_target: float | None = Field(description="How many more would meet the target; null without one.")
    reasons: dict[Coverage | Availability, int] = Field(description="Why; a measured figure's add up to `gap`.")
    state: str = Field(
        examples=["value"], description="`value`, `no_data`, `not_applicable`, `estimated` or `conflict`."
    )
    as_of: datetime
    scope: FigureScope = Field(description="`subtree`: the unit with all below it. `level`: its units of that level.")
    field: str | None = Field(description="Of this part of the indicator alone; null: the whole.")
    mark: str | None = Field(description="A declared value's: `document`, `derived` or `synthetic`.")
    difference: float | None = Field(description="A declared value less the measured one beside it.")
    detail: str | None = Field(description="What disagrees.")
    declared_on: date | None = Field(description="The day that a declared value is of, of a sum the oldest.")


class RowItem(BaseModel):
    """One asset's verdict under one indicator."""

    asset: str = Field(examples=["68-22945-PC-001"])
    kind: AssetKind | None
    unit: str | None
    site: str | None
    indicator: str | None = Field(description="null: the asset counts in no indicator by itself.")
    verdict: Coverage | Availability = Field(description="An availability verdict under an availability indicator.")
    since: datetime | None
    last_seen: datetime | None
    seen_at_unit: str | None
    detail: str | None
    availability: Availability | None = Field(description="null for what isn't in service.")


class PortItem(BaseModel):
    """A port; of a device that no register has, by what that calls itself."""

    device: str = Field(examples=["68-POP-RT-001"])
    port: str | None = Field(examples=["up2"], description="null: it isn't told.")


class CableItem(BaseModel):
    """A planned link beside what was seen of it, or a cable that no register has."""

    verdict: Cabling
    link: str | None = Field(examples=["68-22945-LK-001"], description="null: it is in no register.")
    unit: str = Field(description="The unit that the link serves, or that the hearing device belongs to.")
    planned: list[PortItem] | None = Field(description="Its two ports in the plan.")
    seen: list[PortItem] | None = Field(description="Its two ports as devices hear each other; null: nobody does.")
    rule: Match | None = Field(description="By what the far device and its port were told.")
    protocol: str | None = Field(examples=["lldp"], description="`lldp` or `cdp`.")
    heard_by: list[str] = Field(description="The devices that told.")
    heard_at: datetime | None = Field(description="The latest time at which one did.")
    detail: str | None


class IndicatorPage(BaseModel):
    """Indicators, by id."""

    items: list[IndicatorItem]
    next: str | None = Field(description="The cursor of the page after; null at the end.")


class UnitPage(BaseModel):
    """Units, by id."""

    items: list[UnitItem]
    next: str | None = Field(description="The cursor of the page after; null at the end.")


class CoveragePage(BaseModel):
    """Figures, by unit and indicator."""

    items: list[FigureItem]
    next: str | None = Field(description="The cursor of the page after; null at the end.")
    as_of: datetime = Field(description="The instant that the ledger was evaluated at.")


class RowPage(BaseModel):
    """Assets, by id and indicator."""

    items: list[RowItem]
    next: str | None = Field(description="The cursor of the page after; null at the end.")
    as_of: datetime = Field(description="The instant that the ledger was evaluated at.")


class CablePage(BaseModel):
    """Cables: planned ones by link, then those that no register has."""

    items: list[CableItem]
    next: str | None = Field(description="The cursor of the page after; null at the end.")
    as_of: datetime = Field(description="The instant that the ledger was evaluated at.")


class Health(BaseModel):
    """The server runs and can read the ledger."""

    status: str = Field(examples=["ok"])


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI: problems under their own media type, tokens as what a server may ask for."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        for path in document["paths"].values():
            for operation in path.values():
                _correct(operation["responses"])
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{}, {"token": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _correct(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if status >= "400":
            response["content"] = {PROBLEM_MEDIA_TYPE: response["content"]["application/json"]}
