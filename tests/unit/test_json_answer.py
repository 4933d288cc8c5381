"""A command's JSON reaches its reader whole, whatever a write takes of it."""

import io
import json
import sys

import pytest

from baophu.json_answer import print_json


class Grudging(io.RawIOBase):
    """Takes seven octets at a time, as an interrupted write(2) to a pipe may."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        self.taken += bytes(data[:7])
        return min(len(data), 7)


def test_a_write_that_takes_a_part_only_is_followed_by_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Grudging()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, write_through=True))  # type: ignore[type-var]
    document = {"forwarding": list(range(100))}
    print_json(document)
    assert json.loads(out.taken) == document
    assert out.taken.endswith(b"}\n")
