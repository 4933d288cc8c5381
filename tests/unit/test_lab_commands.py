"""Which labs `lab down --all` means."""

from pathlib import Path

import pytest

from lab.commands import known_labs


def test_every_lab_of_the_folder_is_known_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOPHU_LAB_DIR", str(tmp_path / "labs"))
    assert known_labs() == ()
    for name in ("lab", "demo"):
        (tmp_path / "labs" / name).mkdir(parents=True)
    (tmp_path / "labs" / "note.txt").touch()
    assert known_labs() == ("demo", "lab")
