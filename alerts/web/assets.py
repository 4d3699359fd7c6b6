"""Style, script and icon: files of our own, each under an address that changes with what it holds."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

ASSET_PATH = "/static/{name}"
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, and the name under which browsers may keep it for ever."""

    name: str  # "icewire-1f2e3d4c.css"
    kind: str
    content: bytes


@cache
def assets() -> dict[str, Asset]:
    """All of them, by the name that the file has here."""
    made = {}
    for file in files(__package__).joinpath("static").iterdir():
        stem, _, ending = file.name.rpartition(".")
        if ending in _KINDS:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            made[file.name] = Asset(f"{stem}-{digest}.{ending}", _KINDS[ending], content)
    return made


def asset_url(file: str) -> str:
    """Where a page finds a file."""
    return ASSET_PATH.format(name=assets()[file].name)


def asset(request: Request) -> Response:
    """A file; 404 for a name that it no longer has."""
    for one in assets().values():
        if one.name == request.path_params["name"]:
            kept = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
            return Response(one.content, headers=kept, media_type=one.kind)
    raise HTTPException(404)
