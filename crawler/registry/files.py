"""The registry of outlets: TOML files that people edit; one table per outlet, keyed by its id.

The files that come with icewire stand in outlets/ (one per state, `us.toml` for the nation).
An operator's own folder adds to them and overrides them.
"""

import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Array, Table

from crawler.model import IcewireError
from crawler.places import NATION, state_code
from crawler.registry.outlet import Outlet, OutletFeed, check_outlet, feed_key, make_id

__all__ = [
    "SHIPPED",
    "Outlet",
    "OutletFeed",
    "entry_of",
    "feed_key",
    "load_file",
    "load_registry",
    "make_id",
    "remove_outlet",
    "replace_file",
    "write_outlets",
]

SHIPPED = Path(__file__).parent / "outlets"
_HEAD = re.compile(r"""\s*\[{1,2}\s*["']?([\w-]+)["']?\s*[.\]]""")  # of a table: [lantern], [[lantern.feeds]]


def load_file(path: Path) -> list[Outlet]:
    """The outlets of one TOML file, in its order. Its name (`ma.toml`, `us.toml`) gives a state left out.

    Raises IcewireError that names the file and, for every wrong entry, its id, the key and what is expected.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IcewireError(f"{path} cannot be read: {error}") from error
    return _outlets(_decode(content, path), path)


def _decode(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise IcewireError(f"{path}, line {line}, is not UTF-8 text; save the file as UTF-8") from error


def _state_of(path: Path) -> str | None:
    """The state that a file's name gives, "" for us.toml; None = the name is no USPS code."""
    return state_code(path.stem) if len(path.stem) == 2 else None


def _outlets(text: str, path: Path) -> list[Outlet]:
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise IcewireError(f"{path} is not valid TOML: {error}") from error
    outlets, wrong = [], []
    for name, facts in entries.items():
        outlet, problems = _outlet(name, facts, path)
        wrong += [f"{path}: [{name}] {problem}" for problem in problems]
        outlets += [outlet] if outlet else []
    if wrong:
        raise IcewireError("\n".join(wrong))
    _refuse_repeated([(path, outlet) for outlet in outlets])
    return outlets


def _outlet(name: str, facts: Any, path: Path) -> tuple[Outlet | None, list[str]]:
    if not isinstance(facts, dict):
        return None, ["stands outside a table; begin the outlet with its id in brackets, as in [the-daily-item]"]
    if "id" in facts:
        return None, ['"id" is not a key; the name in brackets is the id']
    state = _state_of(path)
    if state is None and "state" not in facts:
        return None, [f'"state" is missing; write a USPS code, as in state = "MA", or "{NATION}" for the nation']
    return check_outlet({"state": state, **facts, "id": name})


def _refuse_repeated(outlets: Iterable[tuple[Path, Outlet]]) -> None:
    ids: dict[str, Path] = {}
    feeds: dict[str, str] = {}
    for path, outlet in outlets:
        if outlet.id in ids:
            raise IcewireError(
                f"{path}: [{outlet.id}] stands in {ids[outlet.id]} too; keep one, or give one another id"
            )
        ids[outlet.id] = path
        for feed in outlet.feeds:
            here, key = f"{path}: [{outlet.id}]", feed_key(feed.url)
            if key in feeds:
                raise IcewireError(f"{here} has the feed {feed.url}, which {feeds[key]} has too; keep it in one place")
            feeds[key] = here


def load_registry(shipped: bool, own: Path | None) -> dict[str, Outlet]:
    """All outlets by id: the shipped ones, then those of the folder `own` (which need not exist).

    An own entry replaces the shipped one of the same id whole, and takes its feeds from any other shipped
    outlet; one that has no feed left is dropped. So what a later icewire ships as well is never read twice.
    """
    base = _load_folder(SHIPPED) if shipped else {}
    mine = _load_folder(own) if own else {}
    taken = {feed_key(feed.url) for outlet in mine.values() for feed in outlet.feeds}
    registry: dict[str, Outlet] = {}
    for outlet in base.values():
        feeds = tuple(feed for feed in outlet.feeds if feed_key(feed.url) not in taken)
        if feeds or not outlet.feeds:
            registry[outlet.id] = outlet.model_copy(update={"feeds": feeds})
    return registry | mine


def _load_folder(folder: Path) -> dict[str, Outlet]:
    found = [(path, outlet) for path in sorted(folder.glob("*.toml")) for outlet in load_file(path)]
    _refuse_repeated(found)
    return {outlet.id: outlet for _, outlet in found}


def write_outlets(path: Path, outlets: Iterable[Outlet]) -> None:
    """Add outlets to the end of a TOML file; all else in it stays. Folder and file are made if missing.

    The file is replaced in one step, and only by one that load_file reads. Raises IcewireError when an id
    or a feed stands there already, or when the file is wrong as it is.
    """
    path = path.resolve()
    old = path.read_bytes() if path.exists() else b""
    present = {outlet.id for outlet in _outlets(_decode(old, path), path)}
    added = list(outlets)
    for outlet in added:
        if outlet.id in present:
            raise IcewireError(f"{path}: [{outlet.id}] is there already; edit it there, or give the new one another id")
        present.add(outlet.id)
    line_end = "\r\n" if b"\r\n" in old else "\n"
    gap = "" if not old else line_end if old.endswith(b"\n") else line_end * 2
    text = gap + "\n".join(entry_of(outlet, path) for outlet in added).replace("\n", line_end)
    new = old + text.encode() if added else old
    _outlets(_decode(new, path), path)
    replace_file(path, new)


def entry_of(outlet: Outlet, path: Path = Path("any.toml")) -> str:
    """An outlet as its table in a registry file; the state is left out where the file's name gives it."""
    document = tomlkit.document()
    document.add(outlet.id, _table(outlet, path))
    return tomlkit.dumps(document)


def remove_outlet(folder: Path, id_: str) -> Path | None:
    """Take an outlet out of the file of a folder that has it, and return the file; None when none has it.

    All else in the file stays, comments between outlets included. Raises IcewireError when the entry is written in a
    way that cannot be cut out safely.
    """
    for path in sorted(folder.glob("*.toml")):
        text = _decode(path.read_bytes(), path)
        if id_ in (outlet.id for outlet in _outlets(text, path)):
            shorter = _without(text, id_)
            entries = tomllib.loads(text)
            del entries[id_]
            if _loaded(shorter) != entries:
                raise IcewireError(
                    f"{path}: [{id_}] cannot be told from what stands around it; remove it there by hand"
                )
            replace_file(path.resolve(), shorter.encode())
            return path
    return None


def _loaded(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _without(text: str, id_: str) -> str:
    """The text without the tables of an id, and without the blank lines behind them."""
    lines = text.splitlines(keepends=True)
    heads = [(n, found[1]) for n, line in enumerate(lines) if (found := _HEAD.match(line))]
    for at, (start, name) in reversed(list(enumerate(heads))):
        if name == id_:
            end = heads[at + 1][0] if at + 1 < len(heads) else len(lines)
            while end > start + 1 and lines[end - 1].lstrip().startswith("#"):
                end -= 1  # a comment behind an outlet is about the next one, or nothing we know
            del lines[start:end]
    return "".join(lines)


def _table(outlet: Outlet, path: Path) -> Table:
    """The facts that are not defaults, in the order of the model."""
    table = tomlkit.table()
    facts = outlet.model_dump(exclude_defaults=True) | {"state": outlet.state}
    if outlet.state == _state_of(path):
        del facts["state"]
    for key in Outlet.model_fields:
        if key == "feeds" and outlet.feeds:
            table.add(key, _feeds(outlet.feeds))
        elif key in facts and key not in ("id", "feeds"):
            table.add(key, (facts[key] or NATION) if key == "state" else facts[key])
    return table


def _feeds(feeds: Iterable[OutletFeed]) -> Array:
    """One line a feed."""
    array = tomlkit.array()
    for feed in feeds:
        facts = tomlkit.inline_table()
        facts.update({"kind": feed.kind} | feed.model_dump(exclude_defaults=True))
        array.append(facts)
    return array.multiline(len(array) > 1)


def replace_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
