"""A hostile outlet plays against a paper, in each pair of ways and in real crawls: it touches no story of the paper.

First the hostile feed alone shows its links, then the paper lists its stories, and the hostile one goes on.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from scheduler.clock import clock
from tests.makers.crawling import TWO_HOURS, Place, deploy, outlet_at, page
from tests.makers.making import BODY
from tests.makers.serving import Reply, Site, served

pytestmark = pytest.mark.slow

TITLE = "ICE agents detain two men outside Waltham courthouse"
LIE = "ICE agents shoot nine men dead inside Waltham courthouse"
LIES = "\n".join(f"ICE agents shot nine men dead in Waltham, said nobody at all, {n} times over." for n in range(9))
LONG_AGO = "Mon, 02 Mar 2020 08:00:00 GMT"


@dataclass(slots=True)
class Shown:
    """An item of a feed."""

    url: str
    title: str = LIE
    content: str = ""

    def xml(self) -> str:
        body = f"<content:encoded>{escape(page(LIE, self.content))}</content:encoded>" if self.content else ""
        return f"<item><title>{self.title}</title><link>{escape(self.url)}</link>{body}</item>"


@dataclass(slots=True)
class Two:
    """A paper, a hostile outlet, and what the feed of that shows."""

    paper: Site
    hostile: Site
    shown: list[Shown] = field(default_factory=list)

    def lists(self, path: str) -> None:
        """Its address, under another headline."""
        self.shown.append(Shown(self.paper.url(path)))

    def words(self, path: str) -> None:
        """Its address, with a text of its own."""
        self.shown.append(Shown(self.paper.url(path), content=LIES))

    def words_behind_a_wall(self, path: str) -> None:
        """A spelling that the paper's server does not answer, with a text of its own."""
        self.paper.pages[f"{path}?utm_source=wall"] = Reply("no", 403)
        self.shown.append(Shown(self.paper.url(f"{path}?utm_source=wall"), content=LIES))

    def forbidden_spelling(self, path: str) -> None:
        """A print version that robots.txt forbids."""
        self.shown.append(Shown(self.paper.url(f"{path}?view=print")))

    def tracked_spelling(self, path: str) -> None:
        """A tracking parameter that robots.txt forbids."""
        self.shown.append(Shown(self.paper.url(f"{path}?utm_medium=forbidden")))

    def empty_amp(self, path: str) -> None:
        """An AMP version that shows something else."""
        self.paper.pages[f"{path}?format=amp"] = Reply(page("The council", "The council met on Monday. " * 20))
        self.shown.append(Shown(self.paper.url(f"{path}?format=amp")))

    def short_amp(self, path: str) -> None:
        """An AMP version that leaves out the end."""
        short = page(f"{TITLE} {path}", "\n".join(BODY.splitlines()[:2]))
        self.paper.pages[f"{path}?output=amp"] = Reply(short)
        self.shown.append(Shown(self.paper.url(f"{path}?output=amp")))

    def gone_again(self, path: str) -> None:
        """An address of its own that led there once, and is gone when it is asked again."""
        once = self.hostile.pages.get(f"/was{path}") is None
        moved = Reply(status=302, headers={"Location": self.paper.url(path)})
        self.hostile.pages[f"/was{path}"] = moved if once else Reply("gone", 410)
        self.shown.append(Shown(self.hostile.url(f"/was{path}"), f"{LIE} {len(self.hostile.log)}"))

    def printed(self, path: str) -> None:
        """A print version that answers with an error."""
        self.paper.pages[f"{path}?print=1"] = Reply("%PDF", kind="application/pdf")
        self.shown.append(Shown(self.paper.url(f"{path}?print=1"), content=LIES))

    def redirect(self, path: str) -> None:
        """An address of its own that leads there."""
        self.hostile.pages[f"/go{path}"] = Reply(status=302, headers={"Location": self.paper.url(path)})
        self.shown.append(Shown(self.hostile.url(f"/go{path}"), content=LIES))

    def refresh(self, path: str) -> None:
        """The same, by the page itself."""
        target = self.paper.url(path)
        self.hostile.pages[f"/on{path}"] = Reply(f'<meta http-equiv="refresh" content="0; url={target}">')
        self.shown.append(Shown(self.hostile.url(f"/on{path}")))

    def says_it_is_it(self, path: str) -> None:
        """A page of its own that calls itself the paper's."""
        target = self.paper.url(path)
        data = {"@type": "NewsArticle", "headline": LIE, "url": target, "mainEntityOfPage": target}
        data |= {"datePublished": "2020-03-02T08:00:00Z"}
        head = f'<link rel="canonical" href="{target}"><meta property="og:url" content="{target}">'
        head += f'<script type="application/ld+json">{json.dumps(data)}</script></head>'
        self.hostile.pages[f"/as{path}"] = Reply(page(LIE, LIES).replace("</head>", head))
        self.shown.append(Shown(self.hostile.url(f"/as{path}")))

    def invented(self, path: str) -> None:
        """An address that the paper never had, and one that it forbids."""
        self.shown += [Shown(self.paper.url(f"/invented{path}{end}"), content=LIES) for end in ("", "?view=print")]


Way = Callable[[Two, str], None]
WAYS: tuple[Way, ...] = (
    Two.lists, Two.words, Two.words_behind_a_wall, Two.forbidden_spelling, Two.tracked_spelling, Two.empty_amp,
    Two.short_amp, Two.gone_again, Two.printed, Two.redirect, Two.refresh, Two.says_it_is_it, Two.invented,
)  # fmt: skip
PAIRS = {f"{a.__name__}, {b.__name__}": (a, b) for a, b in itertools.product(WAYS, WAYS)}
PATHS = {name: f"/2026/raid-in-waltham-{70001 + n}" for n, name in enumerate(PAIRS)}


def feed(items: Sequence[Shown], dated: str = "") -> Reply:
    told = "".join(item.xml().replace("</item>", f"{dated}</item>") for item in items)
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return Reply(f'<rss version="2.0" {spaces}><channel><title>News</title>{told}</channel></rss>', kind="text/xml")


@dataclass(frozen=True, slots=True)
class After:
    """What is stored after the crawls."""

    two: Two
    articles: Sequence[Any]
    entries: Sequence[Any]

    def at(self, path: str) -> list[Any]:
        """The articles at a path of the paper, under whatever spelling."""
        return [a for a in self.articles if a.url.startswith(self.two.paper.url(path))]


def rows(place: Place, query: str) -> Sequence[Any]:
    with place.opened() as engine, engine.connect() as connection:
        return connection.execute(text(query)).all()


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[After]:
    with served() as paper, served() as hostile:
        two = Two(paper, hostile)
        own = [Shown(paper.url(path), f"{TITLE} {path}") for path in PATHS.values()]
        paper.pages = {path: Reply(page(f"{TITLE} {path}", BODY)) for path in PATHS.values()}
        robots = "User-agent: *\nDisallow: /*view=print\nDisallow: /*utm_medium=forbidden\n"
        paper.pages |= {"/robots.txt": Reply(robots, kind="text/plain"), "/feed": feed([])}
        outlets = [outlet_at("hostile", hostile.base), outlet_at("paper", paper.base, headline_only=True)]
        place = deploy(tmp_path_factory.mktemp("two"), outlets)
        for number in range(3):
            two.shown.clear()
            for name, path in PATHS.items():
                PAIRS[name][number % 2](two, path)
            hostile.pages["/feed"] = feed(two.shown)
            paper.pages["/feed"] = feed(own if number else [])
            place.crawl("--all", offset=number * TWO_HOURS)
        articles = rows(place, "SELECT * FROM article")
        yield After(two, articles, rows(place, "SELECT * FROM entry"))


@pytest.mark.parametrize("pair", PAIRS)
def test_the_papers_story_stands_as_the_paper_has_it(after: After, pair: str) -> None:
    path = PATHS[pair]
    [story] = after.at(path)
    assert (story.source_id, story.link, story.title) == ("paper", after.two.paper.url(path), f"{TITLE} {path}")
    assert story.text == BODY
    assert story.published_at is None
    assert not story.gone_at


def test_every_story_is_credited_to_the_outlet_of_its_site(after: After) -> None:
    for article in after.articles:
        whose = "paper" if article.url.startswith(after.two.paper.base) else "hostile"
        assert article.source_id == whose


def test_what_the_hostile_outlet_invents_never_stands_under_the_papers_name(after: After) -> None:
    assert after.at("/invented") == []
    theirs = [a for a in after.articles if a.source_id == "paper"]
    assert len(theirs) == len(PAIRS)
    assert not [a for a in theirs if LIE in a.title or "nine men" in a.text]


def test_no_text_of_a_feed_stays_behind_an_entry_that_is_settled_or_of_another_outlet(after: After) -> None:
    kept = [e for e in after.entries if e.content]
    assert [e.url for e in kept if e.state in ("fetched", "off_topic", "refused")] == []
    assert [e.url for e in kept if e.url.startswith(after.two.paper.base)] == []


def test_the_papers_entries_are_all_read(after: After) -> None:
    own = {after.two.paper.url(path) for path in PATHS.values()}
    states = {e.state for e in after.entries if e.url in own}
    assert states == {"fetched"}


def test_a_query_of_another_outlets_making_is_no_second_article(tmp_path: Path) -> None:
    with served() as paper, served() as hostile:
        paper.pages = {"/raid": Reply(page(TITLE, BODY)), "/feed": feed([Shown(paper.url("/raid"), TITLE)])}
        hostile.pages = {"/feed": feed([])}
        place = deploy(tmp_path, [outlet_at("paper", paper.base), outlet_at("hostile", hostile.base)])
        place.crawl()
        hostile.pages = {"/feed": feed([Shown(paper.url("/raid?nine=dead")), Shown(paper.url("/raid#!/nine-dead"))])}
        place.crawl("--all", offset=TWO_HOURS)
        assert list(outcomes(place)) == [paper.url("/raid")]
        assert {e.state for e in rows(place, "SELECT state FROM entry")} == {"fetched"}


def outcomes(place: Place) -> dict[str, Any]:
    query = "SELECT url, source_id, name, kind, headline_only, text FROM article JOIN source ON source.id = source_id"
    return {row.url: row for row in rows(place, query)}


def test_a_page_of_nobody_on_the_list_is_credited_to_its_site(tmp_path: Path) -> None:
    with served() as hostile, served() as stranger:
        stranger.pages = {"/raid": Reply(page(TITLE, BODY))}
        hostile.pages["/feed"] = feed([Shown(stranger.url("/raid"), TITLE, LIES)])
        place = deploy(tmp_path, [outlet_at("hostile", hostile.base)])
        place.crawl()
        stranger.pages.clear()
        place.crawl("--all", offset=TWO_HOURS)
        [row] = outcomes(place).values()
    name = stranger.base.removeprefix("http://")
    assert (row.source_id, row.name, row.kind, row.headline_only) == (name, name, "unlisted", 1)
    assert row.text == BODY


def test_an_outlet_whose_articles_stand_at_a_further_site_is_credited_there(tmp_path: Path) -> None:
    with served() as paper, served() as other:
        other.pages = {"/raid": Reply(page(TITLE, BODY))}
        paper.pages["/feed"] = feed([Shown(other.url("/raid"), TITLE)])
        sites = [other.base.removeprefix("http://")]
        place = deploy(tmp_path, [outlet_at("paper", paper.base, sites=sites)])
        place.crawl()
        [row] = outcomes(place).values()
    assert row.source_id == "paper"


def test_a_text_that_was_read_from_the_page_is_never_revised_by_its_own_feed(tmp_path: Path) -> None:
    with served() as paper:
        paper.pages = {"/raid": Reply(page(TITLE, BODY)), "/feed": feed([Shown(paper.url("/raid"), TITLE)])}
        place = deploy(tmp_path, [outlet_at("paper", paper.base)])
        place.crawl()
        paper.pages = {"/raid": Reply("no", 403), "/feed": feed([Shown(paper.url("/raid"), LIE, LIES)])}
        for number in (1, 2):
            place.crawl("--all", offset=number * TWO_HOURS)
        [row] = outcomes(place).values()
        assert row.text == BODY
        assert rows(place, "SELECT content FROM entry WHERE state <> 'failed' AND content <> ''") == []


def test_a_stored_story_whose_address_now_leads_to_another_outlet_stays_as_it_was(tmp_path: Path) -> None:
    with served() as paper, served() as hostile:
        paper.pages = {"/raid": Reply(page(TITLE, BODY)), "/feed": feed([Shown(paper.url("/raid"), TITLE)])}
        hostile.pages = {"/raid": Reply(page(TITLE, f"{BODY}\n{LIES}")), "/feed": feed([])}
        place = deploy(tmp_path, [outlet_at("paper", paper.base), outlet_at("hostile", hostile.base)])
        place.crawl()
        paper.pages["/raid"] = Reply(status=301, headers={"Location": hostile.url("/raid")})
        for number in (1, 2, 3):
            place.crawl("--all", offset=number * TWO_HOURS)
        [row] = [r for r in outcomes(place).values() if r.source_id == "paper"]
    assert row.text == BODY


def test_a_copy_that_is_dated_back_does_not_lead(tmp_path: Path) -> None:
    with served() as paper, served() as hostile:
        dated = (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s","datePublished":"%s"}</script>'
        )
        now = dated % (TITLE, in_hours(0))
        paper.pages = {"/raid": Reply(page(TITLE, BODY).replace("</head>", f"{now}</head>"))}
        paper.pages["/feed"] = feed([Shown(paper.url("/raid"), TITLE)])
        hostile.pages = {"/feed": feed([]), "/raid": Reply(page(TITLE, BODY))}
        place = deploy(tmp_path, [outlet_at("paper", paper.base), outlet_at("hostile", hostile.base)])
        place.crawl()
        before = dated % (TITLE, in_hours(-48))
        hostile.pages["/raid"] = Reply(page(TITLE, BODY).replace("</head>", f"{before}</head>"))
        hostile.pages["/feed"] = feed([Shown(hostile.url("/raid"), TITLE)])
        place.crawl("--all", offset=TWO_HOURS)
        query = "SELECT source_id FROM story JOIN article ON article.id = lead_id"
        stories = rows(place, "SELECT story_id, source_id FROM article ORDER BY id")
        assert [s.source_id for s in stories] == ["paper", "hostile"]
        assert len({s.story_id for s in stories}) == 1
        assert [row.source_id for row in rows(place, query)] == ["paper"]


def in_hours(hours: float) -> str:
    return (clock(0)() + timedelta(hours=hours)).isoformat()
