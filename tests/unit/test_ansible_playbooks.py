"""What every playbook keeps to."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from plan_host_vars import GROUPS

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
PLAYS: list[tuple[str, dict[str, Any]]] = [
    (f"{file.name}: {play['name']}", play)
    for file in sorted(PLAYBOOKS.glob("*.yml"))
    for play in yaml.safe_load(file.read_text(encoding="utf-8"))
    if "hosts" in play
]


#: Nothing of a run comes after it: it is run by itself, and is one play.
ALONE = "monitoring_server.yml"


def groups_of(play: dict[str, Any]) -> set[str]:
    return {group for group in GROUPS if group in play["hosts"]}


def test_there_are_the_playbooks_that_people_are_told_of() -> None:
    names = {file.stem for file in PLAYBOOKS.glob("*.yml")}
    assert names == {
        *("site", "wan", "lan", "mail", "web", "workstations", "monitoring", "verify"),
        "monitoring_server",
    }
    assert {group for _, play in PLAYS for group in groups_of(play)} == set(GROUPS)


def test_what_is_run_alone_is_one_play_and_no_part_of_the_site() -> None:
    assert [name.partition(":")[0] for name, _ in PLAYS].count(ALONE) == 1
    assert ALONE not in (PLAYBOOKS / "site.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "play",
    [play for name, play in PLAYS if not name.startswith(ALONE)],
    ids=[n for n, _ in PLAYS if not n.startswith(ALONE)],
)
class TestPlaysInARow:
    def test_one_kind_of_host_that_fails_does_not_end_the_run(self, play: dict[str, Any]) -> None:
        """Ansible ends a run where every host of a play failed: a play has a host of another kind as well."""
        assert len(groups_of(play)) >= 2


@pytest.mark.parametrize("play", [play for _, play in PLAYS], ids=[name for name, _ in PLAYS])
class TestPlay:
    def test_only_enrolled_hosts_are_targeted(self, play: dict[str, Any]) -> None:
        assert "all" not in play["hosts"].split(":")
        assert "unenrolled" not in play["hosts"]

    def test_a_play_is_a_list_of_roles(self, play: dict[str, Any]) -> None:
        assert play["roles"]
        assert not {"tasks", "pre_tasks", "post_tasks", "handlers"} & set(play)
        assert not play.get("any_errors_fatal", False)
