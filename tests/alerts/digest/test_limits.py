"""A busy day: what a mail shows, what it counts, and that nothing is lost between the two."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alerts.digest.compose import Digest, Heading, SourcesRead, compose, limited
from alerts.digest.importance import importance
from alerts.digest.limits import MOST_BYTES, MOST_ENTRIES, MOST_OF_A_SECTION, MOST_OF_AN_OUTLET, shares
from alerts.digest.render import digest_mail
from alerts.digest.rest import rest_of
from alerts.digest.story import Development, MatchedStory, OtherReport
from alerts.mail.message import Envelope
from alerts.settings import MailSettings
from tests.makers.mailing import MAIL, READER, parts, read_mail

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
PAGE = "https://alerts.icewire.example/digest/WzEsIjIwMjYtMDMtMTAiXQ.abc"
UNSUBSCRIBE = "https://alerts.icewire.example/unsubscribe/MQ.abc"


def story(number: int, search: str = "x", **facts: object) -> MatchedStory:
    known: dict[str, object] = {
        "terms": ("mentioning raid",), "window_from": "", "outlet": f"Outlet {number % 97}", "place": "Lawrence, MA",
        "window": "…a clerk who was walking back from lunch said four agents in vests waited near a side door.",
        "title": f"ICE agents detain {number} people outside a courthouse in the Merrimack Valley, witnesses say",
        "url": f"https://ledger.example/news/2026/03/09/ice-agents-detain-people-outside-courthouse-{number}",
        "published_at": NOW - timedelta(hours=number % 30), "kind": "arrest", "language": "en",
    }  # fmt: skip
    return MatchedStory(story_id=number, search=search, **(known | facts))  # type: ignore[arg-type]


def digest_of(*stories: MatchedStory, searches: tuple[str, ...] = ("x",), most: int = MOST_OF_A_SECTION) -> Digest:
    called = {search: Heading(f"Search {search}", most=most) for search in searches}
    return compose(date(2026, 3, 10), "America/New_York", searches, stories, SourcesRead(3), NOW, headings=called)


def mail_of(digest: Digest, rest_url: str = PAGE, mail: MailSettings = MAIL) -> tuple[str, str, Digest]:
    sent, shown = digest_mail(digest, Envelope(READER, "<1@a>", NOW, UNSUBSCRIBE), mail, rest_url)
    return *parts(read_mail(sent)), shown


def test_343_stories_make_a_mail_that_is_shown_whole() -> None:
    searches = tuple(f"q{n}" for n in range(9))
    others = tuple(OtherReport(f"Paper {n}", f"https://paper-{n}.example/news/2026/03/09/two-held") for n in range(4))
    digest = digest_of(*(story(n, f"q{n % 9}", others=others) for n in range(343)), searches=searches)
    assert len(digest.shown) == MOST_ENTRIES
    sent, shown = digest_mail(digest, Envelope(READER, "<1@a>", NOW, UNSUBSCRIBE), MAIL, PAGE)
    page = read_mail(sent).get_body(("html",))
    assert page is not None
    assert len(page.get_payload()) <= MOST_BYTES
    assert len(page.get_content().encode()) <= MOST_BYTES
    assert page.get_content().count("<h3") == len(shown.shown) > 30
    assert digest.subject.startswith("ICE news, March 10: 343 stories")


def test_all_are_shown_or_counted() -> None:
    digest = digest_of(*(story(n, f"q{n % 3}") for n in range(200)), searches=("q0", "q1", "q2"))
    plain, rich, shown = mail_of(digest)
    assert len(shown.shown) + len(shown.hidden) == 200 == digest.stories
    assert sorted(i.story.story_id for i in (*shown.shown, *shown.hidden)) == list(range(200))
    counted = [int(n) for n in re.findall(r">and (\d+) more stories</a>", rich)]
    assert sum(counted) == len(shown.hidden) == sum(len(part["stories"]) for part in rest_of(shown))
    assert [f"{PAGE}#section-{n}" in plain for n in (1, 2, 3)] == [True] * 3
    assert re.findall(r"· (\d+) stories</span></h2>", rich) == ["67", "67", "66"]
    assert plain.count("\n67 stories\n") == 2
    assert [part["number"] for part in rest_of(shown)] == [1, 2, 3]


def test_of_one_outlet_at_most_five_stand_in_a_section_and_ten_in_a_mail() -> None:
    many = [story(n, outlet="The Ledger") for n in range(8)]
    [section] = digest_of(*many, story(8), story(9)).sections
    assert [item.story.outlet for item in section.items].count("The Ledger") == MOST_OF_AN_OUTLET == 5
    assert (len(section.items), len(section.over), section.more, section.found) == (7, 3, (), 10)
    three = [replace(s, search=name, story_id=s.story_id + 50 * n) for n, name in enumerate("xyz") for s in many]
    digest = digest_of(*three, searches=("x", "y", "z"))
    assert [len(section.items) for section in digest.sections] == [5, 5, 0]
    assert digest.stories == 24


def test_a_flood_of_one_outlet_is_told_in_a_line_and_hides_nobody_else() -> None:
    flood = [story(n, outlet="Hostile", kind="death", published_at=NOW) for n in range(100, 700)]
    joint = [story(n, outlet="Hostile", others=(OtherReport("The Gazette", "https://g.example/"),)) for n in range(12)]
    quiet = [story(n, outlet="The Ledger", kind="other", published_at=None) for n in range(50, 53)]
    digest = digest_of(*flood, *quiet, *joint, most=40)
    plain, rich, shown = mail_of(digest)
    [section] = shown.sections
    outlets = [item.story.outlet for item in section.items]
    assert (outlets.count("Hostile"), outlets.count("The Ledger")) == (5 + 12, 3)
    assert f"and 595 more from Hostile: {PAGE}#section-1" in plain
    assert rich.count(">and 595 more from Hostile</a>") == 1
    assert digest.subject.startswith("ICE news, March 10: 615 stories")
    assert "and 595 more from Hostile" in mail_of(digest, rest_url="")[0]
    [part] = rest_of(shown)
    assert len(part["stories"]) == 595


def test_many_outlets_that_flood_are_one_line() -> None:
    flood = [story(n, outlet=f"<b>Outlet</b> {n % 8}") for n in range(80)]
    plain, rich, _ = mail_of(digest_of(*flood, most=80))
    assert plain.count("more from <b>Outlet</b> ") == 5
    assert re.search(r"and 5 more from <b>Outlet</b> \d; and 15 more: ", plain)
    assert rich.count("more from &lt;b&gt;Outlet&lt;/b&gt;") == 5


def test_an_outlet_that_is_asked_for_by_name_is_told_whole() -> None:
    wished = [story(n, outlet="The Ledger", wished=True) for n in range(20)]
    others = [story(n, "y", outlet="The Ledger") for n in range(20, 40)]
    first, second = digest_of(*wished, *others, searches=("x", "y")).sections
    assert (len(first.items), first.over, len(second.items)) == (20, (), 5)


def test_updates_of_one_outlet_are_limited_with_its_stories() -> None:
    news = Development("Two are released", "https://gazette.example/", "The Gazette", NOW)
    again = [story(n, outlet="The Ledger", development=news) for n in range(100, 130)]
    stories = [story(n, outlet="The Ledger") for n in range(9)]
    digest = compose(date(2026, 3, 10), "UTC", ("x",), stories, SourcesRead(3), NOW, developed=again)
    assert (len(digest.sections[0].items), len(digest.updates), digest.updated) == (5, 5, 30)
    digest = compose(
        date(2026, 3, 10), "UTC", ("x",), stories, SourcesRead(3), NOW, developed=again, most_of_an_outlet=3
    )
    assert (len(digest.sections[0].items), len(digest.updates), digest.updated) == (3, 0, 30)


def test_a_reader_says_how_many_of_a_search_are_shown() -> None:
    stories = [story(n) for n in range(40)]
    assert len(digest_of(*stories).sections[0].items) == MOST_OF_A_SECTION
    assert len(digest_of(*stories, most=3).sections[0].items) == 3
    assert digest_of(*stories, most=3).stories == 40


@pytest.mark.parametrize(
    ("wanted", "most", "given"), [([0, 4], 3, [0, 3]), ([3, 50, 60], 40, [3, 19, 18]), ([2, 2], 9, [2, 2])]
)
def test_a_section_with_few_keeps_them_all(wanted: list[int], most: int, given: list[int]) -> None:
    assert shares(wanted, most) == given


def test_fewer_are_the_first_of_each() -> None:
    digest = digest_of(*(story(n, "xy"[n % 2]) for n in range(20)), searches=("x", "y"))
    fewer = limited(limited(digest, 7), 4)
    assert [len(section.items) for section in fewer.sections] == [2, 2]
    assert [s.items + s.more for s in fewer.sections] == [s.items + s.more for s in digest.sections]


def test_without_a_page_some_are_named() -> None:
    plain, rich, _ = mail_of(digest_of(*(story(n) for n in range(40))), rest_url="")
    for text in (plain, rich):
        assert re.search(r"and 15 more( stories)?: ", text)
        assert "and 10 for which there is no room here" in text


def test_a_page_that_only_this_machine_reaches_says_so() -> None:
    plain, rich, _ = mail_of(digest_of(*(story(n) for n in range(40))), rest_url="http://127.0.0.1:8080/digest/abc")
    assert "and 15 more stories (on the machine that runs icewire): http://127.0.0.1" in plain
    assert "</a> (on the machine that runs icewire)" in rich
    assert "on the machine" not in mail_of(digest_of(*(story(n) for n in range(40))))[0]


def test_many_updates_are_counted_too() -> None:
    news = Development("Two are released", "https://gazette.example/", "The Gazette", NOW)
    again = [story(n, development=news) for n in range(30)]
    digest = compose(date(2026, 3, 10), "UTC", ("x",), [story(99)], SourcesRead(3), NOW, developed=again)
    assert (len(digest.updates), digest.updated) == (20, 30)
    plain, rich, _ = mail_of(digest)
    assert f"and 10 more updates: {PAGE}#section-0" in plain
    assert ">and 10 more updates</a>" in rich


def test_what_stands_above_but_is_only_counted_is_no_link_to_nowhere() -> None:
    both = [replace(story(n, outlet="The Ledger"), search=search) for n in range(8) for search in ("x", "y")]
    digest = digest_of(*both, searches=("x", "y"))
    _, rich, _ = mail_of(digest)
    links = re.findall(r'href="#(story-\d+)"', rich)
    assert len(links) == 5
    assert all(f'id="{link}"' in rich for link in links)
    assert "and 3 more</li>" in rich


AT: dict[str, Any] = {"published_at": NOW - timedelta(hours=2)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"fit": 2}, {"fit": 1}),  # the place that was asked for
        ({"others": (OtherReport("A"),)}, {}),
        ({"kind": "death"}, {"kind": "protest"}),
        ({"published_at": NOW}, {"published_at": NOW - timedelta(days=1)}),
        ({"published_at": NOW - timedelta(days=1)}, {"published_at": None}),
        ({"others": (OtherReport("A"),)}, {"copies": 12}),  # copies count little
        ({"copies": 2}, {}),
        ({"kind": "death"}, {"copies": 300}),
    ],
)
def test_the_more_important_story_stands_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    one, two = story(1, **(AT | first)), story(2, **(AT | second))
    assert importance(one, NOW) > importance(two, NOW)
    [section] = digest_of(two, one).sections
    assert [item.story.story_id for item in section.items] == [1, 2]
