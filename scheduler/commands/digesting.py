"""digest."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from alerts.digest import (
    Digest,
    SourcesRead,
    Wanted,
    digest_html,
    digest_text,
    instant,
    is_known,
    preview,
    queue_digest,
    sample_digest,
    wanted_now,
)
from alerts.mail import deliver
from alerts.matching import LiveSearches, match_unmatched
from alerts.people import Rounds, Subscriber, is_paused
from alerts.settings import MailSettings
from crawler.model import IcewireError
from scheduler import show
from scheduler.commands.people import example_search, smtp_address
from scheduler.deployment import Deployment, open_deployment

SAMPLE = "sample"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(digest)


def digest(
    context: typer.Context,
    preview_only: Annotated[
        bool, typer.Option("--preview", help="Show what would be sent; send and record nothing.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write what would be sent, to the first subscriber or the one of --to, as a page into this file; send "
            "and record nothing. Without a subscriber it is a sample that shows all a mail can hold.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[str, typer.Option(help="With --html: whose digest, or sample.", show_default=False)] = "",
    as_json: show.JsonFlag = False,
) -> None:
    """Make and send today's digests now, without waiting for their hour."""
    deployment = open_deployment(context.obj)
    if html:
        with show.failures(as_json) as row:
            row.update(file=str(html), digest=_write_page(deployment, html, to))
        show.data(row) if as_json else show.say(f"{row['digest']}: {html}")
    else:
        _make_all(deployment, preview_only, as_json)


def _make_all(deployment: Deployment, preview_only: bool, as_json: bool) -> None:
    now = deployment.clock()
    live = LiveSearches(deployment.engine, deployment.places)
    match_unmatched(deployment.store, live, deployment.matches, now)
    active = [(s, q) for s, q in deployment.members.subscribers() if s.state == "active"]
    people = [(s, mailed) for s, q in active if (mailed := [x for x in q if x.channel_id is None and x.is_wanted])]
    if not people and not as_json:
        show.say(f'There is no subscriber yet: icewire subscribe you@example.org "{example_search()}"')
        return
    sources, made = deployment.sources_read(), []
    for subscriber, searches in people:
        if not is_known(subscriber.timezone):
            show.note(f"no digest for {subscriber.email}: the time zone {subscriber.timezone} is not known here")
            continue
        today = now.astimezone(ZoneInfo(subscriber.timezone)).date()
        if is_paused(subscriber, today):
            show.note(f"no digest for {subscriber.email}, who has paused")
            continue
        wanted = wanted_now(subscriber, searches, now)
        composed = preview(deployment.post, wanted, sources, now)
        made.append(_row(composed, subscriber, not preview_only and _make(deployment, wanted, sources, now)))
        if preview_only and not as_json:
            already = wanted.day in deployment.records.made_dates(subscriber.id or 0, wanted.day)
            _print_digest(subscriber.email, composed, deployment.settings.mail, already)
    sent, unsent = (
        (0, 0)
        if preview_only
        else deliver(deployment.deliveries, deployment.mailer, deployment.settings.mail, deployment.clock)
    )
    if as_json:
        show.data({"digests": made, "sent": sent, "not_sent": unsent})
    elif not preview_only:
        _print_made(deployment, made, sent, unsent)
    if unsent:
        raise typer.Exit(1)


def _write_page(deployment: Deployment, file: Path, to: str) -> str:
    """A digest as a page; returns what it is."""
    now, members = deployment.clock(), deployment.members
    live = LiveSearches(deployment.engine, deployment.places)
    match_unmatched(deployment.store, live, deployment.matches, now)
    known = members.subscriber(smtp_address(to)) if to and to != SAMPLE else next(iter(members.subscribers()), None)
    if to and to != SAMPLE and not known:
        raise IcewireError(f"--to: there is no subscriber {to}; `icewire subscribers` lists them")
    if known is None or to == SAMPLE:
        composed, called = sample_digest(), "a sample of our own writing"
    else:
        subscriber, searches = known
        wanted = wanted_now(subscriber, searches, now)
        composed = preview(deployment.post, wanted, deployment.sources_read(), now)
        called = f"to {subscriber.email}, “{composed.subject}”"
    try:
        file.write_text(digest_html(composed, deployment.settings.mail), "utf-8")
    except OSError as error:
        raise IcewireError(f"--html: {file} cannot be written: {error.strerror}") from error
    return called


def _make(deployment: Deployment, wanted: Wanted, sources: SourcesRead, now: datetime) -> bool:
    """Queue a digest, even an empty one, before its hour; whether it was made."""
    if queue_digest(deployment.post, wanted, sources, now, even_empty=True) != "made":
        return False
    subscriber = wanted.subscriber
    hour, zone = subscriber.digest_at, subscriber.timezone
    until = max(now, instant(wanted.day, hour, zone))
    Rounds(deployment.engine).record_served([subscriber.id or 0], hour, zone, until)
    return True


def _row(composed: Digest, subscriber: Subscriber, made: bool) -> dict[str, object]:
    return {
        "email": subscriber.email,
        "date": composed.local_date,
        "subject": composed.subject,
        "stories": composed.stories,
        "updates": composed.updated,
        "made": made,
    }


def _print_digest(email: str, composed: Digest, mail: MailSettings, already: bool) -> None:
    show.title(f"To {email}: {composed.subject}")
    if already:
        show.say("(Today's digest was made already: this is what has come since, for the next one.)")
    show.say(digest_text(composed, mail))


def _print_made(deployment: Deployment, made: list[dict[str, object]], sent: int, unsent: int) -> None:
    for one in made:
        said = f"“{one['subject']}”" if one["made"] else "today's digest was made already"
        show.say(f"{one['email']}: {said}")
    where = deployment.settings.mail.smtp_host or f"in {deployment.settings.outbox}"
    show.say(f"{sent} {'mail' if sent == 1 else 'mails'} sent ({where}){f', {unsent} could not be' if unsent else ''}.")
