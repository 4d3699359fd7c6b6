"""An outlet is switched off and on in the operator's own folder; what comes with icewire stays as it came."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit

from crawler.model import IcewireError
from crawler.registry.files import Outlet, load_file, remove_outlet, replace_file, write_outlets

OFF_FILE = "off.toml"  # in which shipped outlets are switched off
_SWITCH = re.compile(r"\n(?:enabled|reason) = [^\n]*")


def switch_off(folder: Path, outlet: Outlet, reason: str) -> Path:
    """Say in the folder that an outlet is off, and why; returns the file. Raises IcewireError."""

    if not reason.strip():
        raise IcewireError("say why it is switched off, for whoever looks at it in a year")
    file = _file_of(folder, outlet.id)
    if file is None:
        file = folder / OFF_FILE
        write_outlets(file, [outlet.model_copy(update={"enabled": False, "reason": reason})])
        return file
    said = tomlkit.dumps({"enabled": False, "reason": reason})
    _edit(file, outlet.id, lambda text, head: f"{text[:head]}\n{said.rstrip()}{text[head:]}")
    return file


def switch_on(folder: Path, id_: str) -> Path | None:
    """Take back that an outlet is off; returns the file, None when no file of the folder says so."""

    file = _file_of(folder, id_)
    if file is None or _loaded(file)[id_].enabled:
        return None
    if file.name == OFF_FILE:
        return remove_outlet(folder, id_)
    _edit(file, id_, lambda text, head: text[:head] + _SWITCH.sub("", text[head:], count=2))
    return file


def _file_of(folder: Path, id_: str) -> Path | None:
    return next((path for path in sorted(folder.glob("*.toml")) if id_ in _loaded(path)), None)


def _loaded(path: Path) -> dict[str, Outlet]:
    return {outlet.id: outlet for outlet in load_file(path)}


def _edit(path: Path, id_: str, edit: Callable[[str, int], str]) -> None:
    """Change the lines behind the head of an outlet, where `edit` finds them; all else stays as it is written."""
    text = path.read_text("utf-8-sig")
    head = re.search(rf"""(?m)^\s*\[["']?{re.escape(id_)}["']?\][^\n]*""", text)
    new = edit(text, head.end()) if head else text
    try:
        before, after = tomllib.loads(text), tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        before, after = {}, {}
    switched = before.get(id_, {}).get("enabled", True) != after.get(id_, {}).get("enabled", True)
    if not before or not switched or _rest(before, id_) != _rest(after, id_):
        raise IcewireError(f"{path}: [{id_}] cannot be switched without what stands around it; edit it by hand")
    replace_file(path.resolve(), new.encode())


def _rest(entries: dict[str, Any], id_: str) -> dict[str, Any]:
    own = {key: value for key, value in entries[id_].items() if key not in ("enabled", "reason")}
    return {**entries, id_: own}
