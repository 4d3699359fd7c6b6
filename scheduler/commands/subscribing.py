"""subscribe."""

import re
from typing import Annotated

import typer

from alerts.join import add_search
from alerts.locale import in_words
from alerts.mail import held_back
from alerts.query import NamedPlaces, parse, read_back
from alerts.settings import LOCAL_TIME, known_timezone
from crawler.model import IcewireError
from scheduler import show
from scheduler.commands.channels import way_out
from scheduler.commands.people import EVERY, smtp_address
from scheduler.deployment import open_deployment


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(subscribe)


def subscribe(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Where the digest goes.")],
    keywords: Annotated[
        str,
        typer.Argument(help='What to look for, e.g. \'raid OR arrest "Moody Street" -hockey\'; "" = every ICE story.'),
    ] = "",
    place: Annotated[
        list[str] | None,
        typer.Option(
            help='Only stories that happen there: "Waltham, MA", "Essex County, MA" or MA; repeat for any of several.'
        ),
    ] = None,
    at: Annotated[str | None, typer.Option(help="Local time of the digest, e.g. 07:00.", show_default=False)] = None,
    tz: Annotated[str | None, typer.Option(help="Time zone, e.g. America/New_York.", show_default=False)] = None,
    name: Annotated[
        str, typer.Option(help="What the mail calls this search, instead of saying it in words.", show_default=False)
    ] = "",
    channel: Annotated[
        str,
        typer.Option(
            help="Post its stories to this channel (its number in `icewire channels list`) and mail none; or mail.",
            show_default=False,
        ),
    ] = "",
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The person has told you that they want it: send no confirmation mail.")
    ] = False,
) -> None:
    """Add a search for somebody; they get one digest a day for all their searches.

    With SMTP set up they are first asked by mail whether they want it. For somebody who is known, --at and --tz
    without a new search change the hour and the zone, and --channel where the stories of a search go.
    """
    deployment = open_deployment(context.obj)
    settings = deployment.settings
    address = smtp_address(email)
    timezone = _zone(settings.digest.timezone if tz is None else tz)
    hour = _hour(settings.digest.at if at is None else at)
    text = _with_places(keywords, place or [], deployment.places)
    known = deployment.members.subscriber(address)
    if known and (at or tz) and (text in [s.query for s in known[1]] or not text):
        changed = deployment.members.change_hour(known[0].id or 0, at and hour, tz and timezone)
        show.say(f"{address} gets the digest at {changed.digest_at} {changed.timezone} from now on.")
        return
    if known and name and (same := [s for s in known[1] if s.query == text]):
        deployment.members.rename_search(same[0].id or 0, name)
        show.say(f"{address} calls this search “{name.strip()}” from now on: {text or EVERY}")
        return
    way = way_out(deployment, address, channel)
    if known and channel and (same := [s for s in known[1] if s.query == text]):
        deployment.channels.route(same[0].id or 0, way.id if way else None)
        show.say(f"{text or EVERY}: goes to {f'channel {way.id}, {way.called}' if way else 'the mail'} from now on.")
        return
    own = address == settings.mail.operator.strip().lower()
    active = confirmed or own or not settings.mail.smtp_host
    subscriber, found = add_search(
        deployment.post,
        deployment.places,
        address,
        text,
        hour,
        timezone,
        active,
        deployment.clock(),
        name,
        way.id if way else None,
    )
    show.say(f"This search finds {read_back(parse(text, deployment.places))}.")
    if subscriber.id and (at or tz):
        subscriber = deployment.members.change_hour(subscriber.id, at and hour, tz and timezone)
    if subscriber.state == "pending":
        held = held_back(settings.mail, address)
        show.say(
            f"{address} is asked by mail to confirm; the digest starts then." + (f" ({in_words(held)})" if held else "")
        )
        return
    if way:
        show.say(f"Its stories go to channel {way.id}, {way.called}.")
    else:
        show.say(f"{address} gets a digest at {subscriber.digest_at} {subscriber.timezone} for: {text or EVERY}")
    show.say(f"Of the last day, {show.count(found, 'story matches', 'stories match')} already.")


def _with_places(keywords: str, named: list[str], places: NamedPlaces) -> str:
    named = [f'place:"{_place(name, places)}"' for name in named]
    where = named[0] if len(named) == 1 else f"({' OR '.join(named)})" if named else ""
    return " ".join(part for part in (keywords.strip(), where) if part)


def _place(name: str, places: NamedPlaces) -> str:
    """The one spelling of a place, so that the same search is not kept twice."""
    place = places.look_up(name)
    if place is None:
        meant = places.suggest(name)
        hint = (
            f"did you mean {' or '.join(meant)}?" if meant else 'write it like "Waltham, MA", "Essex County, MA" or MA'
        )
        raise IcewireError(f"--place {name!r} names no one place; {hint}")
    return str(place)


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
