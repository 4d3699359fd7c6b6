"""A page of the archive: the stories that a query meets, newest first, as the matcher decides.

What the database's indexes decide by themselves is not read again; of the rest, the reports are read without their
texts where no text matters, and with them where it does, but only so many a page.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from alerts.matching.archive import asked_of_index, document_of_outline, documents_of
from alerts.query import Fact, Field, InPlace, Published, Query, Simple, asks_of_words, fields_of, simple
from crawler.store import Mark, Narrowing, Store, StoryBrief, StoryLists
from crawler.text import fold

MOST_COUNTED = 1000
MOST_LOOKED_AT = 3000  # stories a page, without their texts
MOST_READ = 300  # with their texts, some 2 ms each
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Stories, newest first, and where it goes on."""

    stories: tuple[StoryBrief, ...]
    older: Mark | None  # stories older than this follow; None: there are none
    newer: Mark | None  # stories newer than this came before
    count: int | None = None  # of all stories; one more than MOST_COUNTED stands for more; None: nobody counted
    looked_at: int | None = None  # stories of which so many were looked through before this page was full


def browse(
    store: Store,
    query: Query,
    size: int,
    *,
    older: Mark | None = None,
    newer: Mark | None = None,
    outlets: Mapping[str, str] | None = None,
) -> ArchivePage:
    """The page of stories older than a mark, or newer; without either, the newest.

    `outlets`: id → name, where it is known already.
    """
    lists = StoryLists(store.engine)
    asked, known = _narrowed(query, store.outlets() if outlets is None else outlets)
    if known is not None and known.whole:
        count = None
        if older or newer:
            marks = lists.marks(asked, size + 1, older=older, newer=newer)
        else:
            marks, count = lists.newest(asked, size + 1, MOST_COUNTED + 1)
        shown = marks[-size:] if newer else marks[:size]
        return _page(lists.briefs(mark.story_id for mark in shown), len(marks) > size, older, newer, count)
    meets = _decider(store, lists, query, asked, known)
    most = MOST_READ if known is None and asks_of_words(query) else MOST_LOOKED_AT
    found: list[StoryBrief] = []
    looked_at, at, more = 0, newer or older, True
    while more and len(found) <= size and looked_at < most:
        marks = lists.marks(asked, _AT_ONCE, older=None if newer else at, newer=at if newer else None)
        met = meets(lists.briefs(mark.story_id for mark in marks))
        found = [*met, *found] if newer else [*found, *met]
        looked_at, more = looked_at + len(marks), len(marks) == _AT_ONCE
        at = (marks[0] if newer else marks[-1]) if marks else at
    if more and len(found) <= size:  # it goes on where nobody has looked yet
        page = replace(_page(found, True, older, newer, None), looked_at=looked_at)
        return replace(page, newer=at) if newer else replace(page, older=at)
    return _page(found[-size:] if newer else found[:size], len(found) > size, older, newer, None)


def _page(
    stories: Iterable[StoryBrief], more: bool, older: Mark | None, newer: Mark | None, count: int | None
) -> ArchivePage:
    """With its ends; `more` is of the way that was gone, and where somebody came from there is something."""
    shown = tuple(stories)
    last = shown[-1].mark if shown else newer
    first = shown[0].mark if shown else older
    on = last if (more or newer) else None
    back = first if (older or (newer and more)) else None
    return ArchivePage(shown, on, back, count)


_Decider = Callable[[list[StoryBrief]], list[StoryBrief]]


def _decider(store: Store, lists: StoryLists, query: Query, asked: Narrowing, known: Simple | None) -> _Decider:
    """Which of some stories meet a query."""
    fields = fields_of(query)

    def by_texts(briefs: list[StoryBrief]) -> list[StoryBrief]:
        views = store.views(brief.mark.story_id for brief in briefs)
        met = {view.story.id for view in views if any(map(query.is_met_by, documents_of(view)))}
        return [brief for brief in briefs if brief.mark.story_id in met]

    def by_facts(briefs: list[StoryBrief]) -> list[StoryBrief]:
        every = [report.article_id for brief in briefs for report in brief.reports]
        held, perhaps = lists.holding(every, asked.clauses) if asked.clauses else (set(every), set[int]())
        met, doubtful = [], []
        for brief in briefs:
            fit = {r.article_id for r in brief.reports if not fields or fields.is_met_by(document_of_outline(r))}
            if fit & held:
                met.append(brief)
            elif fit & perhaps:
                doubtful.append(brief)
        kept = {brief.mark for brief in [*met, *by_texts(doubtful)]}
        return [brief for brief in briefs if brief.mark in kept]

    return by_texts if known is None and asks_of_words(query) else by_facts


def _narrowed(query: Query, outlets: Mapping[str, str]) -> tuple[Narrowing, Simple | None]:
    """What the database is asked for, and the query as it can decide it; None where it only proposes."""
    known = simple(query)
    if known is None:
        return Narrowing(tuple(tuple(clause) for clause in asked_of_index(query))), None
    asked, whole = Narrowing(known.clauses), known.whole
    for field in known.fields:
        facts = _asked(field, outlets)
        if facts and all(getattr(asked, name) == getattr(Narrowing(), name) for name in facts):
            asked = replace(asked, **facts)  # type: ignore[arg-type]
        else:  # near:, office:, or a second one of its kind
            whole = False
    return asked, replace(known, whole=whole)


def _asked(field: Field, outlets: Mapping[str, str]) -> dict[str, object]:
    """What a field asks of the database; nothing where only the matcher knows."""
    match field:
        case InPlace(place):
            return {"place": place}
        case Fact("kind", value):
            return {"kind": value}
        case Fact("lang", value):
            return {"language": value}
        case Fact("source", value):
            return {"sources": tuple(i for i, name in outlets.items() if value in (fold(i), fold(name))) or ("",)}
        case Published(first, last):
            since = first and datetime.combine(first, time(), UTC)
            before = last and datetime.combine(last, time(), UTC) + timedelta(days=1)
            return {name: when for name, when in (("since", since), ("before", before)) if when}
    return {}
