"""What systemd hears from a service that is ready."""

import socket
import uuid
from pathlib import Path

import pytest

from baophu.readiness import tell_ready


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told_where_it_asked_to_be(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"@baophu-{uuid.uuid4().hex}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(5)
        listening.bind("\0" + name[1:] if abstract else name)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        tell_ready()
        assert listening.recv(100) == b"READY=1"


@pytest.mark.parametrize("value", [None, ""])
def test_without_systemd_nobody_is_told(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", value)
    tell_ready()
