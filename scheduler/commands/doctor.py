"""doctor: is this deployment well, and what does a sender still need?"""

import smtplib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer
from sqlmodel import Session, text

from alerts.locale import in_words, worded
from alerts.mail import Patience, SmtpMailer, forgive, stops_of
from alerts.operator import Status, status_of
from alerts.settings import is_one_click
from crawler.model import IcewireError, Why, because
from crawler.settings import user_agent
from crawler.watch import Troubles
from scheduler import show
from scheduler.deployment import Deployment, open_deployment
from scheduler.parts import STATE_FILE, read_parts

_MOST_NAMED = 5  # files
_MOST_FLOODS = 5  # outlets
MARKS = {"ok": "green", "note": "yellow", "wrong": "bold red"}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "note", "wrong"]
    said: str


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor(
    context: typer.Context,
    as_json: show.JsonFlag = False,
    mended: Annotated[
        bool, typer.Option("--mended", help="What servers refused because of you is mended: mail goes there again.")
    ] = False,
) -> None:
    """Check configuration, database, registry, mail and clock, and say what a sender still needs."""
    try:
        deployment = open_deployment(context.obj)
        if mended:
            forgive(deployment.engine)
        findings = list(look_at(deployment))
    except IcewireError as error:
        findings = [Diagnosis("configuration", "wrong", worded(error))]
    if as_json:
        show.data([asdict(f) for f in findings])
    else:
        for f in findings:
            show.hanging(f"[{MARKS[f.state]}]{f.state:6}[/]{f.what:15}", f.said)
    if any(f.state == "wrong" for f in findings):
        raise typer.Exit(1)


def look_at(deployment: Deployment) -> Iterator[Diagnosis]:
    """Look at everything once; sends no mail."""
    s = deployment.settings
    yield Diagnosis("configuration", "ok", f"data in {s.data.resolve()}")
    yield from _privacy(deployment)
    yield _key(deployment)
    yield _database(deployment)
    yield _registry(deployment)
    status = _status(deployment)
    if outage := deployment.watchlist.outages.current():
        yield Diagnosis("network", "wrong", in_words(outage.why))
    yield _sources(deployment, status)
    yield from _troubles(deployment)
    yield from _matching(deployment)
    yield from _parts(deployment)
    people = deployment.members.recipients()
    yield Diagnosis(
        "subscribers",
        "ok" if people else "note",
        f"{people} get a digest" if people else "nobody yet: icewire subscribe you@example.org",
    )
    if bounced := len(deployment.members.bounced()):
        which = show.count(bounced, "address", "addresses")
        said = f"no mail goes to {which} at which none arrives: icewire subscribers --failing"
        yield Diagnosis("subscribers", "note", said)
    for zone in status.unknown_zones:
        yield Diagnosis("subscribers", "wrong", f"no digest in the time zone {zone}, which this machine does not know")
    yield _clock(deployment)
    yield _manners(deployment)
    yield from _mail(deployment)
    yield from _bounces(deployment)
    yield from _channels(deployment)
    deliveries = deployment.deliveries.delivery_counts()
    undelivered = deliveries.get("failed", 0) + deliveries.get("queued", 0)
    yield Diagnosis(
        "deliveries",
        "note" if undelivered else "ok",
        ", ".join(f"{n} {k}" for k, n in deliveries.items()) or "none yet",
    )


def _privacy(deployment: Deployment) -> Iterator[Diagnosis]:
    """What others could read; nothing when there was nothing."""
    found = deployment.privacy
    if found.closed:
        said = f"closed to other users of this machine, who could read it until now: {_named(found.closed)}"
        yield Diagnosis("privacy", "note", said)
    if found.open:
        said = (
            f"other users of this machine can look into {_named(found.open)}: keep data in a folder of its own, yours"
        )
        yield Diagnosis("privacy", "note", said)


def _named(paths: Sequence[object]) -> str:
    shown = ", ".join(map(str, paths[:_MOST_NAMED]))
    return f"{shown} and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else shown


def _key(deployment: Deployment) -> Diagnosis:
    try:
        return Diagnosis("key", "ok", f"{len(deployment.links.key)} bytes")
    except IcewireError as error:
        return Diagnosis("key", "wrong", worded(error))


def _status(deployment: Deployment) -> Status:
    d = deployment
    return status_of(d.watchlist, d.store, d.members, d.deliveries, d.settings.watch.states, d.clock())


def _sources(deployment: Deployment, status: Status) -> Diagnosis:
    total = show.count(len(status.feeds), "feed")
    if status.failing or status.turned_away:
        lost = [f"{len(status.failing)} of {total} could not be read"] if status.failing else []
        away = [f"the pages of {status.turned_away} could not be"] if status.turned_away else []
        return Diagnosis("sources", "note", f"{', '.join(lost + away)}: icewire sources list --failing")
    if status.waiting:
        return Diagnosis("sources", "note", f"{status.waiting} of {total} not read yet; icewire run reads them")
    return Diagnosis("sources", "ok", f"{total} read, the last {show.ago(status.last_read, deployment.clock())}")


def _troubles(deployment: Deployment) -> Iterator[Diagnosis]:
    """The outlets that fell out of their habit, and whether anybody hears of it."""
    kinds = Counter(kind for found in Troubles(deployment.engine).known().values() for kind in found)
    if kinds:
        said = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
        yield Diagnosis("outlets", "note", f"out of their habit: {said}")
    for source, why in Troubles(deployment.engine).floods()[:_MOST_FLOODS]:
        yield Diagnosis("outlets", "note", f"{source.name} ({source.id}) {in_words(why)}")
    if not deployment.settings.mail.operator:
        yield Diagnosis("outlets", "note", "set mail.operator: nobody is told when an outlet falls silent")


def _matching(deployment: Deployment) -> Iterator[Diagnosis]:
    """The stories that met no search because they could not be matched; nothing when there is none."""
    if stuck := deployment.matches.set_aside_stories():
        which = f"{show.count(len(stuck), 'story', 'stories')} could not be matched and met no search"
        said = f"{which}: {_named(stuck)}; the log says why, and a start of the daemon tries again"
        yield Diagnosis("matching", "wrong", said)


def _parts(deployment: Deployment) -> Iterator[Diagnosis]:
    """What of the daemon fails, or did and was started again, in the last day; nothing when nothing did."""
    for part, failing in read_parts(deployment.settings.data / STATE_FILE).items():
        since, over = (datetime.fromisoformat(failing[key]) if failing[key] else None for key in ("since", "over"))
        often = f"{show.count(failing['times'], 'time')} since {since:%Y-%m-%d %H:%M} UTC"
        if over is None:
            yield Diagnosis("daemon", "wrong", f"{part} failed {often}: {failing['why']}")
        elif deployment.clock() - over < timedelta(days=1):
            yield Diagnosis("daemon", "note", f"{part} failed {often} and works again: {failing['why']}")


def _database(deployment: Deployment) -> Diagnosis:
    with Session(deployment.engine) as session:
        if deployment.engine.dialect.name == "sqlite":
            said = str(session.connection().execute(text("PRAGMA quick_check")).scalar_one())
            return Diagnosis("database", "ok" if said == "ok" else "wrong", f"{deployment.engine.url} ({said})")
        version = session.connection().execute(text("SHOW server_version")).scalar_one()
    return Diagnosis("database", "ok", f"PostgreSQL {version}")


def _registry(deployment: Deployment) -> Diagnosis:
    try:
        return Diagnosis("registry", "ok", f"{deployment.sync_registry()} outlets")
    except IcewireError as error:
        return Diagnosis("registry", "wrong", worded(error))


def _clock(deployment: Deployment) -> Diagnosis:
    now, offset = deployment.clock(), deployment.settings.clock_offset_seconds
    said = f"{now:%Y-%m-%d %H:%M} UTC; {now.astimezone():%H:%M %Z} here"
    if offset:
        return Diagnosis("clock", "note", f"{said}; shifted by {offset:.0f} s (clock_offset_seconds)")
    newest = deployment.watchlist.newest_attempt()
    if newest and newest > now:
        return Diagnosis("clock", "wrong", f"{said}, but the database knows {newest:%Y-%m-%d %H:%M} UTC; set the clock")
    return Diagnosis("clock", "ok" if datetime.now(UTC).year >= 2026 else "wrong", said)


def _manners(deployment: Deployment) -> Diagnosis:
    if deployment.settings.crawl.contact_url:
        return Diagnosis("manners", "ok", f"outlets see {user_agent(deployment.settings.crawl)}")
    return Diagnosis("manners", "note", "set crawl.contact_url: an outlet should know whom to ask about our visits")


def _channels(deployment: Deployment) -> Iterator[Diagnosis]:
    """Those that are off, which nobody else hears of; nothing when there is no channel."""
    known = [channel for channel, *_ in deployment.channels.everybodys()]
    off = [f"channel {c.id} is off: {in_words(Why(c.off_because, c.off_because_args))}" for c in known if c.off_at]
    if known:
        yield Diagnosis("channels", "note" if off else "ok", "; ".join(off) or f"{len(known)} on")


def _bounces(deployment: Deployment) -> Iterator[Diagnosis]:
    """Whose servers refuse us, and whether we hear of mails that come back."""
    bounces, now = deployment.settings.bounces, deployment.clock()
    for domain, why in stops_of(deployment.engine, now).domains.items():
        yield Diagnosis("bounces", "wrong", in_words(because("sender_stopped", domain=domain, last=why)))
    box = deployment.bounce_box
    if not bounces.address and not box:
        if deployment.settings.mail.smtp_host:
            said = "set bounces.address and a box: what your server takes and cannot deliver is told to nobody"
            yield Diagnosis("bounces", "note", said)
    elif not box:
        said = "set bounces.maildir or bounces.imap_host: nobody reads what comes back"
        yield Diagnosis("bounces", "note", said)
    elif not bounces.address:
        said = "set bounces.address: without it the box is not looked into"
        yield Diagnosis("bounces", "note", said)
    else:
        try:
            yield Diagnosis("bounces", "ok", f"{show.count(box.waiting(), 'mail')} to read for {bounces.address}")
        except IcewireError as error:
            yield Diagnosis("bounces", "wrong", worded(error))


def _mail(deployment: Deployment) -> Iterator[Diagnosis]:
    mail = deployment.settings.mail
    if not mail.smtp_host:
        yield Diagnosis("mail", "note", f"goes to {deployment.settings.outbox}; set mail.smtp_host to send it")
        return
    try:
        with SmtpMailer(mail, Patience(greeting=60)).connect() as smtp:
            smtp.noop()
        yield Diagnosis("mail", "ok", f"{mail.smtp_host}:{mail.smtp_port} answers ({mail.smtp_security})")
    except (OSError, smtplib.SMTPException) as error:
        yield Diagnosis("mail", "wrong", f"{mail.smtp_host}:{mail.smtp_port}: {error}")
    for value, key, why in (
        (mail.postal_address, "mail.postal_address", "the law wants one in each mail"),
        (mail.contact, "mail.contact", "a reader must be able to reach a person"),
        (
            mail.sender.partition("@")[2].replace("localhost", ""),
            "mail.sender",
            "must be an address at your own domain",
        ),
        (deployment.settings.web.public_url, "web.public_url", "the unsubscribe link must work from anywhere"),
    ):
        if not value:
            yield Diagnosis("sender", "note", f"set {key}: {why}")
    if deployment.settings.web.public_url and not is_one_click(deployment.settings.web.public_url):
        said = "web.public_url is not https: mail to anybody but the operator is held back, as its links are not safe"
        yield Diagnosis("sender", "note", said)
