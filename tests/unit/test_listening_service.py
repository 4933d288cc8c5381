"""What the listener is made of: where it meets the collectors, its engine's id, and what it shows Prometheus."""

import asyncio
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from baophu.listening_service import Ears, own_engine_id, run_listening
from baophu.settings import Settings
from collectors.listening.tally import Reason, Tally
from exporter.listener_asgi import build_listener_exporter
from ledger.errors import ConfigurationError
from ledger.plan import Plan


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"store": "/var/lib/baophu/ledger.db"}, Path("/var/lib/baophu/ledger.db.triggers")),
        ({"store": "ledger.db"}, Path("ledger.db.triggers").absolute()),
        ({"store": "sqlite:////var/lib/baophu/ledger.db"}, Path("/var/lib/baophu/ledger.db.triggers")),
        ({"store": "postgresql://127.0.0.1/ledger"}, None),
        ({"store": "postgresql://127.0.0.1/ledger", "trigger_socket": "/run/baophu/x"}, Path("/run/baophu/x")),
        ({"store": "ledger.db", "trigger_socket": "x"}, Path("x").absolute()),
    ],
)
def test_listener_and_collectors_meet_beside_the_ledger(given: dict[str, str], expected: Path | None) -> None:
    assert Settings.model_validate(given).trigger_path() == expected


def test_without_a_place_to_meet_it_does_not_start_and_shows_no_password(lab_plan: Plan) -> None:
    settings = Settings(store="postgresql://baophu:s3cret@127.0.0.1/ledger")
    ears = Ears(host="127.0.0.1", trap_port=0, syslog_port=0, metrics_port=0)
    with pytest.raises(ConfigurationError) as caught:
        run_listening(settings, lab_plan, Path("nowhere"), ears)
    assert "BAOPHU_TRIGGER_SOCKET" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_an_engine_id_is_the_machines_and_stays(tmp_path: Path) -> None:
    machine = tmp_path / "machine-id"
    machine.write_text("0123\n", encoding="ascii")
    first = own_engine_id(machine)
    assert first == own_engine_id(machine)
    assert (first[:5].hex(), len(first)) == ("80001f8805", 21)
    machine.write_text("4567\n", encoding="ascii")
    assert own_engine_id(machine) != first
    assert len(own_engine_id(tmp_path / "nowhere")) == 21


async def asked(tally: Tally, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(build_listener_exporter(tally, provinces=["68"]))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8475") as client:
        return await client.get(path)


def test_prometheus_finds_it_and_each_reason_has_a_series_from_the_start() -> None:
    tally = Tally()
    tally.ignored[Reason.AUTH_FAILED] += 2
    (group,) = asyncio.run(asked(tally, "/sd")).json()
    assert group["labels"]["__meta_baophu_province"] == "68"
    text = asyncio.run(asked(tally, "/metrics")).text
    found = {
        sample.labels["reason"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "baophu_listener_ignored_total"
    }
    assert found == {reason.value: 2.0 if reason is Reason.AUTH_FAILED else 0.0 for reason in Reason}
