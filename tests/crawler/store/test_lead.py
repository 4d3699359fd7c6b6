from datetime import timedelta

import pytest
from sqlalchemy import Engine

from crawler.model.story import Article, Source, Verdict
from crawler.store.lead import Contender, LeadRank, lead_rank
from crawler.store.store import Store
from tests.makers.making import NOON, WALTHAM, article, keep, outlet, verdict, watch

HERE = Source(id="ledger", name="Ledger", homepage="h", city="Waltham", county="Middlesex County", state="MA")
STATEWIDE = Source(id="gazette", name="Gazette", homepage="h", county="Suffolk County", state="MA")
COVERING = Source(id="sun", name="Sun", homepage="h", county="Essex County", state="MA", covers=["Waltham, MA"])
NAMESAKE = Source(id="times", name="Times", homepage="h", county="Middlesex County", state="NJ")
FAR = Source(id="post", name="Post", homepage="h", county="Harris County", state="TX")
COPY = verdict(copy_of=7)
OWN = verdict()


def told(number: int = 1, hours: float = 0, **facts: object) -> Article:
    return article(id=number, published_at=NOON + timedelta(hours=hours), **facts)  # type: ignore[arg-type]


def rank(a: Article, outlet: Source, judged: Verdict) -> LeadRank:
    read = a.published_at, a.fetched_at
    report = Contender(a.id or 0, a.gone_at, a.wire, *read, outlet.county, outlet.state, outlet.covers, judged.places)
    return lead_rank(report)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((told(), FAR, OWN), (told(2, gone_at=NOON), HERE, OWN)),
        ((told(), HERE, COPY), (told(2, hours=1), HERE, OWN)),
        ((told(hours=9), FAR, OWN), (told(2, wire="AP"), HERE, OWN)),
        ((told(hours=9, wire="AP"), HERE, COPY), (told(2, wire="AP"), FAR, OWN)),
        ((told(hours=9), HERE, OWN), (told(2), COVERING, OWN)),
        ((told(hours=9), COVERING, OWN), (told(2), STATEWIDE, OWN)),
        ((told(hours=9), STATEWIDE, OWN), (told(2), FAR, OWN)),
        ((told(hours=9), STATEWIDE, OWN), (told(2), NAMESAKE, OWN)),
        ((told(), HERE, OWN), (told(2, hours=1), HERE, OWN)),
        ((told(), HERE, OWN), (told(2), HERE, OWN)),
    ],
)
def test_the_rule_of_what_is_shown(
    better: tuple[Article, Source, Verdict], worse: tuple[Article, Source, Verdict]
) -> None:
    assert rank(*better) < rank(*worse)


def test_where_no_place_is_said_the_first_to_publish_is_shown() -> None:
    nowhere = verdict(places=[])
    assert rank(told(), FAR, nowhere) < rank(told(2, hours=1), HERE, nowhere)


@pytest.mark.parametrize(
    ("original", "other", "leads"),
    [
        ((0, 0.3, None), (-30, 0.4, 1), True),  # a copy, seen minutes later
        ((0, 0.3, None), (-30, 9, 1), True),
        ((0, 0.3, None), (-30, 9, None), True),  # in other words
        ((0, 1.2, None), (-1, 1.3, None), False),  # honest: earlier, and seen with the same reading or the next
        ((-30, 4, None), (-31, 4.1, None), False),  # a first reading finds both
    ],
)
def test_who_dates_back_does_not_lead(
    original: tuple[float, float, int | None], other: tuple[float, float, int | None], leads: bool
) -> None:
    ranks = []
    for number, (hours, seen, copy_of) in enumerate((original, other), start=1):
        a = told(number, hours)
        at = NOON + timedelta(hours=seen)
        places = HERE.county, HERE.state, HERE.covers, OWN.places
        ranks.append(lead_rank(Contender(number, None, "", a.published_at, at, *places, at, copy_of)))
    assert (ranks[0] < ranks[1]) is leads


def test_of_a_wire_story_the_copy_of_the_outlet_on_the_spot_is_shown(sqlite_engine: Engine) -> None:
    watch(
        sqlite_engine,
        outlet("post", "TX", city="Houston", county="Harris County"),
        outlet("ledger", county=WALTHAM["county"]),
    )
    first = keep(sqlite_engine, article("wire", "post", wire="AP"))
    copy = keep(sqlite_engine, article("copy", wire="AP"), story=first.story_id, copy_of=first.article_id)
    [view] = Store(sqlite_engine).stories()
    assert view.lead.article.id == copy.article_id
    assert (view.newsrooms, view.copies) == ((), 1)


def test_when_the_page_that_is_shown_is_gone_another_is_shown(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    first = keep(sqlite_engine, article("raid"))
    second = keep(sqlite_engine, article("held", "gazette"), story=first.story_id)
    Store(sqlite_engine).record_recheck(first.article_id, NOON, gone=True)
    assert [v.lead.article.id for v in Store(sqlite_engine).stories()] == [second.article_id]


def test_a_page_that_answers_again_is_shown_again(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    early = NOON - timedelta(hours=5)
    first = keep(sqlite_engine, article(published_at=early))
    keep(sqlite_engine, article("held", "gazette"), story=first.story_id)
    Store(sqlite_engine).record_recheck(first.article_id, NOON, gone=True)
    keep(sqlite_engine, article(published_at=early))
    assert [v.lead.article.id for v in Store(sqlite_engine).stories()] == [first.article_id]
