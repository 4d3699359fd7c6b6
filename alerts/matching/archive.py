"""Stored stories as the matcher reads them, and searching them with the language of the alerts."""

from collections.abc import Sequence

from alerts.query import Document, Query, StoryHit, match_story
from crawler.store import Outline, Report, Store, StoryView


def document_of(report: Report) -> Document:
    """One report as a query meets it."""
    from crawler.places import said_of  # brings all that finds places in a text

    article, source = report.article, report.source
    return Document(
        title=article.title,
        text=article.text,
        language=article.language,
        kinds=report.verdict.kinds,
        source_id=source.id,
        source_name=source.name,
        published_at=article.published_at,
        places=report.places,
        said=said_of(report.verdict),
        quotable=not (source.headline_only or article.opt_out),
    )


def document_of_outline(outline: Outline) -> Document:
    """The same without a word of it, for the fields of a query."""
    return Document(
        title="",
        text="",
        language=outline.language,
        kinds=outline.kinds,
        source_id=outline.source_id,
        source_name=outline.source_name,
        published_at=outline.published_at,
        places=outline.places,
    )


def documents_of(view: StoryView) -> list[Document]:
    """A story's reports, lead first."""
    return [document_of(report) for report in view.reports]


def search(
    store: Store, query: Query, limit: int = 50, *, news: bool = False, among: int | None = None
) -> list[tuple[StoryView, StoryHit]]:
    """Stories that the query meets, newest first: the database's full-text index proposes, the one matcher decides.

    `news`: only what was news when it was found, as in alerts; `among`: only of so many that the index proposes.
    """
    found: list[tuple[StoryView, StoryHit]] = []
    ids = store.search(asked_of_index(query), among)  # None = all: the matcher may refuse any number of the newest
    for start in range(0, len(ids), 100):
        for stored in store.views(ids[start : start + 100]):
            view = stored.news if news else stored
            if view is None:
                continue
            hit = match_story(documents_of(view), query)
            if hit:
                found.append((view, hit))
                if len(found) == limit:
                    return found
    return found


def asked_of_index(query: Query) -> Sequence[Sequence[str]]:
    """What the database's full-text index is asked for."""
    return [[" ".join(n.words) + ("*" if n.prefix else "") for n in clause] for clause in query.needed()]
