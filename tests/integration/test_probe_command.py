"""`baophu probe` as its user runs it, on a real agent (net-snmp)."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from snmp_real import AGENT, AUTH_KEY, HOST, PRIV_KEY, StartSnmpd

from baophu.probing import asked_with
from collectors.credentials import SnmpV1, SnmpV2c
from ledger.errors import ConfigurationError


def credentials(folder: Path, auth_key: str = AUTH_KEY) -> Path:
    keys = {"auth": auth_key, "priv": PRIV_KEY}
    for name, key in keys.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(key, encoding="utf-8")
    path = folder / "credentials.yml"
    path.touch(mode=0o600)
    content = {"snmp": {"version": 3, "user": "baophu", "auth_key_file": "auth", "priv_key_file": "priv"}}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def probe(port: int, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "baophu", "--lang", "en", "probe", str(HOST), "--port", str(port)]
    return subprocess.run(
        [*command, "--timeout", "0.5", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_device_is_told_as_data(snmpd: StartSnmpd, tmp_path: Path) -> None:
    with snmpd(AGENT):
        done = probe(snmpd.port, "--credentials", str(credentials(tmp_path)), "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert {"device", "interfaces", "neighbours", "vlans", "forwarding", "arp", "addresses", "sensors"} < set(document)
    device = document["device"]
    assert (device["address"], device["sys_name"], device["os"]) == ("127.0.0.1", "68-22945-SW-001", "Linux")
    assert device["why"]
    assert [port["name"] for port in document["interfaces"]] == [name for _, name in socket.if_nameindex()]
    assert {(each["address"], each["prefix_length"]) for each in document["addresses"]} >= {("127.0.0.1", 8)}
    assert document["packets"] > 10


def test_people_get_a_summary_and_no_key(snmpd: StartSnmpd, tmp_path: Path) -> None:
    with snmpd(AGENT):
        done = probe(snmpd.port, BAOPHU_CREDENTIALS=str(credentials(tmp_path)))
    assert done.returncode == 0, done.stderr
    assert "68-22945-SW-001 (127.0.0.1)" in done.stdout
    assert "Interfaces: " in done.stdout
    assert AUTH_KEY not in done.stdout + done.stderr
    assert PRIV_KEY not in done.stdout + done.stderr


def test_a_community_is_for_tests_and_a_silent_or_refusing_device_is_an_error(
    snmpd: StartSnmpd, tmp_path: Path
) -> None:
    with snmpd(AGENT):
        assert probe(snmpd.port, "--community", "lookhere").returncode == 0
        refused = probe(snmpd.port, "--credentials", str(credentials(tmp_path, "another-key-than-its")))
    silent = probe(snmpd.port, "--community", "lookhere")
    assert (refused.returncode, silent.returncode) == (1, 1)
    assert "auth_failed: the agent refused the SNMPv3 credentials (WrongDigest)" in refused.stderr
    assert "no_answer" in silent.stderr


@pytest.mark.parametrize(
    ("file", "community", "version", "words"),
    [
        (False, None, None, "no credentials"),
        (False, "x", "3", "SNMPv3 has no community"),
        (False, "x", "4", "is no SNMP version"),
        (True, None, "2c", "are those of SNMPv3, not of SNMPv2c"),
    ],
)
def test_credentials_that_do_not_fit_are_refused_before_anything_is_sent(
    tmp_path: Path, file: bool, community: str | None, version: str | None, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        asked_with(credentials(tmp_path) if file else None, community, version)


def test_a_community_is_sent_over_v2c_unless_v1_is_asked_for() -> None:
    assert isinstance(asked_with(None, "x", None), SnmpV2c)
    assert isinstance(asked_with(None, "x", "1"), SnmpV1)
