"""A correction by hand: what a person says against the judgement of a page, and holds from then on."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from alerts.query import parse
from crawler.extract import Hint
from crawler.model import Article, Entry, IcewireError, Label, RuledOn, Ruling, Source
from crawler.places import places_of
from crawler.places import shipped as gazetteer
from crawler.spiders import hint_of
from crawler.store import COLUMNS, Candidates, grouping_turn, note_ruling, rule, undo, value_of
from crawler.text import is_web_address, stored
from crawler.watch import is_old
from scheduler.deployment import Deployment
from scheduler.explain.afresh import Fresh, judge_afresh, source_named, source_of
from scheduler.explain.explain import known_of
from scheduler.explain.page import fetch_page
from scheduler.turns import persons_turn

_TOPICS: Mapping[str, Label] = {
    **dict.fromkeys(("on", "activity"), "activity"),
    **dict.fromkeys(("off", "none"), "none"),
    "mention": "mention",
}
_NONE = ("", "none")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in the judgement of a page, and what is right."""

    what: RuledOn | None  # None: whatever was corrected, to undo it
    right: str | None = None  # None: of the topic its opposite, of a place that there is none
    undo: bool = False
    outlet: str = ""  # that published it, of a page that no feed has listed


def correct(url: str, wrong: Wrong, deployment: Deployment) -> str:
    """Let a person's word hold of a page; what became of it, for a person.

    A page that was not stored is fetched once and stored when it is put on topic. Raises IcewireError: nothing is
    stored or to be undone, it is judged so already, no such place or kind, the page cannot be had.
    """
    if not is_web_address(url):
        raise IcewireError(f"{url}: a correction is for a page by its address, like https://paper.example/story")
    entries, article = known_of(url, deployment)
    if wrong.undo:
        return _undone(url, article, wrong.what, deployment)
    if wrong.what is None:
        raise IcewireError("--right is for --wrong topic, place or kind: say which")
    if article is None and wrong.what == "topic" and _said_topic(wrong.right, "none")["label"] == "activity":
        listed = entries[0] if entries else None
        return _fetched(url, listed, wrong.outlet, deployment)
    if article is None and wrong.what == "topic":
        raise IcewireError(f"{url}: it is off topic already: nothing is stored of it")
    if article is None:
        raise IcewireError(f"{url}: nothing is stored of it; `icewire explain {url} --wrong topic --right on` does so")
    return _ruled(article, wrong.what, wrong.right, deployment)


def _ruled(article: Article, what: RuledOn, right: str | None, deployment: Deployment) -> str:
    verdict, before = deployment.store.report(article).verdict, article.story_id
    is_kept = before is not None
    said = _said_topic(right, "activity" if is_kept else "none") if what == "topic" else _SAYING[what](right)
    is_so = value_of({name: getattr(verdict, name) for name in COLUMNS[what]})
    if value_of(said) == is_so and (what != "topic" or (is_so == "activity") == is_kept):
        raise IcewireError(f"{article.link}: the {what} is {is_so or 'none'} already")
    rule(deployment.engine, article.id or 0, what, said, deployment.clock())
    return _told(article.id or 0, before, f"{what}: {value_of(said) or 'none'}, not {is_so or 'none'}", deployment)


def _undone(url: str, article: Article | None, what: RuledOn | None, deployment: Deployment) -> str:
    if article is None:
        raise IcewireError(f"{url}: nothing is stored of it, so there is nothing to undo")
    wanted = [what] if what else list(COLUMNS)
    undone = undo(deployment.engine, article.id or 0, wanted, deployment.clock())
    return _told(article.id or 0, article.story_id, f"{' and '.join(undone)}: as icewire judges", deployment)


def _told(article_id: int, before: int | None, said: str, deployment: Deployment) -> str:
    """What became of an article of a story that a person corrected; its searches are to meet it anew."""
    article = deployment.store.article(article_id)
    after = article.story_id if article else None
    for story_id in {before, after} - {None}:
        deployment.matches.meet_anew(story_id or 0)
    if after is not None:
        return f"{said}. It stands in story {after}; searches meet that anew."
    if before is None:
        return f"{said}. It stays off topic."
    others = [report.article.link for view in deployment.store.views([before]) for report in view.reports]
    if not others:
        return f"{said}. Story {before} leaves digests, feeds, search and counts."
    stay = f"Reports in other words stay in story {before}; correct those too where they are wrong: {' '.join(others)}"
    return f"{said}. It leaves story {before}. {stay}"


def _fetched(url: str, listed: tuple[Entry, Source] | None, outlet: str, deployment: Deployment) -> str:
    """Fetch, judge and store a page that was left out, as a crawl would have done had it been judged right."""
    entry, source = listed or (None, source_named(outlet, deployment) if outlet else source_of(url, deployment))
    if not source.id:
        raise IcewireError(
            f"{url}: no outlet that icewire knows publishes there; say which with --outlet, or `icewire sources add` it"
        )
    given = fetch_page(url, deployment.asker())
    hint = hint_of(entry) if entry else Hint()
    now = deployment.clock()
    judged = judge_afresh(given, source, hint, now, deployment.apart)
    fresh = judge_afresh(given, source, hint, now, deployment.apart, ruled="activity")
    if fresh.article is None or fresh.verdict is None or judged.verdict is None:
        from alerts.locale import in_words

        raise IcewireError(f"{url}: it cannot be read as an article: {in_words(fresh.because)}")
    entries = [e.id for e, _ in deployment.watchlist.entries_at(url) if e.id is not None]
    article_id = _kept(fresh, fresh.article, entries, entry, deployment)
    columns = {name: getattr(judged.verdict, name) for name in COLUMNS["topic"]}
    note_ruling(deployment.engine, Ruling(article_id=article_id, what="topic", said={"label": "activity"},
                                          judged=columns, made_at=now))  # fmt: skip
    return _told(article_id, None, "topic: activity; the page was fetched and stored", deployment)


def _kept(fresh: Fresh, article: Article, entries: list[int], entry: Entry | None, deployment: Deployment) -> int:
    """Store it in the story where it belongs, with what it was listed by; its number."""
    assert fresh.verdict is not None
    settings, now = deployment.settings.crawl, deployment.clock()
    if fresh.source.id not in deployment.store.outlets():
        deployment.sync_registry()
    found = entry.seen_at if entry else now
    article.old = is_old(stored(article.published_at, article.day_only), found - timedelta(settings.max_age_days))
    with persons_turn(deployment.settings.data), grouping_turn(deployment.engine) as turn:
        grouping = Candidates(deployment.engine).group(article, places_of(fresh.verdict), turn)
        look_again = timedelta(settings.look_again_days)
        added = deployment.store.add(article, fresh.verdict, grouping, entries, now, look_again, turn=turn)
    return added.article_id


def _said_topic(right: str | None, now: Label) -> dict[str, Any]:
    """The opposite of what it is now, unless a person says."""
    if right is None:
        return {"label": "none" if now == "activity" else "activity"}
    label = _TOPICS.get(right.strip().lower())
    if label is None:
        raise IcewireError(f"--right: a topic is on, off or mention, not “{right}”")
    return {"label": label}


def _said_place(right: str | None) -> dict[str, Any]:
    """The places that a person names, parted by semicolons."""
    names = [name.strip() for name in (right or "").split(";") if name.strip().lower() not in _NONE]
    places = []
    for name in names:
        place = gazetteer().look_up(name)
        if place is None:
            close = gazetteer().suggest(name)
            meant = f"; perhaps {' or '.join(close)}" if close else "; write it like “Lynn, MA” or “Essex County, MA”"
            raise IcewireError(f"--right: no place is known as “{name}”{meant}")
        places.append(asdict(place) | {"sentence": "", "further": [], "confidence": 1.0, "role": "event"})
    return {"places": places}


def _said_kind(right: str | None) -> dict[str, Any]:
    """The kinds that a person names, parted by commas, the main one first; as many as a verdict has."""
    if right is None:
        raise IcewireError("--wrong kind: say the right one with --right, like --right detention, or --right none")
    kinds = [kind.strip().lower() for kind in right.split(",") if kind.strip().lower() not in _NONE]
    for kind in kinds:
        parse(f'kind:"{kind}"', gazetteer())  # knows the kinds, and says which there are
    columns = COLUMNS["kind"]
    if len(kinds) > len(columns):
        raise IcewireError(f"--right: at most {len(columns)} can be kept, not {len(kinds)}")
    return dict(zip(columns, [*kinds, *[""] * len(columns)], strict=False))


_SAYING: Mapping[RuledOn, Callable[[str | None], dict[str, Any]]] = {"place": _said_place, "kind": _said_kind}
