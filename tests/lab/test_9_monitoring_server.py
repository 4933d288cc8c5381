"""The province's server as collectors, API, Prometheus and Alertmanager: from a bundle, upgraded, shut in."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
import yaml
from province import PLAN, Province

HOST = "68-TTDL-SV-001"
READER, ADDRESS = "68-22945-PC-001", "vanthu@phanthiet.lamdong.gov.vn"
UNITS = [
    "baophu-collect.service",
    "baophu-listen.service",
    "baophu-serve.service",
    "prometheus-alertmanager.service",
    "prometheus.service",
]
API, PROMETHEUS, ALERTMANAGER = "http://127.0.0.1:8470", "http://127.0.0.1:9090", "http://127.0.0.1:9093"
COVERAGE = "/usr/local/bin/baophu coverage --json"
SUMMARY = "Thử thư từ máy chủ giám sát"
SUBJECT = f"[Bao Phủ] Cảnh báo: {SUMMARY}"
PATIENCE_SECONDS = 90.0
#: Runs a command as the API's process would: in its view of the file system, as its user, without capabilities.
AS_THE_API = (
    "nsenter --mount --target=$(systemctl show -P MainPID baophu-serve) -- "
    "setpriv --reuid=baophu --regid=baophu --clear-groups --bounding-set=-all --inh-caps=-all --"
)


@dataclass(frozen=True)
class Installed:
    """The server, and what installing on it came to; a recap is `dict[outcome, count]`."""

    province: Province
    bundle: Path
    dry_before: dict[str, int]
    left_by_dry_run: str
    second: dict[str, int]
    dry_after: dict[str, int]

    def on(self, command: str) -> str:
        """What a command prints on the server."""
        return self.province.on(HOST, command).stdout

    def asked(self, url: str) -> Any:
        """What the server answers itself."""
        return json.loads(self.on(f"curl -sSfg '{url}'"))

    def query(self, expression: str) -> list[dict[str, Any]]:
        """What its Prometheus says."""
        command = f"curl -sSf --data-urlencode 'query={expression}' {PROMETHEUS}/api/v1/query"
        result: list[dict[str, Any]] = json.loads(self.on(command))["data"]["result"]
        return result

    def provision(self, *options: str) -> dict[str, int]:
        """Run the role."""
        return self.province.provision("monitoring_server", *options)[HOST]


def until(holds: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(1)
    return True


@pytest.fixture(scope="module")
def installed(province: Province, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("monitoring-server")
    built = subprocess.run(
        [sys.executable, "setup/bundle.py", str(folder)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    bundle = Path(built.stdout.strip())
    plan = folder / "plan"
    shutil.copytree(PLAN, plan)
    variables = {"monitoring_server_bundle": str(bundle), "monitoring_server_mail_to": ADDRESS}
    (plan / "group_vars/province_server.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
    mine = replace(province, plan=plan)
    dry_before = mine.provision("monitoring_server", "--check")[HOST]
    left = mine.on(HOST, "ls -d /opt/baophu /etc/baophu /var/lib/baophu; getent passwd baophu", check=False).stdout
    try:
        mine.provision("monitoring_server")
        mine.on(
            HOST,
            f"amtool alert add alertname=Trial root=trial severity=warning --annotation='summary={SUMMARY}' "
            f"--annotation=runbook_url=docs/runbooks.md --alertmanager.url={ALERTMANAGER}",
        )
        second, dry_after = (
            mine.provision("monitoring_server")[HOST],
            mine.provision("monitoring_server", "--check")[HOST],
        )
        yield Installed(mine, bundle, dry_before, left, second, dry_after)
    finally:
        mine.on(HOST, f"systemctl disable --quiet --now baophu.target {' '.join(UNITS)}", check=False)


def test_a_dry_run_leaves_nothing_and_a_second_run_has_nothing_to_do(installed: Installed) -> None:
    assert installed.dry_before["changed"] > 0
    assert installed.left_by_dry_run == ""
    assert (installed.second["changed"], installed.dry_after["changed"]) == (0, 0)


def test_all_units_run_and_come_back_and_nobody_outside_reaches_them(installed: Installed) -> None:
    assert installed.on(f"systemctl is-active baophu.target {' '.join(UNITS)}").split() == ["active"] * 6
    assert installed.on(f"systemctl is-enabled baophu.target {' '.join(UNITS)}").split() == ["enabled"] * 6
    ports = " or ".join(f"sport = {port}" for port in (8470, 8474, 8475, 9090, 9093, 9094))
    listening = installed.on(f"ss -Hltn '{ports}' | awk '{{print $4}}'")
    assert sorted(listening.split()) == [f"127.0.0.1:{port}" for port in (8470, 8474, 8475, 9090, 9093)]
    heard = installed.on("ss -Hlun 'sport = 162 or sport = 514' | awk '{print $4}'")
    assert sorted(heard.split()) == ["0.0.0.0:162", "0.0.0.0:514"]


def test_what_it_collected_is_what_command_line_and_api_say(installed: Installed) -> None:
    assert until(lambda: [f for f in json.loads(installed.on(COVERAGE)) if f["indicator"] == "TD06" and f["numerator"]])
    installed.on("systemctl stop baophu-collect")
    try:
        told, answered = json.loads(installed.on(COVERAGE)), installed.asked(f"{API}/api/v1/coverage?limit=1000")
    finally:
        installed.on("systemctl start baophu-collect")
    assert answered["next"] is None
    figures = [
        {(f["indicator"], f["unit"], f["evidence"]): {k: v for k, v in f.items() if k != "as_of"} for f in found}
        for found in (told, answered["items"])
    ]
    assert figures[0] == figures[1]
    assert figures[0]["AV01", "68", "measured"]["numerator"] == 3


def test_prometheus_has_our_targets_and_rules_and_tells_alertmanager(installed: Installed) -> None:
    def targets() -> set[tuple[str, str | None, str, str]]:
        found = installed.asked(f"{PROMETHEUS}/api/v1/targets")["data"]["activeTargets"]
        return {(t["labels"]["job"], t["labels"].get("part"), t["labels"]["province"], t["health"]) for t in found}

    devices = "baophu-devices"
    wanted: set[tuple[str, str | None, str, str]] = {
        ("baophu", None, "68", "up"),
        ("baophu-listener", None, "68", "up"),
        (devices, None, "68", "up"),
        (devices, "0", "68", "up"),
    }
    assert until(lambda: targets() == wanted), targets()
    assert {sample["metric"]["device"] for sample in installed.query("baophu_snmp_up == 1")} >= {HOST, "68-POP-RT-001"}
    groups = installed.asked(f"{PROMETHEUS}/api/v1/rules")["data"]["groups"]
    loaded = {rule["name"] for group in groups for rule in group["rules"]}
    shipped = {
        rule.get("alert") or rule["record"]
        for file in Path("exporter/rules").glob("*.yml")
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    }
    assert loaded == shipped
    assert [rule["lastError"] for group in groups for rule in group["rules"] if rule.get("lastError")] == []
    told = installed.asked(f"{PROMETHEUS}/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    assert [entry["url"] for entry in told] == [f"{ALERTMANAGER}/api/v2/alerts"]
    assert installed.on(f"curl -sSf {ALERTMANAGER}/-/ready").strip() == "OK"


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_as_hardened_as_the_readme_says(installed: Installed, unit: str) -> None:
    readme = Path("roles/monitoring_server/README.md").read_text(encoding="utf-8")
    stated = re.search(rf"^\| `{re.escape(unit)}` \|[^|]+\| ([0-9.]+) \|", readme, flags=re.MULTILINE)
    assert stated is not None
    threshold = round(float(stated[1]) * 10)
    command = f"systemd-analyze security --no-pager --threshold={threshold} {unit}"
    done = installed.province.on(HOST, command, check=False)
    measured = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert measured is not None
    assert float(measured[1]) <= float(stated[1])


def test_the_api_reads_no_secret_and_writes_nowhere_but_its_ledger(installed: Installed) -> None:
    secrets = installed.on("find /etc/baophu/credentials -type f -printf '%U %m %f\\n'").split("\n")[:-1]
    assert len(secrets) >= 6
    assert {line.rpartition(" ")[0] for line in secrets} == {"0 600"}
    collector = "/proc/$(systemctl show -P MainPID baophu-collect)"
    copy = "/run/credentials/baophu-collect.service/credentials.yml"
    readable = installed.on(f"test -s {copy} && stat -c '%U %a' {copy}; {AS_THE_API} id -un")
    assert readable.split("\n")[:2] == ["baophu 400", "baophu"], "the collectors have theirs"
    for path in ("/etc/baophu/credentials/snmp_auth_key_file", copy, f"{collector}/root{copy}", "/etc/shadow"):
        assert installed.on(f"{AS_THE_API} cat {path} 2>/dev/null || echo refused") == "refused\n", path
    assert installed.on(f"{AS_THE_API} cat /etc/baophu/plan/units.csv | head -c 4") == "unit"
    for path in ("/etc/x", "/opt/baophu/x", "/etc/baophu/plan/x", "/var/lib/prometheus/x", "/root/x", "/home/x"):
        assert installed.on(f"{AS_THE_API} touch {path} 2>/dev/null || echo refused") == "refused\n", path
    assert installed.on(f"{AS_THE_API} touch /var/lib/baophu/x && rm /var/lib/baophu/x && echo done") == "done\n"


def test_prometheus_killed_comes_back_and_nothing_of_ours_is_lost(installed: Installed) -> None:
    assert until(lambda: installed.query("count_over_time(up[1h]) >= 2"))
    before = int(installed.query("count_over_time(up[1h])")[0]["value"][1])
    ledger = json.loads(installed.on(COVERAGE))
    units = "systemctl show -P MainPID,NRestarts baophu-collect baophu-serve"
    ours = installed.on(units)
    installed.on("systemctl kill --signal=KILL prometheus")
    assert until(lambda: installed.province.on(HOST, f"curl -sSf {PROMETHEUS}/-/ready", check=False).returncode == 0)
    assert until(lambda: installed.query("count_over_time(up[1h])"))
    assert int(installed.query("count_over_time(up[1h])")[0]["value"][1]) >= before
    assert installed.on(units) == ours
    after = json.loads(installed.on(COVERAGE))
    assert [(f["indicator"], f["unit"], f["denominator"]) for f in after] == [
        (f["indicator"], f["unit"], f["denominator"]) for f in ledger
    ]
    assert all(now["numerator"] >= then["numerator"] for then, now in zip(ledger, after, strict=True))


def test_an_alert_is_mailed_through_the_relay(installed: Installed) -> None:
    province = installed.province

    def came() -> bool:
        province.on(READER, "systemctl start baophu-mail.service")
        found = province.on(READER, "grep -rh -A2 '^Subject: ' /home/canbo/Mail", check=False).stdout
        unfolded = re.sub(r"\n[ \t]+", " ", found)
        subjects = re.findall(r"^Subject: (.*)$", unfolded, flags=re.MULTILINE)
        return SUBJECT in {str(make_header(decode_header(subject))) for subject in subjects}

    assert until(came)


def test_an_upgrade_keeps_the_release_before_and_its_ledger_and_there_is_a_way_back(installed: Installed) -> None:
    before = installed.on("readlink /opt/baophu/current").strip()
    with tarfile.open(installed.bundle, "a") as tar:
        tar.add("LICENSE", "LICENSE")
    installed.on("touch /etc/baophu/plan/gone.csv")
    recap = installed.provision()
    assert (recap["failed"], recap["changed"] > 0) == (0, True)
    after = installed.on("readlink /opt/baophu/current").strip()
    assert after != before
    assert after.rpartition("-")[0] == before.rpartition("-")[0], "another content of the same version"
    assert installed.on("ls -1 /opt/baophu/releases").split() == sorted(Path(link).name for link in (before, after))
    assert installed.on("ls /etc/baophu/plan/gone.csv 2>/dev/null || echo gone") == "gone\n"
    kept = f"/var/lib/baophu/before-{Path(after).name}.db"
    tables = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone()[0])"
    assert installed.on(f'runuser -u baophu -- python3 -c "{tables}" {kept}') == "ok\n"
    command = installed.on("tr '\\0' ' ' < /proc/$(systemctl show -P MainPID baophu-serve)/cmdline")
    assert Path(after).name in command
    way_back = f"ln -sfn {before} /opt/baophu/current.back && mv -T /opt/baophu/current.back /opt/baophu/current"
    installed.on(
        f"{way_back} && systemctl restart baophu.target && systemctl reload prometheus prometheus-alertmanager"
    )
    assert installed.on(f"systemctl is-active {' '.join(UNITS)}").split() == ["active"] * 5
    assert installed.asked(f"{API}/api/v1/coverage")["items"]


def test_without_a_bundle_it_says_how_to_make_one(installed: Installed) -> None:
    installed.bundle.rename(installed.bundle.with_suffix(".away"))
    try:
        recap = installed.province.provision("monitoring_server", check=False)[HOST]
    finally:
        installed.bundle.with_suffix(".away").rename(installed.bundle)
    assert (recap["failed"], recap["changed"]) == (1, 0)
    log = installed.province.store.with_name("ansible-monitoring_server.log").read_text(encoding="utf-8")
    assert "build it on Debian 12 with `make bundle`" in log
