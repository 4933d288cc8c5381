"""One set of collectors per store: the second is refused, and told who holds the right."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.errors import StoreError
from ledger.store import collect_lock

HOLDER = """
import sys
from ledger.store import collect_lock
with collect_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_collector_is_refused_with_the_holders_pid_until_that_dies(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    command = [sys.executable, "-c", HOLDER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=f"process {holder.pid};"), collect_lock(url):
            pytest.fail("the lock was given twice")
        holder.kill()
        holder.wait()
        with collect_lock(url):
            assert (tmp_path / "ledger.db.collect.lock").read_text() == f"{os.getpid()}\n"


def test_the_right_ends_with_the_block_and_faults_inside_pass_through(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with pytest.raises(OSError, match="the collector's own"), collect_lock(url):
        raise OSError("the collector's own")
    with collect_lock(url):
        pass


def test_two_stores_have_two_locks(tmp_path: Path) -> None:
    with collect_lock(f"sqlite:///{tmp_path / 'a.db'}"), collect_lock(f"sqlite:///{tmp_path / 'b.db'}"):
        assert {path.name for path in tmp_path.iterdir()} == {"a.db.collect.lock", "b.db.collect.lock"}


def test_two_names_of_one_store_have_one_lock(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()
    (tmp_path / "link.db").symlink_to("ledger.db")
    held, asked = (f"sqlite:///{tmp_path / name}" for name in ("ledger.db", "link.db"))
    with collect_lock(held), pytest.raises(StoreError, match="already collected for"), collect_lock(asked):
        pytest.fail("the lock was given twice")


def test_a_missing_folder_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="none"), collect_lock(f"sqlite:///{tmp_path / 'none' / 'ledger.db'}"):
        pytest.fail("there is no such folder")
