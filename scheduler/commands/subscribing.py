"""subscribe."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from alerts.digest import MOST_ENTRIES, MOST_OF_A_SECTION
from alerts.join import add_search, read_search
from alerts.locale import LANGUAGES, in_words, phrasebook
from alerts.mail import held_back
from alerts.matching import back_test
from alerts.query import NamedPlaces, read_back
from alerts.settings import LOCAL_TIME, known_timezone
from crawler.model import IcewireError
from scheduler import show
from scheduler.commands.backtesting import ask_if_heavy, back_test_row, print_back_test
from scheduler.commands.channels import way_out
from scheduler.commands.people import DAYS, EVERY, OFTEN, smtp_address
from scheduler.deployment import Deployment, open_deployment

if TYPE_CHECKING:
    from alerts.people import Cadence, Channel, Subscriber, Subscription


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(subscribe)


def subscribe(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Where the digest goes.")],
    keywords: Annotated[
        str, typer.Argument(help='What to look for, e.g. \'court OR arrest "Moody Street" -hockey\'; "" = every story.')
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
    cadence: Annotated[
        str, typer.Option(help="How often it comes: daily, weekly, or instant: within minutes.", show_default="daily")
    ] = "",
    day: Annotated[str, typer.Option(help="On which day weekly searches come, e.g. monday.", show_default=False)] = "",
    language: Annotated[
        str, typer.Option(help="What they read: en or es; mails and pages are in it.", show_default="en")
    ] = "",
    most: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_ENTRIES,
            help=f"How many of its stories one mail shows, {MOST_OF_A_SECTION} unless said; the others are counted.",
            show_default=False,
        ),
    ] = None,
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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what the search would have brought, and save nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Save it unasked, even if it brings more than 30 stories a day.")
    ] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Add a search for somebody; they get one digest a day for all their searches that do not come at once.

    First it says what the search would have brought in the last 30 and 90 days, and what it just misses.
    With SMTP set up they are first asked by mail whether they want it. For somebody who is known, --at, --tz, --day and
    --language without a new search change the hour, the zone, the day and the language; --name, --most, --cadence and
    --channel change a search they have.
    """
    with show.failures(as_json) as row:
        deployment = open_deployment(context.obj)
        address = smtp_address(email)
        timezone = _zone(deployment.settings.digest.timezone if tz is None else tz)
        hour = _hour(deployment.settings.digest.at if at is None else at)
        text = _with_places(keywords, place or [], deployment.places)
        row.update(email=address, query=text, saved=False)
        way = way_out(deployment, address, channel)
        wanted = _Wanted(
            address,
            text,
            hour,
            timezone,
            name,
            bool(channel),
            way,
            confirmed,
            bool(at),
            bool(tz),
            most,
            _often(cadence),
            _day(day),
            _language(language),
        )
        if not dry_run and (changed := _change(deployment, wanted)):
            row["changed"] = "\n".join(changed)
            lines = changed
        else:
            asked = read_search(text, deployment.places, deployment.store.outlets() or None)
            test = back_test(deployment.store, asked, deployment.clock(), ZoneInfo(timezone))
            row.update(reading=read_back(asked), backtest=back_test_row(test, deployment))
            if not as_json:
                show.say(f"This search finds {read_back(asked)}.")
                print_back_test(test, deployment)
            if dry_run:
                lines = ["Nothing was saved."]
            else:
                ask_if_heavy(test, yes, may_ask=not as_json)
                lines = _save(deployment, wanted, row)
    if as_json:
        show.data(row)
    for line in () if as_json else lines:
        show.say(line)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for, read."""

    address: str
    text: str
    hour: str
    timezone: str
    name: str
    elsewhere: bool  # where its stories go was said: `way`, or into the mail
    way: "Channel | None"
    confirmed: bool
    with_hour: bool  # not only the one that stands in the settings
    with_zone: bool
    most: int | None  # of its stories in one mail
    cadence: "Cadence | None"  # None = it was not said
    weekday: int | None
    language: str  # "" = it was not said

    @property
    def new_hour(self) -> tuple[str | None, str | None, int | None]:
        """The hour, the zone and the day, as far as they were said."""
        return self.hour if self.with_hour else None, self.timezone if self.with_zone else None, self.weekday

    @property
    def with_time(self) -> bool:
        """Whether any of them was."""
        return any(said is not None for said in self.new_hour)


def _change(deployment: Deployment, wanted: _Wanted) -> list[str]:
    """Change all that is asked to change of somebody who is known, and say so; [] when a search is to be added."""
    known = deployment.members.subscriber(wanted.address)
    if not known:
        return []
    subscriber, searches = known
    same = next((search for search in searches if search.query == wanted.text), None)
    if wanted.text and not same:
        return []
    return _change_person(deployment, wanted, subscriber) + (_change_search(deployment, wanted, same) if same else [])


def _change_person(deployment: Deployment, wanted: _Wanted, subscriber: "Subscriber") -> list[str]:
    """What of an address is to change, whichever its searches are."""
    address, lines = wanted.address, []
    if wanted.language:
        deployment.members.change_language(subscriber.id or 0, wanted.language)
        lines += [f"{address} is written to in {phrasebook('en').called('lang', wanted.language)} from now on."]
    if wanted.with_time:
        changed = deployment.members.change_hour(subscriber.id or 0, *wanted.new_hour)
        day = f", what comes weekly on {DAYS[changed.weekday]}s," if wanted.weekday is not None else ""
        lines += [f"{address} gets the digest at {changed.digest_at} {changed.timezone}{day} from now on."]
    return lines


def _change_search(deployment: Deployment, wanted: _Wanted, search: "Subscription") -> list[str]:
    """What of one search is to change."""
    address, text, number, lines = wanted.address, wanted.text, search.id or 0, []
    if wanted.cadence:
        deployment.members.change_cadence(number, wanted.cadence)
        lines += [f"{text or EVERY}: comes {OFTEN[wanted.cadence]} from now on."]
    if wanted.name:
        deployment.members.rename_search(number, wanted.name)
        lines += [f"{address} calls this search “{wanted.name.strip()}” from now on: {text or EVERY}"]
    if wanted.most:
        deployment.members.limit_search(number, wanted.most)
        shows = f"A mail to {address} shows at most {wanted.most} stories of this search from now on"
        lines += [f"{shows}: {text or EVERY}"]
    if wanted.elsewhere:
        way = wanted.way
        deployment.channels.route(number, way.id if way else None)
        lines += [f"{text or EVERY}: goes to {f'channel {way.id}, {way.called}' if way else 'the mail'} from now on."]
    return lines


def _save(deployment: Deployment, wanted: _Wanted, row: dict[str, Any]) -> list[str]:
    """Add the search; what to tell of it, also as a row."""
    mail = deployment.settings.mail
    address, way = wanted.address, wanted.way
    active = wanted.confirmed or address == mail.operator.strip().lower() or not mail.smtp_host
    joined = add_search(
        deployment.post,
        deployment.places,
        address,
        wanted.text,
        wanted.hour,
        wanted.timezone,
        active,
        deployment.clock(),
        wanted.name,
        way.id if way else None,
        wanted.most,
        wanted.cadence or "daily",
        wanted.language,
    )
    subscriber, asked_at = joined.subscriber, joined.subscription.asked_at
    if subscriber.id and wanted.with_time and not asked_at:
        subscriber = deployment.members.change_hour(subscriber.id, *wanted.new_hour)
    row.update(saved=True, state=subscriber.state, at=subscriber.digest_at, timezone=subscriber.timezone)
    row.update(channel=way and way.id, matched=joined.met, cadence=wanted.cadence or "daily", asked_at=asked_at)
    if asked_at:
        held = held_back(mail, address, deployment.settings.web.base_url)
        why = f" ({in_words(held)})" if held else ""
        later = f" {show.local(asked_at, subscriber.timezone)}" if asked_at > deployment.clock() else ""
        what = "the digest" if subscriber.state == "pending" else "this search"
        return [f"{address} is asked by mail to confirm{later}; {what} starts then.{why}"]
    when = f"{address} gets {_mails(wanted, subscriber)} for: {wanted.text or EVERY}"
    return [
        f"Its stories go to channel {way.id}, {way.called}." if way else when,
        f"Of the last day, {show.count(joined.met, 'story matches', 'stories match')} already.",
    ]


def _mails(wanted: _Wanted, subscriber: "Subscriber") -> str:
    """What a search brings, and when."""
    if wanted.cadence == "instant":
        return "a mail within minutes"
    day = f" each {DAYS[subscriber.weekday]}" if wanted.cadence == "weekly" else ""
    return f"a digest{day} at {subscriber.digest_at} {subscriber.timezone}"


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


def _often(cadence: str) -> "Cadence | None":
    for known in OFTEN:
        if cadence == known:
            return known
    if cadence:
        raise IcewireError(f"--cadence: {cadence!r} is none; there are daily, weekly and instant")
    return None


def _language(code: str) -> str:
    if code and code not in LANGUAGES:
        raise IcewireError(f"--language: {code!r} is none that icewire writes; there are {' and '.join(LANGUAGES)}")
    return code


def _day(name: str) -> int | None:
    if name and name.capitalize() not in DAYS:
        raise IcewireError(f"--day: {name!r} is not a day of the week; write it like monday")
    return DAYS.index(name.capitalize()) if name else None


def _hour(at: str) -> str:
    hour = at if len(at) == 5 else f"0{at}"
    if not re.match(LOCAL_TIME, hour):
        raise IcewireError(f"--at: {at!r} is not a time of day; write it like 07:00")
    return hour
