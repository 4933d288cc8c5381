"""API, exporter and ledger on one store: the same numbers everywhere, now, later, and while the store is away."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from catalogue import INDICATORS
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from api.app import build_api
from baophu.serving import build_server_app
from exporter.asgi import build_exporter
from ledger.document import figure_document, row_document
from ledger.max_age import MaxAges
from ledger.observation import Check, Heartbeat, Observation
from ledger.plan import Plan
from ledger.store import Store, open_store
from ledger.view import LedgerView

Ask = Callable[..., httpx.Response]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONTH_LATER = NOON + timedelta(days=40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as opened:
        yield opened


@pytest.fixture
def view(store: Store, lab_plan: Plan) -> LedgerView:
    """Two PCs in their place, the PoP up, and the uplink that is down."""
    record(store, NOON, "68-22945-PC-001", Check.FDB, Check.ARP, Check.TSLCD_VLAN, unit="68-22945")
    record(store, NOON, "68-SKHCN-PC-001", Check.FDB, Check.ARP, Check.TSLCD_VLAN, unit="68-SKHCN")
    record(store, NOON - timedelta(hours=1), "68-22945-LK-001", Check.LINK, unit="68-22945")
    record(store, NOON, "68-22945-LK-001", Check.LINK, unit="68-22945", ok=False)
    record(store, NOON, "68-POP-RT-001", Check.SNMP, Check.PING, unit="68")
    for collector in ("snmp", "icmp", "leases"):
        beat = Heartbeat(collector=collector, started_at=NOON, finished_at=NOON, cycle_seconds=30.0, asked=9, failed=1)
        store.record_beat(beat)
    return LedgerView(lab_plan, store, MaxAges.default(), lambda: NOON)


def record(store: Store, at: datetime, asset: str, *checks: Check, unit: str, ok: bool = True) -> None:
    store.record(
        [Observation(asset=asset, check=check, ok=ok, at=at, source="test", unit=unit) for check in checks],
        max_ages=MaxAges.default(),
    )


@pytest.fixture
def app(view: LedgerView, lab_plan: Plan) -> ASGIApp:
    return build_server_app(build_api(view, lab_plan), build_exporter(view, lab_plan))


def test_the_api_gives_the_figures_and_rows_of_the_ledger(ask: Ask, app: ASGIApp, view: LedgerView) -> None:
    figures = {(f.unit, f.indicator): figure_document(f) for f in view.now().main_figures}
    items = ask(app, "/api/v1/coverage").json()["items"]
    assert items == [figures[key] for key in sorted(figures)]
    assert [item["numerator"] for item in items if (item["unit"], item["indicator"]) == ("68", "HT06")] == [2]
    gaps = [row_document(row) for row in view.now().gaps]
    assert ask(app, "/api/v1/gaps").json()["items"] == sorted(gaps, key=lambda row: (row["asset"], row["indicator"]))


def test_another_instant_is_the_ledgers_own_answer(ask: Ask, app: ASGIApp, view: LedgerView) -> None:
    answer = ask(app, "/api/v1/coverage?unit=68&at=2027-01-01T12:00:00Z").json()
    expected = [figure_document(figure) for figure in view.at(MONTH_LATER).main_figures if figure.unit == "68"]
    assert answer["items"] == sorted(expected, key=lambda item: str(item["indicator"]))
    assert [item["numerator"] for item in answer["items"] if item["indicator"] == "HT06"] == [0]


def test_metrics_add_up_to_the_provinces_figures(ask: Ask, app: ASGIApp) -> None:
    families = list(text_string_to_metric_families(ask(app, "/metrics").text))
    samples = [sample for family in families for sample in family.samples]

    def total(name: str, indicator: str) -> float:
        mine = [s.value for s in samples if s.name == name and s.labels["indicator"] == indicator]
        return sum(mine)

    for item in ask(app, "/api/v1/coverage?unit=68").json()["items"]:
        indicator = item["indicator"]
        owed, good, gap = (
            ("baophu_assets_in_service", "baophu_assets_answering", "baophu_assets_not_answering")
            if INDICATORS[indicator].is_availability
            else ("baophu_assets_planned", "baophu_assets_covered", "baophu_gap_assets")
        )
        assert (total(owed, indicator), total(good, indicator)) == (item["denominator"], item["numerator"])
        assert total(gap, indicator) == item["gap"]


def test_a_link_that_is_down_is_down_in_both(ask: Ask, app: ASGIApp) -> None:
    (row,) = ask(app, "/api/v1/gaps?indicator=AV02").json()["items"]
    assert (row["asset"], row["verdict"]) == ("68-22945-LK-001", "down")
    assert 'baophu_link_up{link="68-22945-LK-001",unit="68-22945"} 0.0' in ask(app, "/metrics").text


def test_an_unchanged_ledger_is_not_sent_twice_and_a_changed_one_is(ask: Ask, app: ASGIApp, store: Store) -> None:
    tag = ask(app, "/api/v1/coverage").headers["etag"]
    assert ask(app, "/api/v1/coverage", headers={"If-None-Match": tag}).status_code == 304
    record(store, NOON, "68-22924-PC-001", Check.FDB, Check.ARP, Check.TSLCD_VLAN, unit="68-22924")
    again = ask(app, "/api/v1/coverage?unit=68&indicator=HT06", headers={"If-None-Match": tag})
    assert (again.status_code, again.json()["items"][0]["numerator"]) == (200, 3)


def test_a_store_that_goes_away_is_unavailable_not_a_crash(
    ask: Ask, app: ASGIApp, tmp_path: Path, store: Store
) -> None:
    assert ask(app, "/healthz").status_code == 200
    store.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "ledger.db").write_bytes(b"this is not a database" * 100)
    for path in ("/healthz", "/api/v1/coverage", "/api/v1/gaps?at=2026-11-01T00:00:00Z"):
        assert (ask(app, path).status_code, ask(app, path).json()["title"]) == (503, "Service Unavailable")
    assert "baophu_exporter_scrape_success 0.0" in ask(app, "/metrics").text
