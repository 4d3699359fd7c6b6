"""A backup is one file: a tar of the database, the key that old links need, your outlets, and what it is."""

import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from crawler.model import IcewireError
from scheduler.keeping.places import digest_of

Kind = Literal["sqlite", "postgresql"]

ABOUT, KEY, SOURCES = "about.json", "secret.key", "sources"
DATABASES: dict[Kind, str] = {"sqlite": "icewire.db", "postgresql": "icewire.pgdump"}
_SQLITE = b"SQLite format 3\x00"
_LARGEST = 10_000_000  # bytes of a key, of a file of outlets
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class About:
    """What a backup is. `rows`: of each table; `digest`: the database's SHA-256, "" where nobody wrote it down."""

    kind: Kind
    made_at: datetime
    revision: str = ""
    rows: dict[str, int] | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup in a folder: its parts."""

    about: About
    database: Path
    key: Path | None
    sources: list[Path]


def pack(about: About, database: Path, key: Path, sources: Path, file: Path) -> None:
    """Write a bundle, and read it again: what stands in it is what was checked. Raises OSError, IcewireError."""
    text = json.dumps({**asdict(about), "made_at": about.made_at.isoformat()}, indent=1)
    (said := file.with_name(ABOUT)).write_text(text + "\n", "utf-8")
    with tarfile.open(file, "w", dereference=True) as bundle:  # of a link it is the file that is kept
        bundle.add(said, ABOUT, filter=_nobodys)
        bundle.add(database, DATABASES[about.kind], filter=_nobodys)
        if key.is_file():
            bundle.add(key, KEY, filter=_nobodys)
        for one in sorted(sources.glob("*.toml")) if sources.is_dir() else ():
            bundle.add(one, f"{SOURCES}/{one.name}", filter=_nobodys)
    with tarfile.open(file, "r:") as bundle, _member(bundle, DATABASES[about.kind]) as written:
        if _digest(written) != about.digest:
            raise IcewireError(f"{file.parent}: the disk gives back other bytes than were written; use another")


def _digest(opened: IO[bytes]) -> str:
    hashing = hashlib.sha256()
    while piece := opened.read(_PIECE):
        hashing.update(piece)
    return hashing.hexdigest()


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """No names of this machine's users, and for the owner alone wherever it is unpacked."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def read_about(file: Path) -> About:
    """What a backup says it is; also of a bare SQLite file. Raises IcewireError when it is neither."""
    try:
        with file.open("rb") as opened:
            if opened.read(len(_SQLITE)) == _SQLITE:
                return About("sqlite", datetime.fromtimestamp(file.stat().st_mtime, UTC))
        with tarfile.open(file, "r:") as bundle, _member(bundle, ABOUT) as said:
            return _about(json.loads(said.read(_LARGEST)))
    except (tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise IcewireError(f"{file}: this is no whole backup of icewire ({error}); take another one") from error
    except OSError as error:
        raise IcewireError(f"{file}: it cannot be read: {error.strerror or error}") from error


def unpack(file: Path, room: Path) -> Unpacked:
    """Lay the parts of a backup out in a folder. Raises IcewireError when it was cut off or changed; OSError."""
    about = read_about(file)
    database = room / DATABASES[about.kind]
    if not about.digest:
        shutil.copyfile(file, database)
        return Unpacked(about, database, None, [])
    key, sources = None, []
    (room / SOURCES).mkdir()
    try:
        with tarfile.open(file, "r:") as bundle:
            for member in bundle:
                name = PurePosixPath(member.name)
                if member.isreg() and member.name == database.name:
                    _write(bundle, member, database)
                elif member.isreg() and member.name == KEY and member.size < _LARGEST:
                    _write(bundle, member, key := room / KEY)
                elif member.isreg() and name.parts[:-1] == (SOURCES,) and member.size < _LARGEST:
                    _write(bundle, member, room / SOURCES / name.name)
                    sources.append(room / SOURCES / name.name)
    except tarfile.TarError as error:
        raise IcewireError(f"{file}: it ends before its end ({error}); take another backup") from error
    if not database.exists() or digest_of(database) != about.digest:
        raise IcewireError(f"{file}: the database in it is not the one that was written; take another backup")
    return Unpacked(about, database, key, sources)


def _about(said: dict[str, object]) -> About:
    kind = said["kind"]
    if kind not in DATABASES or not isinstance(said["rows"], dict):
        raise ValueError(f"a database of the kind {kind!r} is unknown")
    made_at = datetime.fromisoformat(str(said["made_at"]))
    named: Kind = "sqlite" if kind == "sqlite" else "postgresql"
    return About(named, made_at, str(said["revision"]), said["rows"], str(said["digest"]))


@contextmanager
def _member(bundle: tarfile.TarFile, name: str) -> Iterator[IO[bytes]]:
    opened = bundle.extractfile(name)
    if opened is None:
        raise ValueError(f"it has no {name}")
    with opened:
        yield opened


def _write(bundle: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> None:
    opened = bundle.extractfile(member)
    assert opened
    with opened, file.open("xb") as out:
        shutil.copyfileobj(opened, out, _PIECE)
