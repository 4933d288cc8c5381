"""`setup/setup --check`: which machines it refuses, and that it says why; it changes nothing."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

DEBIAN_12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'
KINDS = ("net", "mnt", "pid", "uts", "ipc")


def check(
    folder: Path, os_release: str | None = DEBIAN_12, lacks: str = "", lang: str = "en", prefix: Sequence[str] = ()
) -> tuple[int, str]:
    folder.chmod(0o755)
    release, namespaces = folder / "os-release", folder / "ns"
    if os_release is not None:
        release.write_text(os_release, encoding="utf-8")
    namespaces.mkdir()
    for kind in KINDS:
        if kind != lacks:
            (namespaces / kind).touch()
    chosen = {"OS_RELEASE": str(release), "NAMESPACES": str(namespaces), "LC_MESSAGES": lang, "MAKE_GOAL": "demo"}
    # Read from here: whoever isn't root may not be allowed into this checkout.
    done = subprocess.run(
        [*prefix, "bash", "-s", "--", "--check"],
        input=Path("setup/setup").read_text(encoding="utf-8").replace('"$(dirname "$0")/.."', "."),
        env={**{name: value for name, value in os.environ.items() if name != "LC_ALL"}, **chosen},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="setup wants root before it looks at anything else")


@pytest.mark.parametrize(
    ("os_release", "words"),
    [
        ('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', "isn't Debian (ubuntu 24.04); use Debian 12"),
        ("ID=fedora\nVERSION_ID=41\n", "isn't Debian (fedora 41)"),
        ('ID=debian\nVERSION_ID="11"\n', "is Debian 11; use Debian 12 (bookworm) or later"),
        ("ID=debian\nVERSION_ID=9\n", "is Debian 9;"),
        ("", "isn't Debian"),
        (None, "isn't Debian (unknown)"),
    ],
)
def test_a_machine_that_is_no_debian_12_is_refused(os_release: str | None, words: str, tmp_path: Path) -> None:
    code, said = check(tmp_path, os_release)
    assert (code, said.count("\n")) == (1, 1)
    assert words in said


def test_a_refusal_is_vietnamese_by_default(tmp_path: Path) -> None:
    assert check(tmp_path, "ID=debian\nVERSION_ID=11\n", lang="C.UTF-8") == (
        1,
        "Lỗi: máy này là Debian 11; hãy dùng Debian 12 (bookworm) trở lên\n",
    )


@as_root
@pytest.mark.parametrize("os_release", [DEBIAN_12, "ID=debian\nVERSION_ID=13\n", "ID=debian\n"])
def test_debian_12_and_later_will_do(os_release: str, tmp_path: Path) -> None:
    assert check(tmp_path, os_release) == (0, "")


@as_root
@pytest.mark.parametrize("kind", KINDS)
def test_a_kernel_without_a_namespace_is_refused(kind: str, tmp_path: Path) -> None:
    code, said = check(tmp_path, lacks=kind)
    assert (code, f"the kernel lacks the '{kind}' namespace" in said) == (1, True)


def test_who_is_not_root_is_told_what_to_run() -> None:
    prefix = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    with TemporaryDirectory() as folder:  # where anyone may read, which pytest's own folders aren't
        code, said = check(Path(folder), prefix=prefix)
    assert (code, "needs root; run: sudo make demo" in said) == (1, True)
