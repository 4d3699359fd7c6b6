"""A row of a list is kept, and never shown to whom it is not true."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from alerts.web.archive.rows import story_row
from crawler.store import Mark, StoryLists
from tests.makers.making import NOON, article, keep, outlet, watch

NEW_YORK = "America/New_York"


def test_a_row_is_rendered_once_for_all_who_are_shown_the_same(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet())
    keep(sqlite_engine, article("one", published_at=NOON), now=NOON)
    first, again = (StoryLists(sqlite_engine).briefs([1])[0] for _ in range(2))
    assert first is not again
    assert story_row(first, NEW_YORK, "en") is story_row(again, NEW_YORK, "en")


def test_what_differs_in_anything_has_a_row_of_its_own(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet())
    keep(sqlite_engine, article("one", published_at=NOON), now=NOON)
    story = StoryLists(sqlite_engine).briefs([1])[0]
    lead = story.lead
    others = [
        replace(lead, title="<b>Another</b>"),
        replace(lead, source_name="The Other Ledger"),
        replace(lead, paywalled=not lead.paywalled),
        replace(lead, language="es"),
        replace(lead, kind="raid" if lead.kind != "raid" else "arrest"),
    ]
    later = replace(story, mark=Mark(NOON + timedelta(hours=1), 1))
    stories = [story, *(replace(story, reports=(other,)) for other in others), later]
    rows = [story_row(one, NEW_YORK, "en") for one in stories]
    rows += [story_row(story, "America/Chicago", "en")]
    assert len(set(rows)) == len(rows)
    assert "&lt;b&gt;Another" in rows[1]
    assert story_row(replace(story, reports=(others[-2],)), NEW_YORK, "es") not in rows
