"""What is vendored is what was vendored: every file known by its hash, with its licence, and loaded by a page."""

import re
from hashlib import sha256
from pathlib import Path

VENDOR = Path("api/page/static/vendor")
TEMPLATES = Path("api/page/templates")
LISTS = {"README.md", "SHA256SUMS"}


def test_every_vendored_file_has_its_hash() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir() if path.name not in LISTS}
    assert found == listed


def test_every_vendored_file_names_version_and_licence() -> None:
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    for path in VENDOR.glob("*.min.*"):
        name, version = re.fullmatch(r"([a-z]+)-([0-9.]+)\.min\.(?:js|css)", path.name).groups()  # type: ignore[union-attr]
        assert (VENDOR / f"{name}.LICENSE").is_file()
        assert re.search(rf"`{re.escape(path.name)}`.*\| {re.escape(version)} \|.*`{name}\.LICENSE`", readme)


def test_pages_load_every_script_and_style_from_here_and_none_from_elsewhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")]
    loaded = {name for text in texts for name in re.findall(r"static_url\('vendor/([^']+)'\)", text)}
    assert loaded == {path.name for path in VENDOR.glob("*.min.*")}
    for text in texts:
        assert re.findall(r"(?:src|href|action|hx-get)=\"(?:https?:)?//", text) == []
        assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", text) == []
