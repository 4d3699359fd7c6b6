"""db: backup, check, restore and copy: keep what icewire knows, and move it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.model import IcewireError
from scheduler import show

if TYPE_CHECKING:
    from scheduler.keeping.restore import Restored, Wish
    from scheduler.keeping.soundness import Soundness

_Url = Annotated[str, typer.Argument(help="sqlite:///var/icewire.db or postgresql://user@host/name; no password.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True)
    for command in (backup, check, restore, copy):
        group.command()(command)
    app.add_typer(group, name="db", help="Back up, check, put back and move what icewire knows.")


def backup(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to.  [default: backups/icewire-TIME.tar in the data folder]")
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="Backups that stay in the data folder; older ones are deleted.")] = 7,
    keep_old: Annotated[
        bool, typer.Option("--keep-old", help="Also those of more than 7 days, which hold who was erased since.")
    ] = False,
) -> None:
    """One file with the database, the key and your outlets, checked; the daemon may run."""
    from crawler.database import open_database
    from scheduler.clock import clock
    from scheduler.keeping.backup import default_place, made_in, make_backup, superfluous
    from scheduler.private import make_private
    from scheduler.settings import load

    settings = load(context.obj)
    make_private(settings)
    now = clock(settings.clock_offset_seconds)()
    place = file or default_place(settings.data, now)
    # Not migrated first: before an upgrade it is the old tables that are to be kept.
    made = make_backup(open_database(settings.database_url), settings, place, now)
    rows = sum((made.about.rows or {}).values())
    how = "" if made.compared else ", and others were written meanwhile"
    show.say(f"{place}  {_size(place)}: whole, {show.count(rows, 'row')}{how}")
    for old in superfluous(made_in(place.parent), keep, now, keep_old) if file is None else ():
        old.unlink(missing_ok=True)
        show.say(f"{old} deleted")
    config = context.obj or "icewire.toml"
    show.say(f"It holds addresses and the key: keep it as safe as those. Not in it: {config} and passwords.")


def check(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="A backup.  [default: the database that is in use]")] = None,
    as_json: show.JsonFlag = False,
) -> None:
    """Is it whole, and can this icewire read it? The exit status is 1 when not."""
    from scheduler.private import make_private
    from scheduler.settings import load

    settings = load(context.obj)
    make_private(settings)
    with show.failures(as_json):
        about, found = _looked_at(settings.database_url, settings.data, file)
    if as_json:
        show.data({"made_at": about, "tables": found.revision, "rows": found.rows, "faults": found.faults})
    else:
        for name, n in found.rows.items():
            show.say(f"{n:>10}  {name}")
        for fault in found.faults:
            show.complain(fault)
    if found.faults:
        raise typer.Exit(1)
    if not as_json:
        older = "; it is brought up to date at the next start" if found.older else ""
        made = f", made {show.local(about, 'UTC')} UTC" if about else ""
        show.say(f"whole{made}, tables of version {found.revision}{older}")


def _looked_at(url: str, data: Path, file: Path | None) -> "tuple[datetime | None, Soundness]":
    from crawler.database import open_database
    from scheduler.keeping.backup import LOCK
    from scheduler.keeping.bundle import unpack
    from scheduler.keeping.places import alone, workplace
    from scheduler.keeping.postgresql import rows_in_dump
    from scheduler.keeping.soundness import Soundness, look_at_file, look_at_postgresql

    if file is None:
        engine = open_database(url)
        if engine.dialect.name == "postgresql":
            return None, look_at_postgresql(engine)
        place = Path(engine.url.database or "")
        if not place.exists():
            raise IcewireError(f"{place}: there is no database yet; `icewire run` or `icewire db restore` makes one")
        return None, look_at_file(place)
    with alone(data, LOCK, "a backup is being made or put back; wait for it to end"), workplace(data, data) as room:
        unpacked = unpack(file, room)
        about = unpacked.about
        if about.kind == "sqlite":
            return about.made_at, look_at_file(unpacked.database, file)
        rows = rows_in_dump(unpacked.database)
        lacks = (
            [] if rows == about.rows else [f"{file}: the dump in it does not hold all its rows; take another backup"]
        )
        return about.made_at, Soundness(about.revision, rows, lacks)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The backup.")],
    moved: Annotated[
        bool, typer.Option("--moved", help="icewire has not run since: what waits to be sent may go.")
    ] = False,
    without_subscribers: Annotated[
        bool, typer.Option("--without-subscribers", help="Only the stories, and nobody's address.")
    ] = False,
    whoever_left: Annotated[
        bool, typer.Option("--whoever-left", help="Also when nobody knows who left since: they get mail again.")
    ] = False,
) -> None:
    """Put a backup in the place of what is there, which is kept beside it. Nobody is mailed the same again."""
    from scheduler.clock import clock
    from scheduler.keeping.restore import restore as put_back
    from scheduler.private import make_private
    from scheduler.settings import load

    if moved + without_subscribers + whoever_left > 1:
        raise IcewireError("--moved, --without-subscribers and --whoever-left say different things: choose one")
    wish: Wish = "moved" if moved else "people_gone" if without_subscribers else "unlisted" if whoever_left else "since"
    settings = load(context.obj)
    make_private(settings)
    _tell(put_back(file, settings, clock(settings.clock_offset_seconds)(), wish))


def _tell(done: "Restored") -> None:
    show.say(f"The state of {show.local(done.about.made_at, 'UTC')} UTC is back; start icewire.")
    for aside in done.aside:
        show.say(f"What was there: {aside}; it holds addresses, so delete it when all is well.")
    m = done.mended
    if done.erased:
        show.say(f"{show.count(done.erased, 'subscriber')} erased.")
    if m.left:
        show.say(f"{show.count(m.left, 'subscriber')} left since then and stayed away.")
    if m.held or m.told:
        mails, stories = (
            show.count(m.held, "mail or posting", "mails and postings"),
            show.count(m.told, "match", "matches"),
        )
        show.say(f"Not sent, as they may have been since then: {mails} that waited, {stories} found and not told.")


def copy(context: typer.Context, source: _Url, target: _Url) -> None:
    """Bring all into another database, a new one. Stop the daemon first; then set database.url."""
    from crawler.database import address_of, open_database
    from scheduler.keeping.copying import copy_database
    from scheduler.keeping.places import alone
    from scheduler.private import make_private
    from scheduler.settings import load

    settings = load(context.obj)
    make_private(settings)
    running = "an icewire runs with this data folder, and what it writes meanwhile would be left behind; stop it first"
    with alone(settings.data, "daemon.lock", running):
        engines = [open_database(url) for url in (source, target)]
        if engines[0].dialect.name == "sqlite" and not Path(engines[0].url.database or "").exists():
            raise IcewireError(f"{source}: there is no such file")
        copied = copy_database(engines[0], engines[1], _tell_progress)
    show.say(f"{show.count(sum(copied.values()), 'row')} of {len(copied)} tables copied, each read again and compared.")
    aside = ", and database.password_file to a file with its password" if engines[1].url.password else ""
    show.say(f'Now set database.url to "{address_of(engines[1])}"{aside}; keep the data folder.')


def _tell_progress(table: str, done: int, total: int) -> None:
    if done == total or done % 50_000 == 0:
        show.say(f"{done:>10} of {total}  {table}")


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"
