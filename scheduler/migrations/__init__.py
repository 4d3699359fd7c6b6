"""The database's versions, and bringing a database up to the newest."""

from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from crawler.database import reading
from crawler.model import IcewireError

VERSIONS = Path(__file__).parent / "versions"


def upgrade(engine: Engine, to: str = "head") -> None:
    """Create or migrate the tables, to a revision; safe at every start and from several processes at once.

    Raises IcewireError when the database is of a newer icewire.
    """
    if to == "head" and _version(engine) == newest():
        return
    _migrate(to, engine=engine)


def is_older(engine: Engine) -> bool:
    """Whether a database has tables of an icewire before this one."""
    return "" < _version(engine) < newest()


def upgrade_within(connection: Connection) -> None:
    """The same in a transaction that more belongs to: it ends as a whole."""
    _migrate("head", engine=connection.engine, connection=connection)


def _migrate(to: str, **where: Connection | Engine) -> None:
    # Alembic takes a third of a second to load, and nearly always there is nothing to do.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes.update(where)
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise IcewireError(f"the database is of a newer icewire than this one ({error}); update icewire") from error


def newest() -> str:
    """The newest revision: files are called by their revisions, which are numbers, each following the one before."""
    return max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def _version(engine: Engine) -> str:
    """The revision that a database says it has; "" when it has no tables yet or cannot be asked."""
    try:
        with reading(engine).connect() as connection:
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or "")
    except DBAPIError:  # whatever is wrong, the migration meets it again and tells it
        return ""
