"""PostgreSQL's own tools, which must be on the PATH. Other users of the machine see no password."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text

from crawler.database import reading
from crawler.model import IcewireError

_VERSION = re.compile(r" TABLE DATA \S+ alembic_version ")
_APSCHEDULERS = "timetable"  # made anew at each start


def dump(engine: Engine, file: Path) -> tuple[str, dict[str, int]]:
    """Write our tables as they are at one moment; returns their version, and how many rows each has then."""
    with reading(engine).connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        _same_age(connection, "pg_dump")
        tables = [name for name in sorted(inspect(connection).get_table_names()) if name != _APSCHEDULERS]
        rows = {n: connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one() for n in tables}  # noqa: S608
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        args = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}"]
        # All there is, for a trigger's function belongs to no table.
        _run(engine, "pg_dump", *args, f"--exclude-table={_APSCHEDULERS}")
    return str(revision), rows


def rows_in_dump(file: Path) -> dict[str, int]:
    """How many rows a dump holds of each table, read through to its end. Raises IcewireError when it is damaged."""
    listed = _run(None, "pg_restore", "--list", str(file))
    rows = dict.fromkeys(re.findall(r"^\d+; \d+ \d+ TABLE DATA \S+ (\S+) ", listed, re.MULTILINE), 0)
    table = ""
    for line in _lines("pg_restore", "--data-only", "--file=-", str(file)):
        if not table and line.startswith(b"COPY "):
            table = line.split()[1].decode().rpartition(".")[2].strip('"')
        elif line == b"\\.\n":
            table = ""
        elif table:
            rows[table] += 1
    return rows


def fill(engine: Engine, file: Path) -> None:
    """Put a dump into an empty database, whole or not at all; only the row that says it is ready is left out."""
    with reading(engine).connect() as connection:
        _same_age(connection, "pg_restore")
    listed = _run(None, "pg_restore", "--list", str(file)).splitlines()
    chosen = file.with_name("chosen.list")
    chosen.write_text("\n".join(line for line in listed if not _VERSION.search(line)) + "\n")
    args = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--use-list={chosen}")
    _run(engine, "pg_restore", *args, f"--dbname={_address(engine)}", str(file))


def _same_age(connection: Connection, tool: str) -> None:
    """An older tool cannot read a newer server. Raises IcewireError."""
    server = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    said = _run(None, tool, "--version")
    ours = int(found[0]) if (found := re.findall(r"(\d+)(?:\.\d+)*", said)) else 0
    if ours < server:
        raise IcewireError(
            f"{tool} is of version {ours} and the server of version {server}: install PostgreSQL's tools of version "
            f"{server} or newer, and put them first on the PATH"
        )


def _address(engine: Engine) -> str:
    url = engine.url.difference_update_query(["password"])
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)


def _environment(engine: Engine | None) -> dict[str, str]:
    given = {**os.environ, "LC_ALL": "C"}
    if engine is not None and (password := engine.url.password or engine.url.query.get("password")):
        given["PGPASSWORD"] = str(password)
    return given


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise IcewireError(f"{name} is not on the PATH; install PostgreSQL's client tools (postgresql-client)")
    return found


def _run(engine: Engine | None, tool: str, *args: str) -> str:
    """What a tool prints. Raises IcewireError with its own first words when it fails."""
    address = [f"--dbname={_address(engine)}"] if engine is not None and tool == "pg_dump" else []
    done = subprocess.run([_tool(tool), *address, *args], env=_environment(engine), capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise IcewireError(f"{tool}: {_first_words(done.stderr)}; nothing was changed")
    return done.stdout


def _lines(tool: str, *args: str) -> Iterator[bytes]:
    with subprocess.Popen([_tool(tool), *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None
        assert process.stderr is not None
        yield from process.stdout
        said = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise IcewireError(f"{tool}: {_first_words(said)}; take another backup")


def _first_words(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line), lines[0] if lines else "it failed without a word")
