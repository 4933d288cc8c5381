"""Debian's Alertmanager with our configuration: one mail an outage, in Vietnamese, through a relay with STARTTLS."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from certificates import Authority
from postbox import Postbox, free_address, postbox, text_of

from baophu.monitoring import QUICK, MonitoringError, Pace, Post, Seat, running_alertmanager, write_alertmanager

RELAY = "relay.lamdong.test"
UNIT, ROOT = "Phường Phan Thiết", "68-22945-LK-001"
PACE = replace(QUICK, group_wait="1s", group_interval="2s")
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Office:
    """An Alertmanager at work, and the postbox that its mail ends in."""

    url: str
    box: Postbox

    def tell(self, alertname: str, *, resolved: bool = False, **labels: str) -> None:
        """What Prometheus would send of one alert."""
        now = datetime.now(UTC)
        annotations = {
            "summary": f"{UNIT} mất kết nối TSLCD, gốc sự cố {ROOT}",
            "description": "Phần tử gần trung tâm nhất không trả lời.",
            "units": UNIT,
            "behind": "1 bộ định tuyến, 2 máy trạm",
            "since": "22/11/2026 18:59",
            "runbook_url": f"docs/runbooks.md#{alertname.lower()}",
        }
        alert = {
            "labels": {"alertname": alertname, "severity": "critical", **labels},
            "annotations": annotations,
            "startsAt": now.isoformat(),
            "endsAt": (now if resolved else now + HOUR).isoformat(),
        }
        httpx.post(f"{self.url}/api/v2/alerts", json=[alert]).raise_for_status()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def post_to(address: str, ca_file: Path) -> Post:
    return Post(
        relay=address,
        server_name=RELAY,
        ca_file=ca_file,
        sender="baophu@lamdong.test",
        recipients=("truc@lamdong.test", "noc@lamdong.test"),
    )


@contextmanager
def office(folder: Path, authority: Authority, *, trusted: Path | None = None) -> Iterator[Office]:
    """Alertmanager and its relay; `trusted`: the CA that it believes, in place of the relay's own."""
    address = free_address()
    with postbox(authority.server(RELAY)) as box:
        post = post_to(box.address, trusted or authority.file)
        with running_alertmanager(Seat(folder=folder, pace=PACE), address, post):
            yield Office(f"http://{address}", box)


@pytest.mark.parametrize("pace", [Pace(), QUICK], ids=["production", "quick"])
def test_amtool_has_nothing_to_say(pace: Pace, tmp_path: Path, authority: Authority) -> None:
    path = write_alertmanager(tmp_path, pace, post_to("relay.lamdong.test:25", authority.file))
    checked = subprocess.run(["amtool", "check-config", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 templates" in checked.stdout


def test_what_the_settings_say_cannot_leave_its_quotes(tmp_path: Path, authority: Authority) -> None:
    post = replace(post_to("relay:25", authority.file), sender='a"\nb: {{ x }} @c', recipients=("d'e", "f"))
    path = write_alertmanager(tmp_path, QUICK, post)
    checked = subprocess.run(["amtool", "check-config", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_one_outage_is_one_mail_and_its_end_another(tmp_path: Path, authority: Authority) -> None:
    with office(tmp_path, authority) as noc:
        noc.tell("LinkDown", root=ROOT, asset=ROOT)
        noc.tell("UnitOffNetwork", root=ROOT, unit="68-22945")
        (mail,) = noc.box.wait_for(1)
        subject = str(mail["Subject"])
        assert subject.startswith("[Bao Phủ] Khẩn cấp: ")
        assert UNIT in subject
        assert ROOT in subject
        assert {str(mail[name]) for name in ("To", "From", "Content-Language", "Auto-Submitted")} == {
            "truc@lamdong.test, noc@lamdong.test",
            "baophu@lamdong.test",
            "vi",
            "auto-generated",
        }
        for kind in ("plain", "html"):
            text = text_of(mail, kind)
            wanted = (UNIT, ROOT, "22/11/2026 18:59", "1 bộ định tuyến, 2 máy trạm", "docs/runbooks.md#unitoffnetwork")
            assert [word for word in wanted if word not in text] == []
        assert "Khắc phục" not in text_of(mail, "plain")
        noc.tell("LinkDown", resolved=True, root=ROOT, asset=ROOT)
        noc.tell("UnitOffNetwork", resolved=True, root=ROOT, unit="68-22945")
        end = noc.box.wait_for(2)[1]
        assert str(end["Subject"]).startswith("[Bao Phủ] Đã khắc phục: ")
        local = datetime.now(UTC) + timedelta(hours=7)
        assert f"Khắc phục:    {local:%d/%m/%Y}" in text_of(end, "plain")


def test_a_silent_collector_holds_back_what_it_cannot_see_and_that_it_ended(
    tmp_path: Path, authority: Authority
) -> None:
    with office(tmp_path, authority) as noc:
        noc.tell("UnitOffNetwork", root=ROOT)
        noc.box.wait_for(1)
        noc.tell("CollectorSilent", collector="snmp")
        noc.box.wait_for(2)
        noc.tell("UnitOffNetwork", resolved=True, root=ROOT)
        noc.tell("DeviceSilent", root="68-22945-SW-001")
        noc.tell("CertificateExpired", asset="www.lamdong.test")  # nothing to do with the network, and sent last
        third = noc.box.wait_for(3)[2]
        assert "certificateexpired" in text_of(third, "plain")
        time.sleep(5)  # two group intervals
        assert len(noc.box.mails) == 3


def test_a_silent_exporter_holds_back_everything(tmp_path: Path, authority: Authority) -> None:
    with office(tmp_path, authority) as noc:
        noc.tell("ExporterSilent")
        noc.box.wait_for(1)
        noc.tell("CollectorSilent", collector="snmp")
        noc.tell("CertificateExpired", asset="www.lamdong.test")
        time.sleep(5)
        assert len(noc.box.mails) == 1


def test_no_mail_goes_to_a_relay_that_is_not_trusted(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    with office(tmp_path, authority, trusted=other.file) as noc:
        noc.tell("UnitOffNetwork", root=ROOT)
        deadline = time.monotonic() + 30
        while failures(noc.url) == 0 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert failures(noc.url) > 0
        assert noc.box.mails == []


def failures(url: str) -> float:
    name = 'alertmanager_notification_requests_failed_total{integration="email"}'
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


def test_a_port_that_is_taken_is_told_with_the_log(tmp_path: Path, authority: Authority) -> None:
    with postbox(authority.server(RELAY)) as box:
        post = post_to(box.address, authority.file)
        with pytest.raises(MonitoringError) as raised, running_alertmanager(Seat(folder=tmp_path), box.address, post):
            pass
        assert "alertmanager.log" in str(raised.value)
