"""The store on a full and on a read-only disk: a clear error, nothing half-written, and everything works again after.

Each test runs in mount namespaces of its own, as root or as anyone who may have user namespaces.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PREPARE = """
import os, subprocess, sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ledger.errors import StoreError
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.sink import LedgerSink
from ledger.store import collect_lock, open_store, open_store_to_read

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

FULL_IN_THE_MIDDLE = """
import sqlite3
def batch(number):
    return [replace(SEEN, asset=f"pc{place}", value=f"{number} {'x' * 200}") for place in range(number, number + 40)]

with open_store(url) as store:
    kept, clock = 0, [NOON]
    sink = LedgerSink(store, AGES, lambda: clock[0])
    for room in ("1m", "2m", "3m"):
        mount("-o", f"remount,size={room}", str(disk))
        while True:
            clock[0] = NOON + timedelta(minutes=kept)
            offered = [replace(item, at=clock[0]) for item in batch(kept)]
            try:
                sink.accept(offered)
            except StoreError as error:
                assert "full disk" in str(error) or "could not be read or written" in str(error), error
                break
            kept += 1
        assert store.version() == kept + 1, (store.version(), kept)
        there = sqlite3.connect(disk / "ledger.db")
        found = set(there.execute("SELECT asset, value FROM observation WHERE asset <> 'pc'"))
        assert found == {(item.asset, item.value) for number in range(kept) for item in batch(number)}
        assert there.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        there.close()
    assert kept > 3, kept
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

NEW_ON_A_FULL_DISK = """
new = disk / "new.db"
for pages in (0, 1, 2, 3, 8, 12):
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    os.truncate(disk / "filler", (disk / "filler").stat().st_size - 4096 * pages)
    refusal(lambda: open_store(f"sqlite:///{new}"))
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "ledger.db"], list(disk.iterdir())
with suppress(OSError), (disk / "filler").open("ab", buffering=0) as filler:
    while True:
        filler.write(bytes(4096))
with open_store_to_read(url) as store:
    assert len(store.states()) == 1
"""

READ_FROM_A_READ_ONLY_DISK = """
mount("-o", "remount,ro", str(disk))
with open_store_to_read(url) as store:
    assert len(store.states()) == 1
"""

READ_WHAT_A_KILLED_WRITER_LEFT = """
store = open_store(url)
store.record([replace(SEEN, asset="late")], max_ages=AGES)
log = (disk / "ledger.db-wal").read_bytes(), (disk / "ledger.db-shm").read_bytes()
assert log[0]
whole = (disk / "ledger.db").read_bytes()
store.close()
(disk / "ledger.db").write_bytes(whole)
(disk / "ledger.db-wal").write_bytes(log[0])
mount("-o", "remount,ro", str(disk))
message = refusal(lambda: open_store_to_read(url))
assert "cannot be opened" in message, message
mount("-o", "remount,rw", str(disk))
(disk / "ledger.db-shm").write_bytes(log[1])
mount("-o", "remount,ro", str(disk))
with open_store_to_read(url) as store:
    assert len(store.states()) == 2
"""

READ_AS_SOMEBODY_ELSE = """
def read_as_nobody():
    child = os.fork()
    if child == 0:
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        refused = refusal(lambda: open_store_to_read(url))
        assert "Permission denied" in refused, refused
        with open_store_to_read("sqlite:////mnt/ledger.db") as store:
            os._exit(len(store.states()))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

if os.geteuid() == 0 and Path("/proc/self/uid_map").read_text().split()[2] != "1":
    disk.parent.chmod(0o700)
    disk.chmod(0o777)
    mount("--bind", str(disk), "/mnt")
    assert read_as_nobody() == 1
    assert [path.name for path in disk.iterdir()] == ["ledger.db"]
    with open_store(url) as store:
        store.record([replace(SEEN, asset="second")], max_ages=AGES)
        assert read_as_nobody() == 2
    assert [path.name for path in disk.iterdir()] == ["ledger.db"]
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
        pytest.param(FULL_IN_THE_MIDDLE, id="full in the middle of a run, again and again"),
        pytest.param(FULL_FROM_THE_START, id="full from the start"),
        pytest.param(NEW_ON_A_FULL_DISK, id="new on a full disk"),
        pytest.param(READ_FROM_A_READ_ONLY_DISK, id="read from a read-only disk"),
        pytest.param(READ_WHAT_A_KILLED_WRITER_LEFT, id="read what a killed writer left"),
        pytest.param(READ_AS_SOMEBODY_ELSE, id="read as somebody else"),
        pytest.param(READ_ONLY, id="read-only"),
        pytest.param(READ_ONLY_WHILE_OPEN, id="read-only while open"),
    ],
)
def test_a_disk_that_takes_nothing_is_a_clear_error_and_nothing_is_half_written(tmp_path: Path, script: str) -> None:
    namespaces = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-root-user"]
    command = [*namespaces, sys.executable, "-c", PREPARE + script, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
