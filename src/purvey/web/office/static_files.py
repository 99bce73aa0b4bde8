"""Styles, scripts and icons of the pages: read once, packed once, kept by browsers for good.

A file's address carries a part of its content's hash (`/static/office.css?v=1f3a…`), so a new
version has a new address and nothing is ever asked for twice.
"""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from purvey.web.plain_route import PlainRoute

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    packed: bytes
    media_type: str
    version: str


@lru_cache
def static_files() -> dict[str, StaticFile]:
    """By name; all that the folder has of the types that pages load."""
    return {path.name: _read(path) for path in FOLDER.iterdir() if path.suffix in TYPES}


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0)
    return StaticFile(content, packed, TYPES[path.suffix], sha256(content).hexdigest()[:12])


def address_of(name: str) -> str:
    """Raises KeyError for a file that there is not."""
    return f"/static/{name}?v={static_files()[name].version}"


async def _serve(request: Request) -> Response:
    found = static_files().get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such file.", 404)
    headers = {
        "Cache-Control": FOR_GOOD,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, 200, headers, found.media_type)
    return Response(found.content, 200, headers, found.media_type)


def static_route() -> PlainRoute:
    return PlainRoute("/static/{name}", _serve)
