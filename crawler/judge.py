"""Join what the topic and the gazetteer say of an article into a Verdict."""

from dataclasses import asdict, replace
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from crawler.glance import share_of
from crawler.grouping import containment
from crawler.model import Article, Code, Label, Source, Verdict, Why, because
from crawler.places import Gazetteer, Home, PlaceFound, find_places, zone_of
from crawler.topic import Acted, Subject

SAME_TEXT = 0.3  # of the shorter text's passages: an article that moved, not the front page in its place
SAME_TITLE = 0.5  # of the earlier headline's telling words
FEWEST_WORDS = 25  # of a text that is more than a headline with a line below it

_ABOUT: dict[Label, Code] = {
    "near": "about_near",
    "mention": "about_mention",
    "none": "about_none",
    "activity": "about_activity",
}


def home_of(source: Source) -> Home:
    """Where an outlet is at home: context for its place names, never a place by itself."""
    return Home(source.city, source.county, source.state, tuple(source.covers))


def clock_of(source: Source) -> tzinfo:
    """The time zone of an outlet's home: whose clock its feeds and pages mean where they name none."""
    return zone_of(source.state, source.county, source.city)


def judge(
    article: Article, home: Home, subject: Subject, gazetteer: Gazetteer, now: datetime, ruled: Label | None = None
) -> Verdict:
    """What the article is about, where it happened and who acts, with the evidence; `article_id` is left to the store.

    Kinds, places and actors are sought only where the story is on topic or near it: for others nobody asks. `ruled`:
    what a person said that it is about, whatever the topic says.
    """
    about = subject.topic.judge(article.title, article.text, article.language, urlsplit(article.url).hostname or "")
    about = replace(about, label=ruled) if ruled else about
    has_scene = about.label in ("activity", "near")
    places = find_places(gazetteer, article.title, article.text, home) if has_scene else ()
    near = about.label == "near"
    kinds = subject.kinds.told(article.title, article.text, near=near) if has_scene else ()
    actors = subject.actors if has_scene else None
    acted = actors.found(article.title, article.text) if actors else Acted()
    return Verdict(
        article_id=article.id or 0,
        label=about.label,
        kind=next(iter(kinds), ""),
        second_kind="".join(kinds[1:]),
        score=round(about.score, 3),
        evidence=[asdict(e) for e in about.evidence],
        places=[_stored(place) for place in places],
        actors=[asdict(named) for named in acted.actors],
        said_by=[asdict(named) for named in acted.said_by],
        judged_at=now,
    )


def _stored(found: PlaceFound) -> dict[str, Any]:
    """A place as a verdict keeps it."""
    return asdict(found.place) | {
        "sentence": found.sentence,
        "further": list(found.further),
        "confidence": round(found.confidence, 2),
        "role": found.role,
    }


def off_topic_reason(verdict: Verdict) -> Why:
    """Why an article is not kept, or is."""
    code = _ABOUT[verdict.label]
    return because(code, score=verdict.score, seen=list(dict.fromkeys(e["term"] for e in verdict.evidence[:4])))


def is_thin(text: str) -> bool:
    """Whether hardly more than a headline is known of an article."""
    return len(text.split()) < FEWEST_WORDS


def is_still(known: Article, article: Article, declared: bool) -> bool:
    """Whether a page is the stored article that was looked for; a wall or another page says neither its text nor title.

    At its own address a page that calls itself an article (`declared`) may have been written anew. One of which only
    the headline is left is not taken: what was read of it stays. A page that moved must say its text.
    """
    if is_thin(article.text) and not is_thin(known.text):
        return False
    if containment(known.text, article.text) >= SAME_TEXT:
        return True
    return known.url == article.url and (declared or share_of(known.title, article.title) >= SAME_TITLE)
