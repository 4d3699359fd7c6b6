"""Secrets that stand in files of their own, which the service and the commands read alike."""

import os
import stat
from pathlib import Path

_LONGEST = 4096  # bytes; a password or an access token has a fraction of it


def read_secret(file: Path) -> str:
    """What a file of one line says, without its line end. Raises ValueError, which says what to do."""
    try:
        kind = file.stat().st_mode
        if not stat.S_ISREG(kind):  # a pipe or a device could be read without end
            raise ValueError(f"{file} is {'a folder' if stat.S_ISDIR(kind) else 'no plain file'}; name the file itself")
        with file.open("rb") as opened:
            content = opened.read(_LONGEST + 1)
        secret = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except FileNotFoundError as error:
        raise ValueError(f"{file}: there is no such file; write the secret into it, alone in its line") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not text in UTF-8; write the secret into it, alone in its line") from error
    except OSError as error:
        said = (
            f"{file} cannot be read by this user ({error.strerror}); who runs icewire must own it (chown, chmod 0400)"
        )
        raise ValueError(said) from error
    if not secret.strip():
        raise ValueError(f"{file} is empty; write the secret into it, alone in its line")
    if len(content) > _LONGEST or not secret.isprintable():
        raise ValueError(f"{file} holds more than one line of text; write the secret into it, alone in its line")
    return secret


def is_open_to_others(file: Path) -> bool:
    """Whether every user of this machine can read a file; False when that cannot be told."""
    try:
        return os.name == "posix" and bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def with_password(url: str, password: str) -> str:
    """A database's address with the password in it. Raises ValueError."""
    from sqlalchemy.engine import make_url  # slow to load, and few need it
    from sqlalchemy.exc import ArgumentError

    try:
        read = make_url(url)
    except ArgumentError as error:
        raise ValueError("set database.url, too, e.g. postgresql://user@host/name") from error
    if read.drivername.startswith("sqlite"):
        raise ValueError("SQLite has no password; take the setting away")
    if read.password:
        raise ValueError("database.url holds a password as well; take one of the two away")
    return read.set(password=password).render_as_string(hide_password=False)
