"""All that share a database share one key: with another one the links in mails would lead nowhere."""

import hashlib
import hmac
from pathlib import Path

from sqlalchemy import Engine, text

from crawler.model import IcewireError
from scheduler.workers.held import SCHEDULER, WORKER, held

_NOTED = text("SELECT obj_description('procrastinate_workers'::regclass, 'pg_class')")


def note_key(engine: Engine, key: bytes, file: Path) -> None:
    """A daemon's key is the one that counts, as long as nobody else is at work. Raises IcewireError when it is another.

    What is noted is a digest from which nobody finds the key.
    """
    with engine.begin() as connection:
        noted = connection.execute(_NOTED).scalar()
        if noted == _known_by(key):
            return
        if noted and (held(connection, WORKER) or held(connection, SCHEDULER)):
            raise _another(file)
        connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_workers IS '{_known_by(key)}'")


def check_key(engine: Engine, key: bytes, file: Path) -> None:
    """A worker's has to be the daemon's. Raises IcewireError when it is another."""
    with engine.connect() as connection:
        if (noted := connection.execute(_NOTED).scalar()) and noted != _known_by(key):
            raise _another(file)


def _another(file: Path) -> IcewireError:
    return IcewireError(f"{file}: another key than that of the daemon with this database; copy the daemon's file here")


def _known_by(key: bytes) -> str:
    return "key " + hmac.new(key, b"which key this is", hashlib.sha256).hexdigest()[:16]
