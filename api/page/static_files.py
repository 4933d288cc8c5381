"""Scripts and styles: read once, each under an address that has its hash, so that browsers may keep it for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
SUFFIXES = (".css", ".js", ".svg")
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """`dict[name, …]` of contents and of the first half of their SHA-256."""

    contents: Mapping[str, bytes]
    hashes: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path = FOLDER) -> "StaticFiles":
        """Every script, style and picture below `folder`."""
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.suffix in SUFFIXES}
        contents = {name: path.read_bytes() for name, path in files.items()}
        return cls(contents, {name: sha256(content).hexdigest()[:32] for name, content in contents.items()})

    def url(self, name: str) -> str:
        """Where pages find it; KeyError where there is no such file."""
        return f"/static/{self.hashes[name]}/{name}"

    def answer(self, request: Request, digest: str, name: str) -> Response:
        """The file's content; raises HTTPException (404) for another name or an older hash."""
        del request
        if self.hashes.get(name) != digest:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        media_type = guess_type(name)[0] or "application/octet-stream"
        return Response(self.contents[name], headers={"Cache-Control": FOR_EVER}, media_type=media_type)
