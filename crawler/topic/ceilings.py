"""What keeps a story below the line however much adds up: reasons for which its subject is another one."""

import re
from collections.abc import Callable, Mapping

from crawler.text import sentences
from crawler.topic.evidence import DECISIVE, NAMES, POSITIVE, ReadStory
from crawler.topic.terms import Role, Terms

Ceiling = Callable[[ReadStory, Terms], bool]

_SUBJECT: frozenset[Role] = frozenset({"subject"})
_PLAINLY_OTHER = 0.7  # the weight from which a term of the title says that the story is about something else
_PART = re.compile(r"(?:[,;|•·]|,? (?:and|y|e|&)) ")  # between the items of a headline that lists stories
_LISTING = re.compile(r"[,;|•·] .*(?:[|•·] |;.*; |,? (?:and|y|e|&) )")
_SHORT_ITEMS = re.compile(r"(?:, [\w’'-]+(?: [\w’'-]+){0,2}){2}$")  # "…, school lunches, the budget"
_SHOW = re.compile(r"^\d{1,2}/\d{1,2}(?:/\d{2,4})?\s*[:–-] ")  # "9/24: The Morning Show"
_CAPTIONS = re.compile(r"^(?:[^.;]{10,160}; ){1,8}[^.;]{10,160}[.;]?$")
# "in 1942", "of 1755": long before the agency; a house number or the year in which somebody came is neither.
_PAST = re.compile(r"\b(?:in|of|from|since|during|the|a|de|en|desde) (?:1[5-8]\d\d|19[0-5]\d)\b", re.IGNORECASE)
_YEAR_2000 = re.compile(r"\b20\d\d\b")


def is_undecided(story: ReadStory, terms: Terms) -> bool:
    """Nothing that can decide was said."""
    return not any(s.total(DECISIVE) for s in story.statements)


def is_roundup(story: ReadStory, terms: Terms) -> bool:
    """The title says that the page holds many stories, or strings them together."""
    told = [sentence for sentence in sentences(story.headline) if len(sentence.split()) > 3]
    if len(told) > 2 and sum(_says_something(sentence, story) for sentence in told) < 2:
        return True
    if _SHOW.match(story.headline):
        return True
    return story.title.has("roundup") and (
        story.title.total(POSITIVE) < terms.lines.activity or is_listed(story, terms)
    )


def is_listed(story: ReadStory, terms: Terms) -> bool:
    """The topic is one item of a headline, or of a text, that lists others which say nothing of it."""
    if not story.title.total(DECISIVE):
        return _CAPTIONS.match(story.text) is not None and len(story.body) < 2
    listing = story.headline.partition(": ")[2] or story.headline
    if not (_LISTING.search(listing) or _SHORT_ITEMS.search(listing)) or (
        story.title.is_done and not story.title.has("roundup")
    ):
        return False
    telling = [_says_something(item, story) for item in _PART.split(listing) if item.strip()]
    return len(telling) > 2 and not telling[0] and sum(telling) == 1


def _says_something(item: str, story: ReadStory) -> bool:
    """Whether one of the title's terms that bear on the topic stands in this part of it."""
    folded = item.casefold()
    return any(
        word.casefold() in folded
        for hit in story.title.hits.values()
        if hit.group.role in POSITIVE or "event" in hit.group.tells
        for word in hit.term.split(" + ")
    )


def is_neighbours(story: ReadStory, terms: Terms) -> bool:
    """Another agency acts more than that of the topic, which the title does not name."""
    acting = sum(s.has("neighbour") for s in story.statements)
    named = sum(s.total(NAMES) > 0 for s in story.statements)
    if acting <= named or story.title.total(NAMES):
        return False
    return story.title.has("neighbour") or (not named and (acting > 1 or not story.title.total(DECISIVE)))


def is_abroad(story: ReadStory, terms: Terms) -> bool:
    """Another country acts, or it is long ago, and the bare word does not name the agency."""
    if any(hit.spells_bare for s in story.statements for hit in s.hits.values() if hit.group.role in NAMES):
        return False
    if any(s.total(frozenset({"elsewhere"})) for s in (story.title, *story.body[:2])):
        return True
    opening = f"{story.headline} {story.text[:300]}"
    if _PAST.search(opening) and not _YEAR_2000.search(opening):
        return True
    return terms.countries is not None and terms.countries.is_abroad(story.headline, story.text, story.site)


def is_of_others(story: ReadStory, terms: Terms) -> bool:
    """The title is of show business, the press, money or the like, and tells nothing that the agency does."""
    title = story.title
    if terms.clause and terms.clause.is_goods(story.headline):
        return True
    background = terms.clause is not None and terms.clause.is_background(story.headline)
    if (title.is_done and not background) or title.is_prosecuted:
        return False
    if title.heaviest(_SUBJECT | {"near"}) >= _PLAINLY_OTHER:
        return True
    if title.has("aside") and not title.is_event:
        return True
    lead = list(story.lead(terms.weights.lead))
    others = any(s.heaviest(_SUBJECT) >= _PLAINLY_OTHER for s in lead)
    scene = others or any(s.has("setting") or "venue" in s.hits for s in (title, *lead))
    if ("attitude" in title.hits and scene) or (title.has("setting") and title.total(DECISIVE)):
        return True
    return others and not title.is_act


def is_talked_of(story: ReadStory, terms: Terms) -> bool:
    """The topic is only what somebody talks of: nothing is done, and nobody named whose business it is."""
    title = story.title
    if not title.has("bare") or title.total(frozenset({"agency", "act"})) or title.is_act or title.has("support"):
        return False
    if "public" in title.hits or (terms.clause and terms.clause.acts(story.headline)):
        return False
    return not any(s.is_act and s.total(DECISIVE) for s in story.body)


def is_other_crime(story: ReadStory, terms: Terms) -> bool:
    """Federal agents look for something else than people, and nothing says that the agency or its acts are meant."""
    told = any(s.has("crime") for s in (story.title, *story.lead(terms.weights.lead)))
    plain = (hit for s in story.statements for hit in s.hits.values() if hit.weight and hit.group.role in DECISIVE)
    return told and not any(hit.group.terms for hit in plain)


CEILINGS: Mapping[str, Ceiling] = {
    "undecided": is_undecided,
    "roundup": is_roundup,
    "listed": is_listed,
    "neighbours": is_neighbours,
    "abroad": is_abroad,
    "others": is_of_others,
    "talk": is_talked_of,
    "crime": is_other_crime,
}


def ceiling_of(story: ReadStory, terms: Terms) -> str:
    """The first reason for which a story stays below the line; "" when nothing keeps it there."""
    return next((name for name, holds in CEILINGS.items() if holds(story, terms)), "")
