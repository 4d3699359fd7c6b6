"""Pages that stand in place of the one that was asked for, a test for robots or a refusal; `walls.toml` is the list."""

import re
import tomllib
from functools import cache
from importlib.resources import files

LARGEST = 20_000  # bytes; a whole page may carry the same scripts, a wall is little else


def tells_of_wall(said: str) -> bool:
    """Whether a title, or a sentence that quotes one, is that of a wall.

    >>> tells_of_wall("an HTML page titled “Just a moment…”"), tells_of_wall("Un momento histórico")
    (True, False)
    """
    return bool(_anywhere().search(said))


def is_wall(page: bytes) -> bool:
    """Whether a page of HTML is a wall: a small one, by how its title begins or by its scripts.

    >>> is_wall(b"<title>Access Denied</title>"), is_wall(b"<title>Mayor: access denied to jail</title>")
    (True, False)
    """
    return len(page) < LARGEST and bool(_in_pages().search(page))


@cache
def _anywhere() -> re.Pattern[str]:
    known = _known()
    return re.compile("|".join([*known["titles"], *known["words"]]), re.I)


@cache
def _in_pages() -> re.Pattern[bytes]:
    known = _known()
    title = rf"<title>\s*(?:{'|'.join(known['titles'])})"
    return re.compile("|".join([title, *known["scripts"]]).encode(), re.I)


def _known() -> dict[str, list[str]]:
    return tomllib.loads((files("crawler.text") / "walls.toml").read_text(encoding="utf-8"))
