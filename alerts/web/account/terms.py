"""What a form says of when and how mails come. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from alerts.locale import LANGUAGES, said_zone, saying
from alerts.people import Cadence
from alerts.settings import LOCAL_TIME, known_timezone, mail_address
from alerts.web.account.wish import Slip, Wish, parts_of
from alerts.web.posted import Posted
from crawler.places import home_zones, shipped, zone_of

CADENCES: Sequence[Cadence] = get_args(Cadence)
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3


@dataclass(frozen=True, slots=True)
class Timing:
    """The hour, the zone, how often, and in which language."""

    at: str
    timezone: str
    cadence: Cadence
    language: str

    @property
    def hidden(self) -> Sequence[tuple[str, str]]:
        """What the next page of a form carries on."""
        return [(name, getattr(self, name)) for name in ("at", "timezone", "cadence", "language")]


def timing_from(form: Posted, otherwise: Timing) -> tuple[Timing, list[Slip]]:
    """What was chosen, and what is wrong with it; where nothing was, as it is otherwise."""
    slips = []
    at, zone = (form.get("at") or otherwise.at)[:5], form.get("timezone") or otherwise.timezone
    if not re.fullmatch(LOCAL_TIME, at):
        slips.append(Slip("at", saying("Write the hour like 07:00.")))
        at = otherwise.at
    try:
        known_timezone(zone)
    except ValueError:
        slips.append(Slip("timezone", saying("Choose a time zone of the list.")))
        zone = otherwise.timezone
    cadence = next((each for each in CADENCES if each == form.get("cadence")), otherwise.cadence)
    language = form.get("language") if form.get("language") in LANGUAGES else otherwise.language
    return Timing(at, zone, cadence, language), slips


def address_from(form: Posted) -> tuple[str, list[Slip]]:
    """The address, and what is wrong with it."""
    typed = form.get("email")
    try:
        if len(typed) > LONGEST_ADDRESS:
            raise ValueError
        return mail_address(typed), []
    except ValueError:
        wrong = saying("Write an e-mail address like name@example.org.") if typed else saying("Write your address.")
        return typed[:LONGEST_ADDRESS], [Slip("email", wrong)]


def many_from(form: Posted) -> list[Slip]:
    """What is wrong when a search brings so many that its page asks whether somebody wants them."""
    return (
        [Slip("many", saying("Say that you want so many, or change the search."))] if form.get("many") == "no" else []
    )


def zone_for(wish: Wish, otherwise: str) -> str:
    """The zone of the first place of a search."""
    for clause in wish.chosen:
        if place := shipped().look_up(parts_of(clause)[0]):
            return str(zone_of(place.state, place.county, place.name if place.kind == "city" else ""))
    return otherwise


def zone_choices(language: str, own: str, now: datetime) -> list[tuple[str, str]]:
    """The zones to choose from, each as (name, what people call it), from the east to the west; `own` is one of them.

    >>> zone_choices("en", "UTC", datetime(2026, 3, 1))[3:6]
    [('America/New_York', 'Eastern Time, New York'), ('America/Detroit', 'Eastern Time, Detroit'), \
('America/Indiana/Indianapolis', 'Indianapolis')]
    """
    offsets = {name: _offset(name, now) for name in dict.fromkeys((*home_zones(), own))}
    ordered = sorted(offsets, key=lambda name: (offsets[name] > 0, -offsets[name], name != "America/New_York", name))
    return [(name, _called(name, language)) for name in ordered]


def _called(name: str, language: str) -> str:
    said, city = said_zone(name, language), name.rpartition("/")[2].replace("_", " ")
    return city if said == city else f"{said}, {city}"


def _offset(name: str, now: datetime) -> float:
    offset = now.replace(tzinfo=ZoneInfo(name)).utcoffset()
    return offset.total_seconds() if offset else 0.0
