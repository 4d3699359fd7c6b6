"""How often searches come, who is away, and stories that somebody follows or mutes, as a person types it."""

import time

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.people.subscriber import Subscriber, Subscription
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import NOON, article, keep, outlet, watch

__all__ = ["_here", "engine", "icewire"]  # fixtures

READER = "reader@example.org"


def test_a_search_may_come_weekly_or_at_once_and_be_changed(icewire: Command) -> None:
    said = icewire("subscribe", READER, "raid", "--cadence", "weekly", "--day", "friday")
    assert f"{READER} gets a digest each Friday at 07:00 America/New_York for: raid" in said.out
    assert (
        "gets a mail within minutes for: arrest" in icewire("subscribe", READER, "arrest", "--cadence", "instant").out
    )
    assert "raid, each Friday arrest, within minutes" in icewire("subscribers").out
    [row] = icewire("subscribers", "--json").data
    assert (row["cadences"], row["day"]) == (["weekly", "instant"], "friday")
    assert "raid: comes daily from now on" in icewire("subscribe", READER, "raid", "--cadence", "daily").out
    assert "what comes weekly on Tuesdays, from now on" in icewire("subscribe", READER, "--day", "tuesday").out
    [row] = icewire("subscribers", "--json").data
    assert (row["cadences"], row["day"], row["at"]) == (["daily", "instant"], "tuesday", "07:00")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--cadence", "hourly"], "--cadence: 'hourly' is none; there are daily, weekly and instant"),
        (["--day", "firday"], "--day: 'firday' is not a day of the week; write it like monday"),
    ],
)
def test_what_is_no_cadence_or_day_is_said(icewire: Command, options: list[str], complaint: str) -> None:
    said = icewire("subscribe", READER, "raid", *options)
    assert (said.status, complaint in said.err) == (1, True)


def test_somebody_pauses_and_resumes(icewire: Command) -> None:
    icewire("subscribe", READER, "raid")
    assert (
        "gets no digest until 2026-03-20; what is found meanwhile comes"
        in icewire("subscribers", "pause", READER, "--until", "2026-03-20").out
    )
    assert "paused until 2026-03-20" in icewire("subscribers").out
    assert "who has paused" in icewire("digest").err
    assert "gets digests again" in icewire("subscribers", "resume", READER).out
    assert "paused" not in icewire("subscribers").out
    assert icewire("subscribers", "resume", READER).status == 1
    assert "is not told" in icewire("subscribers", "pause", READER, "--drop").out
    assert "paused until they resume" in icewire("subscribers").out


@pytest.mark.parametrize("until", ["2026-03-09", "tomorrow"])
def test_a_pause_ends_on_a_day_that_is_to_come(icewire: Command, until: str) -> None:
    icewire("subscribe", READER, "raid")
    said = icewire("subscribers", "pause", READER, "--until", until)
    assert (said.status, "--until" in said.err) == (1, True)
    assert icewire("subscribers", "pause", "nobody@example.org").status == 1


def test_somebody_follows_or_mutes_a_story(icewire: Command, engine: Engine) -> None:
    watch(engine, outlet("ledger"))
    story = str(keep(engine, article(), now=NOON).story_id)
    icewire("subscribe", READER, "nothing like it")
    assert f"follows story {story}, ICE detains two" in icewire("stories", "follow", story, READER).out
    assert "story:1 (“ICE detains two near Waltham courthouse: raid”)" in icewire("subscribers").out
    assert "no longer" in icewire("stories", "follow", story, READER, "--off").out
    assert icewire("stories", "follow", story, READER, "--off").status == 1
    assert "hears nothing more" in icewire("stories", "mute", story, READER).out
    assert "hears of story 1 again" in icewire("stories", "mute", story, READER, "--off").out
    assert icewire("stories", "mute", story, READER, "--off").status == 1
    assert "there is no story 99" in icewire("stories", "follow", "99", READER).err


@pytest.mark.slow
def test_the_list_costs_as_much_as_its_lines(icewire: Command, engine: Engine) -> None:
    def listed(people: range) -> float:
        with Session(engine) as session:
            for n in people:
                person = Subscriber(email=f"r{n}@example.org", timezone="UTC", digest_at="07:00", created_at=NOON)
                person.state = "active"
                session.add(person)
                session.flush()
                for k in range(3):
                    session.add(Subscription(subscriber_id=person.id or 0, query=f"word{k}", created_at=NOON))
            session.commit()
        began = time.process_time()
        assert len(icewire("subscribers", "--json").data) == people.stop
        return time.process_time() - began

    few, many = listed(range(400)), listed(range(400, 1600))
    assert many < 7 * few


def test_a_person_is_written_to_in_the_language_they_read(icewire: Command, engine: Engine) -> None:
    icewire("subscribe", READER, "redada", "--language", "es")
    with Session(engine) as session:
        assert session.get_one(Subscriber, 1).language == "es"
    assert "is written to in English from now on" in icewire("subscribe", READER, "--language", "en").out
    wrong = icewire("subscribe", READER, "raid", "--language", "fr")
    assert "--language: 'fr' is none that icewire writes; there are en and es" in wrong.err
