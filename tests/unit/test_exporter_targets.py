"""Devices are split into targets of bounded size, stay where they are, and `/sd` names every target."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polled import ClientFamilies, Polled, Source, switch
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families

from exporter.sample_asgi import build_sample_exporter
from exporter.targets import DEVICE_FAMILIES, MOST_SERIES, ROW_FAMILIES, Parts, series_of

Ask = Callable[..., httpx.Response]
#: What a test's part may hold: two devices of two ports and one without.
ROOM = 2 * (2 * ROW_FAMILIES + DEVICE_FAMILIES) + DEVICE_FAMILIES


def device(name: str, ports: int = 2) -> Polled:
    return Polled(device=name, interfaces=tuple(map(str, range(ports))))


def assigned(parts: Parts, *devices: Polled) -> dict[str, list[str]]:
    return {
        number: [samples.device for samples in part.devices] for number, part in parts.assign(devices).parts.items()
    }


def test_a_part_is_filled_in_register_order_before_the_next_one() -> None:
    assert assigned(Parts(ROOM), *map(device, "abcde")) == {"0": ["a", "b"], "1": ["c", "d"], "2": ["e"]}


def test_a_smaller_device_goes_to_the_first_part_with_room() -> None:
    assert assigned(Parts(ROOM), *map(device, "abc"), device("d", ports=0)) == {"0": ["a", "b", "d"], "1": ["c"]}


def test_exactly_full_is_not_too_full() -> None:
    series = series_of(device("a"))
    assert assigned(Parts(2 * series), *map(device, "ab")) == {"0": ["a", "b"]}
    assert assigned(Parts(2 * series - 1), *map(device, "ab")) == {"0": ["a"], "1": ["b"]}


def test_devices_stay_when_others_come_go_and_are_reordered() -> None:
    parts = Parts(ROOM)
    assigned(parts, *map(device, "abcde"))
    assert assigned(parts, *map(device, "edcb")) == {"0": ["b"], "1": ["d", "c"], "2": ["e"]}
    assert assigned(parts, *map(device, "fedcb")) == {"0": ["f", "b"], "1": ["d", "c"], "2": ["e"]}


def test_a_part_without_devices_is_left_out_and_filled_again() -> None:
    parts = Parts(ROOM)
    assigned(parts, *map(device, "abcde"))
    assert assigned(parts, *map(device, "abe")) == {"0": ["a", "b"], "2": ["e"]}
    assert assigned(parts, *map(device, "abegh")) == {"0": ["a", "b"], "1": ["g", "h"], "2": ["e"]}
    assert parts.assign([]).parts == {}


def test_what_is_gone_is_said_once() -> None:
    parts = Parts(ROOM)
    parts.assign([device("a"), device("b")])
    assert parts.assign([device("b")]).gone == {"a"}
    assert parts.assign([device("b")]).gone == frozenset()


def test_a_device_that_grew_stays_while_it_fits() -> None:
    parts = Parts(ROOM)
    assigned(parts, device("a"), device("b", ports=1), *map(device, "cd"))
    grown = [device("a"), device("b", ports=2), *map(device, "cd")]
    assert assigned(parts, *grown) == {"0": ["a", "b"], "1": ["c", "d"]}
    grown[1] = device("b", ports=3)
    assert assigned(parts, *grown) == {"0": ["a"], "1": ["c", "d"], "2": ["b"]}


def test_the_room_of_a_device_that_lost_its_rows_stays_its_own() -> None:
    parts = Parts(ROOM)
    assigned(parts, *map(device, "ab"))
    assert assigned(parts, device("a", ports=0), *map(device, "bc")) == {"0": ["a", "b"], "1": ["c"]}
    assert assigned(parts, *map(device, "abc")) == {"0": ["a", "b"], "1": ["c"]}


def test_a_device_that_alone_is_too_large_has_a_part_to_itself() -> None:
    parts = Parts(ROOM)
    large = device("large", ports=9)
    assert series_of(large) > ROOM
    split = assigned(parts, device("a"), large, device("b"), device("c", ports=0))
    assert split == {"0": ["a", "b", "c"], "1": ["large"]}


def test_the_series_set_aside_are_those_of_a_device_with_everything() -> None:
    samples = switch(ports=2)
    text = generate_latest(ClientFamilies([samples])).decode()
    assert sum(not line.startswith("#") for line in text.splitlines()) == series_of(samples)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 9)), min_size=1, max_size=6))
def test_no_part_is_ever_too_full_and_only_who_grew_may_move(rounds: list[dict[str, int]]) -> None:
    parts = Parts(ROOM)
    before: dict[str, str] = {}
    most: dict[str, int] = {}
    for ports in rounds:
        assignment = parts.assign([device(name, number) for name, number in ports.items()])
        now = {samples.device: number for number, part in assignment.parts.items() for samples in part.devices}
        assert now.keys() == ports.keys()
        assert assignment.gone == before.keys() - now.keys()
        for part in assignment.parts.values():
            assert sum(map(series_of, part.devices)) <= part.series
            assert part.series <= ROOM or len(part.devices) == 1
        assert [
            name for name in now if name in before and now[name] != before[name] and ports[name] <= most[name]
        ] == []
        before, most = now, {name: max(number, most.get(name, 0)) for name, number in ports.items()}


def test_a_target_has_at_most_100_000_series_by_default() -> None:
    assert MOST_SERIES == 100_000
    large = Parts().assign([device(f"d{number}", ports=500) for number in range(40)]).parts
    assert all(part.series <= MOST_SERIES for part in large.values())
    assert len(large) == 3


def own_families() -> Sequence[GaugeMetricFamily]:
    return [GaugeMetricFamily("baophu_polls", "A family that the collectors gave.", value=3)]


@pytest.fixture
def source() -> Source:
    return Source(*(switch(name) for name in "abc"))


def test_discovery_lists_the_process_and_one_target_a_part(ask: Ask, source: Source) -> None:
    app = build_sample_exporter(source, provinces=["68"], most_series=ROOM)
    common = {"__scheme__": "http", "__metrics_path__": "/metrics", "__meta_baophu_province": "68"}
    assert ask(app, "/sd").json() == [
        {"targets": ["127.0.0.1:8470"], "labels": {**common, **part}}
        for part in (
            {},
            {"__param_part": "0", "__meta_baophu_part": "0"},
            {"__param_part": "1", "__meta_baophu_part": "1"},
        )
    ]


def test_each_part_gives_its_devices_and_all_parts_all_of_them(ask: Ask, source: Source) -> None:
    app = build_sample_exporter(source, most_series=ROOM)
    first, second = (ask(app, f"/metrics?part={part}") for part in "01")
    assert first.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert first.content == generate_latest(ClientFamilies(source.devices()[:2]))
    assert second.content == generate_latest(ClientFamilies(source.devices()[2:]))


@pytest.mark.parametrize("part", ["2", "00", "-1", "", "x", "²", "0%0A", "9" * 5000])
def test_an_unknown_part_is_not_found_and_says_where_the_parts_are(part: str, ask: Ask, source: Source) -> None:
    answer = ask(build_sample_exporter(source, most_series=ROOM), f"/metrics?part={part}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.endswith(" has no devices; /sd lists the parts\n")


def test_without_a_part_the_process_speaks_of_itself(ask: Ask, source: Source) -> None:
    app = build_sample_exporter(source, own_families, most_series=ROOM)
    ask(app, "/metrics?part=0")
    text = ask(app, "/metrics").text
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["baophu_polls",] == 3
    assert (found["baophu_part_devices", "0"], found["baophu_part_devices", "1"]) == (2, 1)
    assert found["baophu_part_series", "0"] == 2 * series_of(switch())
    assert found["baophu_blocks_rendered_total",] == 2 * (ROW_FAMILIES + DEVICE_FAMILIES)
    assert found["process_cpu_seconds_total",] > 0
    assert not any(name.startswith(("baophu_snmp", "baophu_interface")) for name, *_ in found)


def test_a_device_that_is_gone_leaves_no_blocks(ask: Ask, source: Source) -> None:
    app = build_sample_exporter(source)
    ask(app, "/metrics?part=0")
    source.now = ()
    assert ask(app, "/metrics?part=0").status_code == 404
    assert "baophu_blocks_memory_bytes 0.0\n" in ask(app, "/metrics").text


def test_a_new_poll_is_in_the_next_scrape(ask: Ask, source: Source) -> None:
    app = build_sample_exporter(source)
    ask(app, "/metrics?part=0")
    before, *others = source.now
    source.now = (replace(before, scalars={"up": 0.0}), *others)
    text = ask(app, "/metrics?part=0").text
    assert 'baophu_snmp_up{device="a",unit="68-22945"} 0.0\n' in text
