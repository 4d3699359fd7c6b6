"""Articles and stories in both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crawler.grouping.assign import Grouping
from crawler.grouping.copies import fingerprint
from crawler.model import Why
from crawler.model.story import Fingerprint
from crawler.store.retention import forget_entries
from crawler.store.store import Store
from tests.makers.making import BODY, article, item, keep, outlet, see, verdict, watch


@pytest.fixture
def store(engine: Engine) -> Store:
    watch(engine, outlet("ledger"), outlet("gazette"), outlet("radio"))
    return Store(engine)


def test_an_article_opens_a_story_and_settles_its_entry(store: Store, engine: Engine) -> None:
    [entry] = see(watch(engine), item("raid"))
    added = keep(engine, article("raid"), entries=(entry.id or 0,))
    [view] = store.stories()
    assert added.opened
    assert (view.story.id, view.lead.article.id, view.place) == (added.story_id, added.article_id, "Waltham, MA")
    [(entry, _)] = watch(engine).entries_at(entry.url)
    assert (entry.state, entry.article_id) == ("fetched", added.article_id)


def test_nothing_of_an_article_is_stored_when_a_part_fails(store: Store, engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        keep(engine, article("raid"), copy_of=999)
    assert store.counts() == {"articles": 0, "stories": 0, "copies": 0}


def test_other_newsrooms_and_copies_are_told_apart(store: Store, engine: Engine) -> None:
    first = keep(engine, article("raid", "ledger"))
    keep(engine, article("raid", "gazette", title="Two taken at court"), story=first.story_id)
    keep(engine, article("raid", "radio"), story=first.story_id, copy_of=first.article_id)
    [view] = store.stories()
    assert view.newsrooms == ("The Gazette",)
    assert view.copies == 1
    assert view.story.version == 3


def test_a_copy_that_is_dated_back_does_not_lead(store: Store, engine: Engine, now: datetime) -> None:
    first = keep(engine, article("raid", "ledger"))
    early = article("wire", "gazette", published_at=now - timedelta(hours=9))
    keep(engine, early, story=first.story_id, copy_of=first.article_id)
    keep(engine, article("own", "radio"), story=first.story_id)
    [view] = store.stories()
    assert (view.lead.source.id, view.newsrooms, view.copies) == ("ledger", ("The Radio",), 1)


def test_the_earliest_report_leads_even_when_it_is_read_later(store: Store, engine: Engine, now: datetime) -> None:
    first = keep(engine, article("raid", "ledger"))
    early = article("scoop", "gazette", published_at=now - timedelta(hours=9))
    keep(engine, early, story=first.story_id)
    assert store.stories()[0].lead.source.id == "gazette"


def test_the_same_address_is_one_article_and_a_trivial_edit_no_revision(store: Store, engine: Engine) -> None:
    first = keep(engine, article("raid"))
    again = keep(engine, article("raid"))
    assert (again.article_id, again.opened, again.change) == (first.article_id, False, Why())
    assert store.counts()["articles"] == 1
    assert store.revisions(first.article_id) == []


def test_a_material_change_keeps_the_earlier_version_and_moves_the_story(
    store: Store, engine: Engine, now: datetime
) -> None:
    first = keep(engine, article("raid"))
    changed = (
        BODY.replace("two men", "three men") + "\nOne of the three was released on Tuesday after a hearing in Boston."
    )
    title = "ICE detains three near Waltham courthouse; one released"
    again = keep(engine, article("raid", text=changed, title=title), now=now + timedelta(hours=2))
    [revision] = store.revisions(first.article_id)
    assert again.change == Why(revision.change, revision.change_args)
    assert again.change
    assert "two men" in revision.text
    [view] = store.stories()
    assert (view.lead.article.title, view.story.version) == (title, 2)
    assert store.search([["released"]]) == [first.story_id]


def test_what_another_release_noted_of_an_articles_passages_keeps_no_new_version_out(
    store: Store, engine: Engine, now: datetime
) -> None:
    first = keep(engine, article("raid"))
    later = f"{BODY}\nOne of the two was released on Tuesday after a hearing in Boston, his lawyer said by telephone."
    with Session(engine) as session:
        new = set(fingerprint("", later)) - set(fingerprint("", BODY))
        session.add_all(Fingerprint(hash=h, article_id=first.article_id) for h in new)
        session.commit()
    assert keep(engine, article("raid", text=later), now=now + timedelta(hours=2)).change


def test_a_page_that_is_gone_is_marked_and_its_story_stays(store: Store, engine: Engine, now: datetime) -> None:
    known = keep(engine, article("raid"))
    store.record_recheck(known.article_id, now, gone=True)
    [view] = store.stories()
    assert view.lead.article.gone_at == now


@pytest.mark.parametrize(
    ("clauses", "found"),
    [
        ([["waltham"]], True),
        ([["linden street"]], True),
        ([["street linden"]], False),
        ([["detain*"]], True),
        ([["worcester", "unmarked van"]], True),
        ([["waltham"], ["worcester"]], False),
        ([["inmigracion"]], True),
        ([["o'hara"]], True),
        ([["nguyen"]], True),
        ([["erdogan"]], True),
        ([["lodz"]], False),
        ([["jose"]], True),
        ([], True),
    ],
)
def test_full_text_search_finds_words_phrases_and_prefixes(
    store: Store, engine: Engine, clauses: list[list[str]], found: bool
) -> None:
    added = keep(
        engine,
        article(
            "raid", text=BODY + "\nLos agentes de Inmigración hablaron con Pat O’Hara, Nguyễn, Erdoğan y Jose\u0301."
        ),
    )
    assert store.search(clauses) == ([added.story_id] if found else [])


def test_stories_are_listed_newest_first(store: Store, engine: Engine, now: datetime) -> None:
    old = keep(engine, article("old"), now=now - timedelta(days=2))
    new = keep(engine, article("new"), now=now)
    assert [v.story.id for v in store.stories()] == [new.story_id, old.story_id]
    assert [v.story.id for v in store.stories(since=now - timedelta(days=1))] == [new.story_id]


def test_links_that_led_nowhere_are_forgotten_in_time(store: Store, engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    see(watchlist, item("old", published_at=now - timedelta(days=99)), item("fresh"))
    assert forget_entries(store.engine, now + timedelta(seconds=1)) == 1
    assert watchlist.counts() == {"new": 1}


def test_a_grouping_into_a_vanished_story_opens_a_new_one(store: Store, engine: Engine, now: datetime) -> None:
    added = store.add(article("raid"), verdict(), Grouping(4711, None, Why()), (), now)
    assert added.opened


def test_a_search_may_ask_for_the_stories_opened_since_a_day(store: Store, engine: Engine, now: datetime) -> None:
    old = keep(engine, article("old"), now=now - timedelta(days=2))
    keep(engine, article("later", "gazette"), story=old.story_id, now=now)
    new = keep(engine, article("new"), now=now)
    for clauses in ([["courthouse"]], []):
        assert set(store.search(clauses)) == {old.story_id, new.story_id}
        assert store.search(clauses, since=now - timedelta(days=1)) == [new.story_id]
    assert store.opened(now - timedelta(days=3)) == {new.story_id: now, old.story_id: now - timedelta(days=2)}
    assert list(store.opened(now - timedelta(days=1))) == [new.story_id]
    assert store.opened_first() == now - timedelta(days=2)


def test_outlines_are_the_reports_that_are_news_without_their_texts(
    store: Store, engine: Engine, now: datetime
) -> None:
    assert (store.outlines(now), store.opened_first()) == ([], None)
    keep(engine, article("before"), now=now - timedelta(days=2))
    first = keep(engine, article("first", published_at=now), of=verdict(kind="raid"), now=now)
    keep(engine, article("second", "gazette", language="es"), story=first.story_id, now=now)
    keep(engine, article("old", "radio", old=True), story=first.story_id, now=now)
    found = store.outlines(now - timedelta(days=1))
    assert [(o.story_id, o.source_id, o.source_name, o.language, o.kind) for o in found] == [
        (first.story_id, "ledger", "The Ledger", "en", "raid"),
        (first.story_id, "gazette", "The Gazette", "es", "arrest"),
    ]
    assert found[0].published_at == now
    assert [str(place) for place in found[0].places] == ["Waltham, MA"]
