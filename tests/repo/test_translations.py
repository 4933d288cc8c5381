"""Everything that people read is there in Vietnamese."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

CATALOGUE = Path("ledger/locale/vi/LC_MESSAGES/baophu.po")
#: Which files hold messages, how they are read, and what marks a message there.
SOURCES = (("**.py", "python", "N_"), ("**/templates/**.html", "jinja2", "_"))
PACKAGES = ("api", "baophu", "collectors", "exporter", "lab", "ledger")


def messages() -> set[str]:
    found = set()
    for package in PACKAGES:
        for files, method, mark in SOURCES:
            for _file, _line, message, *_rest in extract_from_dir(package, [(files, method)], keywords={mark: None}):
                assert isinstance(message, str)
                found.add(message)
    return found


def test_every_message_is_translated() -> None:
    with CATALOGUE.open("rb") as file:
        translated = {entry.id for entry in read_po(file) if entry.id and entry.string}
    assert messages() - translated == set()


def test_translations_keep_the_fields() -> None:
    with CATALOGUE.open("rb") as file:
        broken = [entry.id for entry in read_po(file) if entry.id and entry.string and any(True for _ in entry.check())]
    assert broken == []


def test_the_catalogue_holds_nothing_that_is_gone() -> None:
    with CATALOGUE.open("rb") as file:
        known = {entry.id for entry in read_po(file) if entry.id}
    assert known - messages() == set()
