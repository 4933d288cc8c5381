"""What a playbook run looks like from outside: its progress line and how it ended."""

from pathlib import Path

import pytest

from baophu.progress import playbook_message
from baophu.provisioning import Access, Progress, ProvisioningError, Run, playbook_path, run_playbook
from ledger.errors import ConfigurationError
from ledger.language import Language, Text


def test_progress_follows_the_callbacks_lines() -> None:
    progress = Progress()
    for line in (
        '{"event": "play", "play": "WAN", "task": null, "host": null, "outcome": null}',
        '{"event": "task", "play": "WAN", "task": "Push", "host": null, "outcome": null}',
        '{"event": "host", "play": "WAN", "task": "Push", "host": "a", "outcome": "ok"}',
        '{"event": "host", "play": "WAN", "task": "Push", "host": "b", "outcome": "ok"}',
        '{"event": "host", "play": "WAN", "task": "Push", "host": "c", "outcome": "unreachable"}',
    ):
        progress.take(line)
    assert playbook_message(progress, Text(Language.EN)) == "WAN › Push · 2 hosts ok · 1 unreachable"


def test_an_unknown_playbook_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"no playbook 'sites'; there are: .*site.*wan"):
        playbook_path("sites")


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, None), (2, "hosts failed;"), (4, "hosts could not be reached"), (6, "hosts failed and"), (1, "ended with 1")],
)
def test_how_ansible_ended_is_said(tmp_path: Path, code: int, words: str | None) -> None:
    run = Run(playbook="site", plan=Path("inventory/lab"), store="sqlite:///x", log=tmp_path / "ansible.log")
    done = '{"event": "host", "play": "WAN", "task": "Push", "host": "a", "outcome": "ok"}'
    access = Access(prefix=("sh", "-c", f"echo '{done}' > $BAOPHU_PROGRESS; exit {code}", "sh"))
    if words is None:
        run_playbook(run, access, lambda _: None)
        return
    with pytest.raises(ProvisioningError, match=words):
        run_playbook(run, access, lambda _: None)


def test_a_run_that_reached_nobody_is_no_success(tmp_path: Path) -> None:
    run = Run(playbook="site", plan=Path("inventory/lab"), store="sqlite:///x", log=tmp_path / "ansible.log")
    with pytest.raises(ProvisioningError, match="BAOPHU_ACCESS"):
        run_playbook(run, Access(prefix=("true",)), lambda _: None)


def test_ansible_starts_in_a_locale_that_every_debian_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    log = tmp_path / "ansible.log"
    run = Run(playbook="site", plan=Path("inventory/lab"), store="sqlite:///x", log=log)
    with pytest.raises(ProvisioningError):
        run_playbook(run, Access(prefix=("sh", "-c", "echo $LC_ALL", "sh")), lambda _: None)
    assert log.read_text(encoding="utf-8").strip() == "C.UTF-8"
