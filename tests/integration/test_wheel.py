"""What a server gets: the wheel holds every file that our packages read at run time."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        "pip",
        "wheel",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
    ]
    subprocess.run([sys.executable, "-m", *command, "."], check=True, stdin=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_every_file_of_our_packages(names: set[str]) -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    listed = subprocess.run(["git", "ls-files", *packages], capture_output=True, text=True, check=True).stdout
    tracked = {name.removeprefix("playbooks/plugins/") for name in listed.splitlines() if Path(name).is_file()}
    assert tracked - names == set()


def test_what_is_read_at_run_time_is_among_it(names: set[str]) -> None:
    wanted = {
        "ledger/locale/vi/LC_MESSAGES/baophu.mo",
        "ledger/store/migrations/versions/r0001_first_schema.py",
        "api/page/templates/base.html",
        "api/page/static/page.css",
        "exporter/rules/alerts.yml",
        "exporter/dashboards/province.json",
        "exporter/prometheus/prometheus.yml.j2",
        "exporter/alertmanager/baophu.tmpl",
        "napalm_frr/__init__.py",
    }
    assert wanted - names == set()


def test_nothing_else_is(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        *("api", "baophu", "collectors", "exporter", "lab", "ledger", "napalm_frr")
    }
