"""subscribers, with pause and resume; unsubscribe, reactivate."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer

from alerts.locale import in_words
from alerts.people import Cadence, Pauses, Subscriber, Subscription, Unreached, is_paused, today_of
from alerts.settings import mail_address
from crawler.model import IcewireError, Why
from scheduler import show
from scheduler.deployment import Deployment, open_deployment
from scheduler.keeping.departures import Departures

EVERY = "every story"  # how an empty search reads
OFTEN: dict[Cadence, str] = {"daily": "daily", "weekly": "weekly", "instant": "within minutes"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_Email = Annotated[str, typer.Argument(help="Whose digests.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(unsubscribe)
    group = typer.Typer(invoke_without_command=True)
    group.callback()(subscribers)
    group.command()(pause)
    group.command()(resume)
    app.add_typer(group, name="subscribers")
    app.command()(reactivate)


def unsubscribe(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose digests end.")],
    search: Annotated[
        str | None, typer.Argument(help="Only this search, as `icewire subscribers` shows it.", show_default=False)
    ] = None,
) -> None:
    """End all digests to an address, which is erased within 7 days; or end one of its searches."""
    deployment = open_deployment(context.obj)
    subscriber, searches = subscribed(deployment, email)
    if search is None:
        deployment.members.leave(subscriber.id or 0, deployment.clock())
        Departures(deployment.settings.data).note(deployment.engine, deployment.clock())
        show.say(f"{subscriber.email} gets no more mail and is erased within 7 days.")
        return
    found = [s for s in searches if (s.query or EVERY) == (search or EVERY)]
    if not found:
        raise IcewireError(f"{email} has no search {search!r}; `icewire subscribers` lists them")
    deployment.members.remove_search(found[0].id or 0)
    show.say(f"{subscriber.email} no longer looks for: {search or EVERY}")


def subscribers(
    context: typer.Context,
    as_json: show.JsonFlag = False,
    failing: Annotated[bool, typer.Option("--failing", help="Only those whose mail does not arrive, and why.")] = False,
) -> None:
    """Who gets a digest, when, and for what; `pause` and `resume` are for somebody who is away."""
    if context.invoked_subcommand:
        return
    deployment = open_deployment(context.obj)
    now = deployment.clock()
    if failing:
        _tell_failing(Unreached(deployment.engine).failing(), as_json)
        return
    found = [_row(person, searches, now) for person, searches in deployment.members.subscribers()]
    if as_json:
        show.data(found)
    elif not found:
        show.say(f'Nobody yet: icewire subscribe you@example.org "{example_search()}"')
    for one in () if as_json else found:
        why = f": {one['because']}" if one["because"] else ""
        state = "" if one["state"] == "active" else f" ({one['state']}{why})"
        away = f", paused until {one['paused_until'] or 'they resume'}" if one["paused"] else ""
        show.say(f"{one['email']}{state}, at {one['at']} {one['timezone']}{away}")
        for said in _searches(one):
            show.say(f"  {said}")


def _tell_failing(people: Sequence[Subscriber], as_json: bool) -> None:
    """Whose mail does not arrive: a line each, those that are left alone first."""
    rows: list[dict[str, Any]] = [
        {
            "email": person.email,
            "state": person.state,
            "kind": person.bounced_because,
            "because": in_words(Why(person.bounced_because, person.bounced_because_args)),
            "times": person.refusals + person.returns,
            "since": min(filter(None, (person.refused_since, person.returned_since)), default=person.bounced_at),
        }
        for person in people
    ]
    if as_json:
        show.data(rows)
    elif not rows:
        show.say("Mail arrives at every address, as far as their servers say.")
    for row in () if as_json else rows:
        since = f" since {row['since']:%Y-%m-%d}" if row["since"] else ""
        left = "no more mail goes there" if row["state"] == "bounced" else f"{show.count(row['times'], 'time')}{since}"
        show.say(f"{row['email']} ({left}): {row['because']}")


def _row(person: Subscriber, searches: list[Subscription], now: datetime) -> dict[str, Any]:
    today = today_of(person, now)
    return {
        "email": person.email,
        "state": person.state,
        "because": in_words(Why(person.bounced_because, person.bounced_because_args)),
        "at": person.digest_at,
        "timezone": person.timezone,
        "day": DAYS[person.weekday].lower(),
        "paused": is_paused(person, today),
        "paused_until": person.paused_until if is_paused(person, today) else None,
        "searches": [q.query for q in searches],
        "names": [q.name for q in searches],
        "channels": [q.channel_id for q in searches],
        "cadences": [q.cadence for q in searches],
        "asked": [q.asked_at for q in searches],
    }


def _searches(one: dict[str, Any]) -> list[str]:
    """A line for each search: what it asks for, its name, how often and where it comes, and whether it comes at all."""
    lines = []
    for query, name, channel, cadence, asked in zip(
        one["searches"], one["names"], one["channels"], one["cadences"], one["asked"], strict=True
    ):
        often = {"weekly": f", each {one['day'].capitalize()}", "instant": ", within minutes"}.get(cadence, "")
        way = f"  → channel {channel}" if channel else ""
        waits = " (waits for a yes)" if asked else ""
        lines.append(f"{query or EVERY}{f' (“{name}”)' if name else ''}{often}{way}{waits}")
    return lines


def pause(
    context: typer.Context,
    email: _Email,
    until: Annotated[
        str, typer.Option(help="The day of the first digest again, e.g. 2026-12-28; else until `resume`.")
    ] = "",
    drop: Annotated[
        bool, typer.Option("--drop", help="Leave out what is found meanwhile, instead of one digest with all of it.")
    ] = False,
) -> None:
    """No mail to somebody until a day, or until they resume."""
    deployment = open_deployment(context.obj)
    person, _ = subscribed(deployment, email)
    day = _date(until)
    if day and day <= today_of(person, deployment.clock()):
        raise IcewireError(f"--until: {until} is not ahead of today where {person.email} is")
    Pauses(deployment.engine).pause(person.id or 0, deployment.clock(), day, drop)
    then = "is not told" if drop else "comes in the first digest after"
    show.say(f"{person.email} gets no digest until {day or 'they resume'}; what is found meanwhile {then}.")


def resume(context: typer.Context, email: _Email) -> None:
    """End a pause: the next digest comes at its hour."""
    deployment = open_deployment(context.obj)
    person, _ = subscribed(deployment, email)
    if not is_paused(person, today_of(person, deployment.clock())):
        raise IcewireError(f"{person.email} has not paused; `icewire subscribers` shows who has")
    Pauses(deployment.engine).resume(person.id or 0, today_of(person, deployment.clock()))
    show.say(f"{person.email} gets digests again, the next one at {person.digest_at} {person.timezone}.")


def subscribed(deployment: Deployment, email: str) -> tuple[Subscriber, list[Subscription]]:
    """Who has this address, and their searches. Raises IcewireError when nobody does."""
    known = deployment.members.subscriber(smtp_address(email))
    if known is None or known[0].id is None:
        raise IcewireError(f"{email} is not subscribed; `icewire subscribers` lists who is")
    return known


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise IcewireError(f"--until: {text!r} is not a date; write it like 2026-12-28") from error


def reactivate(
    context: typer.Context, email: Annotated[str, typer.Argument(help="Whose digests begin again.")]
) -> None:
    """Mail again to an address that was left alone (“bounced”), because its server said that nobody has it."""
    deployment = open_deployment(context.obj)
    person, _ = subscribed(deployment, email)
    subscriber = Unreached(deployment.engine).reactivate(person.id or 0)
    show.say(f"{subscriber.email} gets digests again; the next one comes within a minute of `icewire run`.")


def example_search() -> str:
    """A search as somebody may write it."""
    from crawler.topic import chosen

    return f"{chosen().wording('en').sought} OR arrest"


def smtp_address(email: str) -> str:
    """The address as SMTP writes it, in small letters; a reader may be wherever the sender may be.

    Raises IcewireError when it is none.
    """
    try:
        return mail_address(email.strip()).lower()
    except ValueError as error:
        raise IcewireError(str(error)) from error
