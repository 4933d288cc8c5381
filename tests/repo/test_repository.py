"""Rules that the whole repository keeps."""

import re
import subprocess
from pathlib import Path

import pytest

from baophu.settings import Settings
from ledger.max_age import MaxAges
from ledger.observation import Check

TRACKED = [
    Path(name)
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    if Path(name).is_file()
]


def text_files() -> list[tuple[Path, str]]:
    found = []
    for path in TRACKED:
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    lock = Path("requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9-]+(?:\[[a-z,]+\])?==", lock, flags=re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9-]+(?:\[[a-z,]+\])?==)", lock, flags=re.MULTILINE)[1:]
    assert len(pinned) == len(blocks) > 50
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in lock


def test_no_download_host_and_no_private_key_is_named() -> None:
    hosts = re.compile(
        "|".join(name + r"\.org" for name in ("deb\\.debian", "pythonhosted", "pypi", "registry\\.npmjs"))
    )
    key = re.compile("-----BEGIN " + "[A-Z ]*PRIVATE KEY-----")
    assert [str(path) for path, text in text_files() if hosts.search(text) or key.search(text)] == []


def test_python_files_stay_small() -> None:
    assert [
        (str(path), lines) for path, text in text_files() if path.suffix == ".py" and (lines := text.count("\n")) > 400
    ] == []


def test_tests_are_folders_by_kind_without_init_files() -> None:
    assert [str(path) for path in TRACKED if path.parts[0] == "tests" and path.name == "__init__.py"] == []


@pytest.mark.parametrize(
    "role", sorted(path for path in Path("roles").iterdir() if path.is_dir()), ids=lambda p: p.name
)
def test_a_role_has_its_contract(role: Path) -> None:
    wanted = ["README.md", "defaults/main.yml", "meta/argument_specs.yml", "tasks/main.yml"]
    assert [name for name in wanted if not (role / name).is_file()] == []


def test_every_setting_is_documented() -> None:
    names = set()
    for path, text in text_files():
        if path.suffix in (".py", ".yml") and path.parts[0] != "tests":
            names |= set(re.findall(r"\bBAOPHU_[A-Z][A-Z_]+[A-Z]\b", text))
    documented = Path("docs/settings.md").read_text(encoding="utf-8")
    assert sorted(name for name in names if name not in documented) == []


def test_every_field_of_the_settings_is_in_their_table() -> None:
    rows = [line for line in Path("docs/settings.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`(BAOPHU_\w+|…__\w+)`", row.split("|")[1])}
    prefix = str(Settings.model_config["env_prefix"])
    fields = {f"{prefix}{name.upper()}" for name in Settings.model_fields if name != "max_age"}
    assert sorted(fields - named) == []
    ages = {name.rpartition("__")[2].lower() for name in named if "__" in name}
    assert ages == {check.value for check in Check}


def test_a_check_stands_in_the_row_of_its_default_max_age() -> None:
    stated: dict[Check, float] = {}
    for line in Path("docs/settings.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `BAOPHU_MAX_AGE__"):
            _, names, default, *_ = line.split("|")
            stated |= {Check(name.lower()): int(default.split()[0]) for name in re.findall(r"__(\w+)`", names)}
    assert stated == {check: age.total_seconds() for check, age in MaxAges.default().by_check.items()}


def test_the_readmes_link_the_same_documents() -> None:
    links = [
        set(re.findall(r"\]\(((?!README)[^)]+)\)", Path(name).read_text(encoding="utf-8")))
        for name in ("README.md", "README.vi.md")
    ]
    assert links[0] == links[1]


def test_the_playbooks_are_documented() -> None:
    documented = Path("docs/provisioning.md").read_text(encoding="utf-8")
    names = {path.stem for path in Path("playbooks").glob("*.yml")}
    assert set(re.findall(r"^\| `(\w+)` \| ", documented.partition("## Hosts")[0], flags=re.MULTILINE)) == names
    parts = re.findall(r"import_playbook: (\w+)\.yml", Path("playbooks/site.yml").read_text(encoding="utf-8"))
    (site,) = re.findall(r"^\| `site` \| (.*) \|$", documented, flags=re.MULTILINE)
    assert re.findall(r"`(\w+)`", site) == parts


def test_the_readmes_speak_of_the_same_commands() -> None:
    commands = [
        set(re.findall(r"^ {4}(make [a-z-]+)", Path(name).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for name in ("README.md", "README.vi.md")
    ]
    assert commands[0] == commands[1]
    assert {"make demo", "make test"} <= commands[0]
