"""compose(): a digest as a value."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from alerts.digest.compose import Digest, Heading, SourcesRead, compose
from alerts.digest.render import digest_text
from alerts.digest.story import Development, DigestItem, FirstReport, MatchedStory, OtherReport
from alerts.mail.message import Envelope
from alerts.settings import MailSettings
from crawler.model import because
from tests.makers.mailing import digest_message

DAY = date(2026, 3, 10)
DUE = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # 07:00 in Boston
ALL_READ = SourcesRead(3)


def found(story_id: int, search: str = "waltham", **facts: object) -> MatchedStory:
    known: dict[str, object] = {
        "terms": ("waltham",), "window": "", "window_from": "", "title": f"Story {story_id}", "outlet": "The Ledger",
        "url": f"https://ledger.example/{story_id}", "published_at": DUE - timedelta(hours=story_id),
        "place": "Waltham, MA", "kind": "arrest", "language": "en",
    }  # fmt: skip
    return MatchedStory(story_id=story_id, search=search, **(known | facts))  # type: ignore[arg-type]


def digest_of(
    *stories: MatchedStory,
    searches: tuple[str, ...] = ("waltham", "worcester"),
    now: datetime = DUE,
    developed: tuple[MatchedStory, ...] = (),
) -> Digest:
    return compose(DAY, "America/New_York", searches, stories, ALL_READ, now, DUE, developed)


def html_of(digest: Digest) -> str:
    envelope = Envelope("r@example.org", "<1@example.org>", DUE, "https://a.example/u")
    part = digest_message(digest, envelope, MailSettings(sender="a@example.org")).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def developed(story_id: int, hours: int, search: str = "waltham", **facts: object) -> MatchedStory:
    """A story of which something new was reported so many hours before the digest."""
    last = Development("Two are released", "https://gazette.example/", "The Gazette", DUE - timedelta(hours=hours))
    return found(story_id, search, **{"development": last, **facts})


def test_each_search_has_its_section_with_the_newest_first() -> None:
    digest = digest_of(found(2), found(1), found(3, "worcester"))
    assert [(s.search, [i.story.story_id for i in s.items]) for s in digest.sections] == [
        ("waltham", [1, 2]),
        ("worcester", [3]),
    ]


def test_a_story_that_two_searches_met_is_told_once_and_says_so() -> None:
    digest = digest_of(found(1), found(1, "worcester"))
    assert digest.stories == 1
    assert digest.sections[0].items[0].also_met == ("worcester",)
    assert digest.sections[1].items == ()
    assert [item.story.story_id for item in digest.sections[1].elsewhere] == [1]


def test_a_search_whose_stories_stand_elsewhere_is_not_told_that_nothing_was_found() -> None:
    digest = digest_of(found(1), found(1, "worcester"), searches=("waltham", "worcester", "lynn"))
    said = digest_text(digest, MailSettings())
    beneath = said.partition("== worcester ==")[2].partition("==")[0]
    assert beneath.split("\n")[1:3] == ["  What it found stands above:", "  - Story 1 (The Ledger)"]
    assert "Nothing found." in said.partition("== lynn ==")[2]
    page = html_of(digest)
    assert re.search('<a href="#story-1"[^>]*>Story 1</a>', page)
    assert 'id="story-1"' in page


def test_an_update_stands_above_for_every_search_that_met_its_story() -> None:
    digest = digest_of(developed=(developed(2, 5), developed(2, 5, "worcester")))
    assert [[item.story.story_id for item in section.elsewhere] for section in digest.sections] == [[2], [2]]


def test_other_searches_are_called_by_their_names() -> None:
    names = {"worcester": Heading("My town"), "waltham": Heading("Stories that mention waltham")}
    met = (found(1), found(1, "worcester"))
    digest = compose(DAY, "UTC", ("waltham", "worcester"), met, ALL_READ, DUE, DUE, (), names)
    assert digest.sections[0].items[0].also_for == ("My town",)
    assert "Also for: My town" in digest_text(digest, MailSettings())


def test_the_subject_counts_the_stories_and_names_places() -> None:
    assert digest_of().subject == "ICE news, March 10: nothing found"
    assert digest_of(found(1)).subject == "ICE news, March 10: 1 story (Waltham)"
    many = [found(n, place=p) for n, p in enumerate(["Waltham, MA", "Lynn, MA", "", "Athol, MA", "Barre, MA"], 1)]
    assert digest_of(*many).subject == "ICE news, March 10: 5 stories (Waltham, Lynn, Athol, and 1 more)"


def test_what_developed_stands_apart_with_the_newest_report_first() -> None:
    digest = digest_of(
        found(1), developed=(developed(2, 5), developed(3, 1, "worcester"), developed(2, 5, "worcester"))
    )
    assert [(i.story.story_id, i.also_met) for i in digest.updates] == [(3, ()), (2, ("worcester",))]
    assert [i.story.story_id for s in digest.sections for i in s.items] == [1]
    assert digest.stories == 1


def test_the_subject_counts_updates_beside_stories() -> None:
    assert digest_of(developed=(developed(1, 1),)).subject == "ICE news, March 10: 1 update (Waltham)"
    both = digest_of(found(1), found(2, place="Lynn, MA"), developed=(developed(3, 1, place="Athol, MA"),))
    assert both.subject == "ICE news, March 10: 2 stories and 1 update (Waltham, Lynn, and Athol)"


def test_the_latest_is_shown_beside_a_headline_that_does_not_say_it() -> None:
    assert DigestItem(developed(1, 1), ()).latest is not None
    assert DigestItem(developed(1, 1, title="Two are released"), ()).latest is None
    assert DigestItem(found(1), ()).latest is None


def test_a_late_digest_says_so() -> None:
    assert digest_of().late == ""
    assert digest_of(now=DUE + timedelta(minutes=14)).late == ""
    late = digest_of(now=DUE + timedelta(hours=9)).late
    assert late == "This digest was due at 7:00 AM on March 10; it was made at 4:00 PM on March 10."


def also(**facts: Any) -> str:
    """The line that says who else has it."""
    said = digest_text(digest_of(replace(found(1), **facts)), MailSettings())
    return next((line.strip() for line in said.splitlines() if "eported by" in line or "elsewhere" in line), "")


def test_who_else_reported_is_said_in_one_line() -> None:
    a, b, c = (OtherReport(name, f"https://{name}.example/") for name in "ABC")
    assert also() == ""
    assert also(others=(a,)) == "Also reported by A <https://A.example/>"
    assert also(others=(a, OtherReport("B"), c), copies=2, wire="AP") == (
        "Also reported by A <https://A.example/>, B, and C <https://C.example/>; 2 copies of the AP story elsewhere"
    )
    assert also(others=(a, b), first=FirstReport("B", DUE)).endswith("; first reported by B, Tue, Mar 10, 7:00 AM")
    assert also(others=(a, b, c, a, b, c, a)).count("https://") == 5
    assert also(others=(a, b, c, a, b, c, a)).endswith(" and 2 more")
    assert also(copies=1) == "1 copy elsewhere"


def test_how_much_was_read_is_said_honestly() -> None:
    assert SourcesRead(43).line() == "All 43 sources were read."
    assert SourcesRead(43, (("The Ledger", because("answered", status=503)),)).line() == (
        "42 of 43 sources were read. 1 could not be read."
    )
    assert SourcesRead(0).line() == "No sources are being read."
