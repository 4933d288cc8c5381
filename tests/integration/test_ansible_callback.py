"""The callback plugin under a real ansible-playbook: outcomes, diffs and progress, and no secret."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ledger.observation import Outcome
from ledger.store import open_store

SECRET = "correct-horse-battery-staple"
PLAYBOOK = """
- name: Everybody
  hosts: all
  gather_facts: false
  tasks:
    - name: Write a file
      ansible.builtin.copy: {dest: "DIR/{{ inventory_hostname }}", content: "seen\\n", mode: "0600"}
    - name: Write a secret
      ansible.builtin.copy: {dest: "DIR/{{ inventory_hostname }}.key", content: "SECRET", mode: "0600"}
      no_log: true
      diff: false
    - name: Break
      ansible.builtin.fail: {msg: "no such VLAN"}
      when: inventory_hostname == 'broken'
    - name: Stumble
      ansible.builtin.fail: {msg: "never mind"}
      ignore_errors: true
    - name: Wait
      ansible.builtin.command: sleep 60
      when: lookup('ansible.builtin.env', 'SLOW') == 'yes'
"""


def start(folder: Path, *options: str, name: str = "try", **environment: str) -> "subprocess.Popen[bytes]":
    playbook = folder / f"{name}.yml"
    playbook.write_text(PLAYBOOK.replace("DIR", str(folder)).replace("SECRET", SECRET), encoding="utf-8")
    chosen = {
        "ANSIBLE_INVENTORY_ENABLED": "host_list",
        "BAOPHU_STORE": f"sqlite:///{folder}/ledger.db",
        "BAOPHU_PROGRESS": str(folder / "progress"),
        **environment,
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "sound,broken,", "-c", "local"]
    python = ["-e", f"ansible_python_interpreter={sys.executable}"]
    return subprocess.Popen(
        [*command, *python, *options, str(playbook)],
        env={**os.environ, **chosen},
        stdin=subprocess.DEVNULL,  # of its own: what another test started may have made the worker's non-blocking
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def test_each_hosts_outcome_and_diff_are_in_the_ledger(tmp_path: Path) -> None:
    process = start(tmp_path)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 2, said.decode()
    with open_store(f"sqlite:///{tmp_path}/ledger.db") as store:
        last = {asset: provisioning.last for asset, provisioning in store.runs().items()}
    assert {asset: (run.outcome, run.changed, run.message) for asset, run in last.items()} == {
        "sound": (Outcome.OK, 2, None),
        "broken": (Outcome.FAILED, 2, "Break: no such VLAN"),
    }
    assert "+seen" in (last["sound"].diff or "")
    events = [json.loads(line) for line in (tmp_path / "progress").read_text(encoding="utf-8").splitlines()]
    assert {(event["host"], event["outcome"]) for event in events if event["outcome"]} == {
        ("sound", "ok"),
        ("broken", "failed"),
    }
    left = [tmp_path / name for name in ("ledger.db", "progress")]
    assert [path.name for path in left if SECRET.encode() in path.read_bytes()] == []


def test_a_dry_run_provisions_nothing(tmp_path: Path) -> None:
    process = start(tmp_path, "--check", "--diff")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 2, said.decode()
    with open_store(f"sqlite:///{tmp_path}/ledger.db") as store:
        assert store.runs() == {}
    assert not (tmp_path / "sound").exists()


def test_what_only_looks_provisions_nothing(tmp_path: Path) -> None:
    process = start(tmp_path, name="verify")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 2, said.decode()
    assert not (tmp_path / "ledger.db").exists()


def test_an_interrupted_run_leaves_what_is_certain(tmp_path: Path) -> None:
    process = start(tmp_path, SLOW="yes")
    deadline = time.monotonic() + 60
    progress = tmp_path / "progress"
    while time.monotonic() < deadline and not (progress.exists() and '"Wait"' in progress.read_text(encoding="utf-8")):
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    with open_store(f"sqlite:///{tmp_path}/ledger.db") as store:
        assert {asset: provisioning.last.outcome for asset, provisioning in store.runs().items()} == {
            "broken": Outcome.FAILED
        }
