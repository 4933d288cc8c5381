"""Builds dist/baophu-VERSION-bundle.tar: our wheel and every wheel that it needs, for servers without the Internet.

The archive holds `requirements.txt`, where each wheel stands with its SHA-256, and `wheels/`. What is in it comes from
requirements.lock, checked against the hashes there, without what only developers need. Equal sources give equal bytes.
"""

import hashlib
import io
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

HOUSE = Path(__file__).resolve().parent.parent
OURS = "baophu"
#: What Debian 12 runs; a wheel with compiled code fits one version of Python.
TARGET = ("CPython", "3.11")
#: Where one pinned requirement begins in a lock file.
PIN = re.compile(r"^(?=[a-z0-9-]+(?:\[[a-z0-9,-]+\])?==)", re.MULTILINE)


class BundleError(Exception):
    """The bundle can't be built; the message says what to do."""


def needed(requirements: Iterable[str]) -> set[str]:
    """The normalised names of all that `requirements` come to, as the packages that are installed here say."""
    found: set[tuple[str, str]] = set()
    waiting = list(wanted(requirements, ""))
    while waiting:
        entry = waiting.pop()
        if entry not in found:
            found.add(entry)
            waiting += wanted(distribution(entry[0]).requires or (), entry[1])
    return {name for name, _ in found}


def wanted(requirements: Iterable[str], extra: str) -> Iterator[tuple[str, str]]:
    """The packages that `requirements` ask for on this machine, each with every extra of it that is asked for."""
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            for chosen in ("", *requirement.extras):
                yield canonicalize_name(requirement.name), chosen


def locked(lock: str, names: Iterable[str]) -> str:
    """The part of a lock file that pins `names`; raises BundleError where it lacks one."""
    pins = {re.split(r"[\[=]", block, maxsplit=1)[0]: block for block in PIN.split(lock)[1:]}
    chosen = sorted(names)
    missing = [name for name in chosen if name not in pins]
    if missing:
        raise BundleError(f"requirements.lock lacks {', '.join(missing)}; lock again, see CONTRIBUTING.md")
    return "".join(pins[name] for name in chosen)


def fetched(pins: str, cache: Path) -> Path:
    """A folder with the wheels of `pins`, fetched once and kept under `cache` by what the pins say."""
    folder = cache / hashlib.sha256(pins.encode()).hexdigest()[:12]
    if not folder.is_dir():
        half = folder.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        (half / "pins.txt").write_text(pins, encoding="utf-8")
        pip_wheel("--require-hashes", f"--requirement={half / 'pins.txt'}", f"--wheel-dir={half}")
        half.rename(folder)
    return folder


def pip_wheel(*arguments: str) -> None:
    """Run `pip wheel` without dependencies; raises BundleError with the end of what it said."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", *arguments]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise BundleError("\n".join(["pip wheel failed:", *done.stderr.splitlines()[-10:]]))


def hashed(wheels: Iterable[Path]) -> str:
    """What to give `pip install --require-hashes`: each wheel's name, version and SHA-256."""
    lines = []
    for wheel in sorted(wheels):
        name, version, *_ = parse_wheel_filename(wheel.name)
        lines.append(f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return "".join(lines)


def write_archive(archive: Path, files: Mapping[str, bytes]) -> None:
    """Write a tar file whole or not at all; equal files make an equal archive."""
    archive.parent.mkdir(exist_ok=True)
    half = archive.with_suffix(".half")
    with tarfile.open(half, "w") as tar:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    half.replace(archive)


def build(folder: Path) -> Path:
    """Build the bundle in `folder` and give its path; raises BundleError."""
    if (platform.python_implementation(), ".".join(platform.python_version_tuple()[:2])) != TARGET:
        raise BundleError(f"this is not {' '.join(TARGET)}, which Debian 12 runs; build the bundle on Debian 12")
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = locked((HOUSE / "requirements.lock").read_text(encoding="utf-8"), needed(project["dependencies"]))
    with tempfile.TemporaryDirectory() as scratch:
        pip_wheel("--no-build-isolation", f"--wheel-dir={scratch}", str(HOUSE))
        (ours,) = Path(scratch).glob("*.whl")
        wheels = [ours, *fetched(pins, HOUSE / ".baophu/wheels").glob("*.whl")]
        files = {f"wheels/{wheel.name}": wheel.read_bytes() for wheel in wheels}
        files["requirements.txt"] = hashed(wheels).encode()
        archive = folder / f"{OURS}-{parse_wheel_filename(ours.name)[1]}-bundle.tar"
    write_archive(archive, files)
    return archive


if __name__ == "__main__":
    try:
        built = build(Path(sys.argv[1]) if len(sys.argv) > 1 else HOUSE / "dist")
    except BundleError as error:
        sys.exit(f"Error: {error}")
    print(built)  # noqa: T201 - the script's answer
