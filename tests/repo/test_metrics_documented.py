"""Every metric is documented, with its labels, and every family's docstring shows what really comes out."""

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from polled import Source, switch
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from collectors.listening.tally import Tally
from collectors.snmp.traffic import Traffic
from exporter import availability, collector, coverage, cycles, listener_own, outages, readings, sample_own, units
from exporter.collector import OwnCollector, SnapshotCollector
from exporter.listener_asgi import ListenerFamilies
from exporter.sample_asgi import SampleExposition
from exporter.sample_own import engine_families
from exporter.samples import FAMILIES
from ledger.figure import CutOff, NetworkOutage, Reading, Snapshot
from ledger.observation import Check
from ledger.plan import AssetKind, Plan

MakeSnapshot = Callable[..., Snapshot]


def families_of(module: ModuleType) -> list[Callable[..., Metric]]:
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and function.__name__ != "watched_assets"
    ]


def full(snapshot: Snapshot) -> Snapshot:
    """The snapshot with something of everything that may be absent."""
    part = CutOff("68-22945-RT-001", "68-22945", AssetKind.ROUTER)
    outage = NetworkOutage(
        root="68-22945-LK-001", unit="68-22945", kind=AssetKind.LINK, since=snapshot.as_of, cut_off=(part,)
    )
    values = {
        Check.TLS: "2027-03-01T00:00:00Z",
        Check.MAIL_QUEUE: "3 41",
        Check.HTTPS: "200 0.012",
        Check.ROUND_TRIP: None,
        Check.CAPACITY: "from_unit 0.41 to_unit 0.12",
    }
    read = tuple(
        Reading(asset="a", unit="68", kind=AssetKind.SERVICE, check=check, value=value, ok=True, at=snapshot.as_of)
        for check, value in values.items()
    )
    return replace(snapshot, outages=(outage,), readings=read)


@pytest.fixture(scope="module")
def labels(lab_plan: Plan, make_snapshot: MakeSnapshot) -> dict[str, tuple[str, ...]]:
    """Label names by the name of the sample."""
    own = OwnCollector(version="1.2.3", succeeded=True, duration_seconds=0.1)
    both: list[Collector] = [SnapshotCollector(full(make_snapshot()), lab_plan), own]
    found = {
        sample.name: tuple(sample.labels) for each in both for family in each.collect() for sample in family.samples
    }
    return found | of_polled_devices() | of_the_listener()


def of_the_listener() -> dict[str, tuple[str, ...]]:
    """Label names by the name of the sample, of a listener that counted something of everything."""
    tally = Tally()
    tally.rules["cisco_link"] += 1
    tally.buffers["snmp"] = 4096
    families = ListenerFamilies(tally).collect()
    return {sample.name: tuple(sample.labels) for family in families for sample in family.samples}


def of_polled_devices() -> dict[str, tuple[str, ...]]:
    """Label names by the name of the sample, of one device with something of everything and of the parts' own."""
    exposition = SampleExposition(Source(switch()))
    own = exposition.render_own(lambda: engine_families(Traffic()))
    text = ((exposition.render("0") or b"") + own).decode()
    given = {
        sample.name: tuple(sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.startswith("process_")
    }
    declared = {family.name: family.labels for family in FAMILIES}
    assert {name: sorted(names) for name, names in declared.items()} == {name: sorted(given[name]) for name in declared}
    return given | declared


def test_every_metric_is_in_the_documentation_with_its_labels(labels: dict[str, tuple[str, ...]]) -> None:
    text = Path("docs/metrics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(baophu_\w+)` \| ([\w, ]*)\|", text, flags=re.MULTILINE)
    assert {name: tuple(names.replace(",", " ").split()) for name, names in rows} == labels
    assert len(rows) == len(labels)


@pytest.mark.parametrize(
    "family",
    [
        function
        for module in (coverage, availability, outages, readings, cycles, units, collector, sample_own, listener_own)
        for function in families_of(module)
    ],
    ids=lambda function: str(function.__name__),
)
def test_a_docstring_shows_what_comes_out(family: Callable[..., Metric], labels: dict[str, tuple[str, ...]]) -> None:
    example = (inspect.getdoc(family) or "").splitlines()[-1]
    ((sample,),) = [shown.samples for shown in text_string_to_metric_families(example + "\n")]
    assert tuple(sample.labels) == labels[sample.name]


def test_no_label_is_called_type(labels: dict[str, tuple[str, ...]]) -> None:
    assert [name for name, names in labels.items() if "type" in names] == []
