"""subscribe, unsubscribe, subscribers."""

import re
from typing import Annotated, Any

import typer
from email_validator import EmailNotValidError, validate_email

from alerts.digest import held_back
from alerts.join import add_search
from alerts.settings import LOCAL_TIME, known_timezone
from crawler.model import IcewireError
from crawler.places import shipped as gazetteer
from scheduler import show
from scheduler.deployment import open_deployment

EVERY = "every story"  # how an empty search reads


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(subscribe)
    app.command()(unsubscribe)
    app.command()(subscribers)


def subscribe(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Where the digest goes.")],
    keywords: Annotated[
        str,
        typer.Argument(help='What to look for, e.g. \'raid OR arrest* "Moody Street" -hockey\'; "" = every ICE story.'),
    ] = "",
    place: Annotated[
        list[str] | None,
        typer.Option(
            help='Only stories that happen there: "Waltham, MA", "Essex County, MA" or MA; repeat for any of several.'
        ),
    ] = None,
    at: Annotated[str | None, typer.Option(help="Local time of the digest, e.g. 07:00.", show_default=False)] = None,
    tz: Annotated[str | None, typer.Option(help="Time zone, e.g. America/New_York.", show_default=False)] = None,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The person has told you that they want it: send no confirmation mail.")
    ] = False,
) -> None:
    """Add a search for somebody; they get one digest a day for all their searches.

    With SMTP set up they are first asked by mail whether they want it. For somebody who is known, --at and --tz
    without a new search change the hour and the zone.
    """
    deployment = open_deployment(context.obj)
    settings = deployment.settings
    address = _address(email)
    timezone = _zone(settings.digest.timezone if tz is None else tz)
    hour = _hour(settings.digest.at if at is None else at)
    text = _with_places(keywords, place or [])
    known = deployment.register.subscriber(address)
    if known and (at or tz) and (text in [s.query for s in known[1]] or not text):
        changed = deployment.register.change_hour(known[0].id or 0, at and hour, tz and timezone)
        show.say(f"{address} gets the digest at {changed.digest_at} {changed.timezone} from now on.")
        return
    own = address == settings.mail.operator.strip().lower()
    active = confirmed or own or not settings.mail.smtp_host
    subscriber, found = add_search(
        deployment.post, gazetteer(), address, text, hour, timezone, active, deployment.clock()
    )
    if subscriber.id and (at or tz):
        subscriber = deployment.register.change_hour(subscriber.id, at and hour, tz and timezone)
    if subscriber.state == "pending":
        held = held_back(settings.mail, address)
        show.say(f"{address} is asked by mail to confirm; the digest starts then." + (f" ({held})" if held else ""))
        return
    show.say(f"{address} gets a digest at {subscriber.digest_at} {subscriber.timezone} for: {text or EVERY}")
    show.say(f"Of the last day, {show.count(found, 'story matches', 'stories match')} already.")


def unsubscribe(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose digests end.")],
    search: Annotated[
        str | None, typer.Argument(help="Only this search, as `icewire subscribers` shows it.", show_default=False)
    ] = None,
) -> None:
    """End all digests to an address, which is erased within 7 days; or end one of its searches."""
    deployment = open_deployment(context.obj)
    known = deployment.register.subscriber(_address(email))
    if known is None or known[0].id is None:
        raise IcewireError(f"{email} is not subscribed; `icewire subscribers` lists who is")
    subscriber, searches = known
    if search is None:
        deployment.register.leave(known[0].id, deployment.clock())
        show.say(f"{subscriber.email} gets no more mail and is erased within 7 days.")
        return
    found = [s for s in searches if (s.query or EVERY) == (search or EVERY)]
    if not found:
        raise IcewireError(f"{email} has no search {search!r}; `icewire subscribers` lists them")
    deployment.register.remove_search(found[0].id or 0)
    show.say(f"{subscriber.email} no longer looks for: {search or EVERY}")


def subscribers(context: typer.Context, as_json: show.JsonFlag = False) -> None:
    """Who gets a digest, when, and for what."""
    deployment = open_deployment(context.obj)
    found: list[dict[str, Any]] = [
        {
            "email": s.email,
            "state": s.state,
            "at": s.digest_at,
            "timezone": s.timezone,
            "searches": [q.query for q in searches],
        }
        for s, searches in deployment.register.subscribers()
    ]
    if as_json:
        show.data(found)
    elif not found:
        show.say('Nobody yet: icewire subscribe you@example.org "raid OR arrest"')
    for one in () if as_json else found:
        state = "" if one["state"] == "active" else f" ({one['state']})"
        show.say(f"{one['email']}{state}, at {one['at']} {one['timezone']}")
        for query in one["searches"]:
            show.say(f"  {query or EVERY}")


def _with_places(keywords: str, places: list[str]) -> str:
    named = [f'place:"{_place(p)}"' for p in places]
    where = named[0] if len(named) == 1 else f"({' OR '.join(named)})" if named else ""
    return " ".join(part for part in (keywords.strip(), where) if part)


def _place(name: str) -> str:
    """The one spelling of a place, so that the same search is not kept twice."""
    place = gazetteer().look_up(name)
    if place is None:
        meant = gazetteer().suggest(name)
        hint = (
            f"did you mean {' or '.join(meant)}?" if meant else 'write it like "Waltham, MA", "Essex County, MA" or MA'
        )
        raise IcewireError(f"--place {name!r} names no one place; {hint}")
    return str(place)


def _address(email: str) -> str:
    """The address as SMTP writes it: not every mail server takes letters outside ASCII before the @ (RFC 6531)."""
    try:
        known = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
        return (known.ascii_email or known.normalized).lower()
    except EmailNotValidError as error:
        raise IcewireError(f"{email!r} is not an e-mail address: {error}") from error


def _zone(name: str) -> str:
    try:
        return known_timezone(name)
    except ValueError as error:
        raise IcewireError(f"--tz: {error}") from error


def _hour(at: str) -> str:
    hour = at if len(at) == 5 else f"0{at}"
    if not re.match(LOCAL_TIME, hour):
        raise IcewireError(f"--at: {at!r} is not a time of day; write it like 07:00")
    return hour
