"""What several tests work with: the lab's plan, and snapshots of it made by hand."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path

import httpx
import pytest
from catalogue import INDICATORS
from hypothesis import settings
from starlette.types import ASGIApp

from ledger.figure import AssetRow, Availability, Coverage, Figure, FigureState, Lifecycle, Snapshot
from ledger.observation import Heartbeat
from ledger.plan import AssetKind, Plan, Role, read_plan

#: How many examples a property is tried with, where it doesn't say itself.
settings.register_profile("short", max_examples=50, deadline=None)
settings.register_profile("long", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))

REPOSITORY = Path(__file__).parents[1]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Verdicts = Callable[[str, str], Coverage | Availability]
SnapshotMaker = Callable[..., Snapshot]
Asker = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def ask() -> Asker:
    """`ask(app, path, method=…, headers=…)`: one request to an ASGI application, without a network."""

    def one(app: ASGIApp, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8470") as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(exchange())

    return one


@pytest.fixture(scope="session")
def lab_plan() -> Plan:
    return read_plan(REPOSITORY / "inventory" / "lab")


@pytest.fixture(scope="session")
def make_snapshot(lab_plan: Plan) -> SnapshotMaker:
    """`make_snapshot(verdicts)`: `verdicts(indicator, asset)` gives each row's; all else follows from it."""

    def make(verdicts: Verdicts | None = None, *, version: str = "1", as_of: datetime = NOON) -> Snapshot:
        rows = _rows(lab_plan, verdicts or all_well, as_of)
        beat = Heartbeat(
            collector="snmp",
            started_at=as_of - timedelta(seconds=3.5),
            finished_at=as_of - timedelta(seconds=2),
            cycle_seconds=30.0,
            asked=9,
            failed=2,
        )
        return Snapshot(
            as_of=as_of,
            version=version,
            valid_until=None,
            figures=_figures(lab_plan, rows, as_of),
            rows=rows,
            heartbeats=(beat,),
        )

    return make


def all_well(indicator: str, asset: str) -> Coverage | Availability:
    if asset == "68-SKHCN-PC-003":
        return Coverage.EXEMPT
    return Availability.UP if INDICATORS[indicator].is_availability else Coverage.COVERED


def _rows(plan: Plan, verdicts: Verdicts, as_of: datetime) -> tuple[AssetRow, ...]:
    def row(
        asset: str, kind: AssetKind, unit: str, site: str | None, indicator: str | None, answering: str | None = None
    ) -> AssetRow:
        verdict = verdicts(indicator, asset) if indicator else Coverage.COVERED
        now = verdicts(answering, asset) if answering else verdict
        availability = now if isinstance(now, Availability) else None
        return AssetRow(
            asset=asset,
            kind=kind,
            unit=unit,
            site=site,
            indicator=indicator,
            verdict=verdict,
            since=as_of - timedelta(hours=1),
            last_seen=as_of - timedelta(seconds=20),
            seen_at_unit=unit,
            detail=None,
            availability=availability if indicator else Availability.UP,
            lifecycle=Lifecycle.IN_SERVICE,
        )

    rows = [row(d.id, d.kind, d.unit, d.site, None) for d in plan.devices.values()]
    rows += [row(link.id, link.kind, link.unit, link.site, "AV02") for link in plan.links.values()]
    rows += [row(pc.id, pc.kind, pc.unit, pc.site, "HT06") for pc in plan.workstations.values()]
    for device in plan.devices.values():
        if device.role is Role.CPE:
            for indicator in ("HT04", "AV01"):
                point = f"{device.unit}-CP"
                rows.append(row(point, AssetKind.CONNECTION_POINT, device.unit, device.site, indicator, "AV01"))
        elif device.role is Role.ACCESS_SWITCH:
            rows.append(row(f"{device.unit}-LAN", AssetKind.LAN, device.unit, device.site, "HT02"))
    rows.append(_unplanned(as_of))
    return tuple(rows)


def _unplanned(as_of: datetime) -> AssetRow:
    return AssetRow(
        asset="mac:02:68:00:99:00:01",
        kind=None,
        unit=None,
        site=None,
        indicator=None,
        verdict=Coverage.UNPLANNED,
        since=as_of,
        last_seen=as_of,
        seen_at_unit="68-22945",
        detail=None,
        availability=None,
        lifecycle=None,
    )


def _figures(plan: Plan, rows: Sequence[AssetRow], as_of: datetime) -> tuple[Figure, ...]:
    return tuple(
        _figure(plan, [row for row in rows if row.indicator == indicator], indicator, unit, as_of)
        for unit in plan.units
        for indicator in INDICATORS
    )


def _figure(plan: Plan, rows: Sequence[AssetRow], indicator: str, unit: str, as_of: datetime) -> Figure:
    below = plan.subtree(unit)
    counted = [row for row in rows if row.unit in below and row.counted]
    gap = [row for row in counted if row.is_gap]
    level = plan.units[unit].level
    targets = [t for t in plan.targets if t.indicator == indicator and (t.unit == unit or t.level == level)]
    target = targets[0] if targets else None
    due: date | None = target.due if target else None
    ratio = (len(counted) - len(gap)) / len(counted) if counted else None
    return Figure(
        indicator=indicator,
        unit=unit,
        level=level,
        population=None,
        step=INDICATORS[indicator].step,
        evidence="measured",
        value=ratio,
        value_unit="ratio",
        qualifier=None,
        numerator=len(counted) - len(gap),
        denominator=len(counted),
        due_denominator=len(counted),
        ratio=ratio,
        target=target.value if target else None,
        target_met=ratio >= target.value if target and ratio is not None else None,
        due=due,
        legal_basis=target.legal_basis if target else None,
        gap=len(gap),
        to_target=max(0, ceil(target.value * len(counted) - 1e-9) - len(counted) + len(gap))
        if target and counted
        else None,
        reasons=dict(Counter(str(row.verdict) for row in gap)),
        state=FigureState.VALUE if counted else FigureState.NO_DATA,
        as_of=as_of,
    )
