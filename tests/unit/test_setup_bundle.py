"""The bundle for closed networks: what goes into it, and that it is the same each time."""

import hashlib
import importlib.util
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

LOCK = """\
alpha==1.0 \\
    --hash=sha256:aa
    # via beta
beta[fast]==2.0 ; python_full_version >= '3.11' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
gamma-ray==3.0 \\
    --hash=sha256:dd
"""


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundle", "setup/bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_lock_file_is_cut_to_what_is_needed_with_every_hash(bundle: ModuleType) -> None:
    assert bundle.locked(LOCK, {"gamma-ray", "beta"}) == LOCK[LOCK.index("beta[fast]") :]


def test_what_the_lock_file_lacks_is_named(bundle: ModuleType) -> None:
    with pytest.raises(bundle.BundleError, match="lacks delta, epsilon;"):
        bundle.locked(LOCK, {"alpha", "epsilon", "delta"})


def test_what_runs_is_needed_and_what_only_developers_use_is_not(bundle: ModuleType) -> None:
    found = bundle.needed(["fastapi>=0.1", "Napalm", "colorama ; sys_platform == 'win32'"])
    assert {"fastapi", "starlette", "pydantic-core", "napalm", "netmiko", "textfsm"} <= found
    assert found.isdisjoint({"baophu", "pytest", "mypy", "colorama", "win-unicode-console"})


def test_extras_are_followed_where_they_are_asked_for_only(bundle: ModuleType) -> None:
    texts = ['one[fast]>=1 ; python_version > "3"', "two ; extra == 'dev'"]
    assert list(bundle.wanted(texts, "")) == [("one", ""), ("one", "fast")]
    assert list(bundle.wanted(texts, "dev")) == [("one", ""), ("one", "fast"), ("two", "")]


def test_each_wheel_stands_with_its_own_hash(bundle: ModuleType, tmp_path: Path) -> None:
    wheel = tmp_path / "Some_Thing-1.2-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    digest = hashlib.sha256(b"wheel").hexdigest()
    assert bundle.hashed([wheel]) == f"some-thing==1.2 --hash=sha256:{digest}\n"


def test_equal_files_make_an_equal_archive(bundle: ModuleType, tmp_path: Path) -> None:
    first, second = tmp_path / "one/a.tar", tmp_path / "two/b.tar"
    bundle.write_archive(first, {"wheels/b": b"b", "a": b"a"})
    bundle.write_archive(second, {"a": b"a", "wheels/b": b"b"})
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as tar:
        assert [(entry.name, entry.mode, entry.uid, entry.mtime) for entry in tar] == [
            ("a", 0o644, 0, 0),
            ("wheels/b", 0o644, 0, 0),
        ]
    assert [path.name for path in tmp_path.rglob("*.half")] == []
