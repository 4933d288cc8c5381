"""The store on a full and on a read-only disk: a clear error, nothing half-written, and everything works again after.

Each test runs in mount namespaces of its own, as root or as anyone who may have user namespaces.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PREPARE = """
import shutil, subprocess, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from ledger.errors import StoreError
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.sink import LedgerSink
from ledger.store import collect_lock, open_store

disk = Path(sys.argv[1])
url = f"sqlite:///{disk / 'ledger.db'}"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEEN = Observation(asset="pc", check=Check.PING, ok=True, at=NOON, source="server", value="x" * 200)
AGES = MaxAges.default()

def mount(*words):
    subprocess.run(["mount", *words], check=True)

def refusal(action):
    try:
        action()
    except StoreError as error:
        return str(error)
    raise SystemExit("nothing was refused")

mount("-t", "tmpfs", "-o", "size=1m", "ledger", str(disk))
with open_store(url) as store:
    store.record([SEEN], max_ages=AGES)
"""

FULL = """
many = [replace(SEEN, asset=f"pc{n}") for n in range(20000)]
with open_store(url) as store:
    sink = LedgerSink(store, AGES, lambda: NOON)
    message = refusal(lambda: sink.accept(many[:9000]))
    assert "full disk" in message and "ledger.db" in message, message
    kept = len(store.states()), store.version()
    assert kept == (1, 1), kept
    mount("-o", "remount,size=64m", str(disk))
    sink.accept(many[:9000])
    assert len(store.states()) == 9001
"""

FULL_FROM_THE_START = """
for path in disk.iterdir():
    path.unlink()
(disk / "filler").write_bytes(bytes(1024 * 1024 - 8192))
message = refusal(lambda: open_store(url))
assert "full disk" in message or "could not be read or written" in message, message
(disk / "filler").unlink()
with open_store(url) as store:
    assert store.states() == ()
"""

READ_ONLY = """
mount("-o", "remount,ro", str(disk))
message = refusal(lambda: open_store(url))
assert "read-only" in message or "cannot be opened" in message, message
message = refusal(lambda: collect_lock(url).__enter__())
assert "ead-only" in message, message
mount("-o", "remount,rw", str(disk))
with open_store(url) as store:
    assert len(store.states()) == 1
"""

READ_ONLY_WHILE_OPEN = """
with open_store(url) as store:
    assert len(store.states()) == 1
    store.close()  # as after a while without a connection
    mount("-o", "remount,ro", str(disk))
    message = refusal(lambda: store.record([replace(SEEN, asset="late")], max_ages=AGES))
    assert "read-only" in message or "cannot be opened" in message, message
    mount("-o", "remount,rw", str(disk))
    assert len(store.states()) == 1
    store.record([replace(SEEN, asset="late")], max_ages=AGES)
    assert len(store.states()) == 2
"""


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(FULL, id="full"),
        pytest.param(FULL_FROM_THE_START, id="full from the start"),
        pytest.param(READ_ONLY, id="read-only"),
        pytest.param(READ_ONLY_WHILE_OPEN, id="read-only while open"),
    ],
)
def test_a_disk_that_takes_nothing_is_a_clear_error_and_nothing_is_half_written(tmp_path: Path, script: str) -> None:
    namespaces = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-root-user"]
    command = [*namespaces, sys.executable, "-c", PREPARE + script, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
