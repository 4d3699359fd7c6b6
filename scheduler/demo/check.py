"""Do the digests hold exactly the expected stories, once each?"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from lxml import html

from alerts.digest import heading_of
from crawler.text import canonical_url
from scheduler.demo.expected import Expected, ExpectedStory, ExpectedSubscriber


@dataclass(frozen=True, slots=True)
class MailedStory:
    """One entry of a digest mail, as its HTML says it."""

    heading: str
    title: str
    url: str
    place: str
    also: str


def check(
    mails: Mapping[str, Sequence[EmailMessage]],
    expected: Expected,
    addresses: Mapping[str, str],
    outlets: Mapping[str, str],
) -> list[str]:
    """What is wrong with the digests, in words; [] when they are exactly as expected.

    `mails` by recipient, `addresses` from article id to URL, `outlets` from id to name.
    """
    problems: list[str] = []
    for person in expected.subscribers:
        got = mails.get(person.email, ())
        if len(got) != 1:
            problems.append(f"{person.email} got {len(got)} digests instead of one")
            continue
        told = list(read_digest(got[0]))
        problems += [f"{person.email}: {p}" for p in _compare(person, told, addresses)]
        text = str(got[0].get_body(("plain",)))
        problems += [
            f"{person.email}: does not say that {outlets[o]} could not be read"
            for o in expected.unreadable
            if outlets[o] not in text
        ]
    return problems


def read_digest(mail: EmailMessage) -> Iterator[MailedStory]:
    """The entries of a digest mail, in order."""
    body = mail.get_body(("html",))
    assert body is not None
    heading = ""
    for element in html.fromstring(body.get_content()).iter("h2", "h3"):
        if element.tag == "h2":
            heading = _text(element).partition(" · ")[0]
            continue
        link = element.find("a")
        assert link is not None
        beside = []
        for sibling in element.itersiblings():
            if sibling.tag in ("h2", "h3"):
                break
            beside.append(sibling)
        also = [_text(s) for s in beside if s.get("class") == "also"]
        place = [_text(s) for b in beside for s in b.iter("b") if s.get("class") == "place"]
        yield MailedStory(heading, _text(element), str(link.get("href")), "".join(place), " ".join(also))


def _text(element: html.HtmlElement) -> str:
    return "".join(element.itertext())


def _compare(person: ExpectedSubscriber, told: Sequence[MailedStory], addresses: Mapping[str, str]) -> Iterator[str]:
    ids = {canonical_url(url): article for article, url in addresses.items()}
    for subscription in person.subscriptions:
        heading = heading_of(subscription.query)
        here = [t for t in told if t.heading == heading]
        keys = Counter(_key(ids.get(canonical_url(t.url), ""), subscription.stories) or t.title for t in here)
        wanted = {s.key: s for s in subscription.stories}
        yield from (f"“{subscription.query}” lacks {key}" for key in wanted if key not in keys)
        yield from (
            f"“{subscription.query}” has “{key}”, which does not belong there" for key in keys if key not in wanted
        )
        yield from (f"“{subscription.query}” has {key} {n} times" for key, n in keys.items() if n > 1)
        for t in here:
            key = _key(ids.get(canonical_url(t.url), ""), subscription.stories)
            if key:
                yield from _figures(t, wanted[key])


def _key(article: str, stories: Sequence[ExpectedStory]) -> str:
    return next((s.key for s in stories if article in s.any_of), "")


def _figures(told: MailedStory, story: ExpectedStory) -> Iterator[str]:
    named = re.search(r"Also reported by (.*?)(?:;|$)", told.also)
    newsrooms = len(re.split(r", | and ", named[1])) if named else 0
    copied = re.search(r"(\d+) cop(?:y|ies)", told.also)
    copies = int(copied[1]) if copied else 0
    if newsrooms != story.newsrooms:
        yield f"{story.key}: {newsrooms} other newsrooms instead of {story.newsrooms} ({told.also or 'nothing said'})"
    if copies != story.copies:
        yield f"{story.key}: {copies} copies instead of {story.copies} ({told.also or 'nothing said'})"
    if story.places and told.place not in story.places:
        yield f"{story.key}: placed in {told.place or 'no place'} instead of {' or '.join(story.places)}"
