"""A story's page: who reports it, where, what changed, how much is quoted, and that its address holds for good."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.web.archive.quoting import MOST_WORDS, changed_words, shortened
from crawler.store.regroup import merge_by_hand, split_by_hand
from crawler.store.rulings import rule
from tests.alerts.web.archive.conftest import BASE
from tests.makers.browsing import ask
from tests.makers.making import BODY, LEDE, NOON, WALTHAM, article, keep, verdict

SAID = (
    "The men were put into an unmarked van on Linden Street, and their lawyer said nobody had told her where they went."
)


def story(app: Starlette, number: int) -> Any:
    status, _, body = ask(app, f"/stories/{number}.json")
    assert status == 200
    return json.loads(body)


def in_waltham(sentence: str) -> list[dict[str, object]]:
    return [WALTHAM | {"sentence": sentence, "further": []}]


def test_it_tells_who_reports_it_when_and_where(app: Starlette, sqlite_engine: Engine) -> None:
    first = keep(sqlite_engine, article(wire="AP", paywalled=True), of=verdict(places=in_waltham(SAID)))
    keep(sqlite_engine, article("two", "gazette", title="Two held"), story=first.story_id, copy_of=first.article_id)
    body = ask(app, "/stories/1")[2]
    for said in ("The Ledger", "credited to AP", "subscription may be needed", "the text of The Ledger", "Two held"):
        assert said in body, said
    assert "Mon, Mar 9, 7:00 AM" in body  # by the page's zone, which it names
    assert "Times: Eastern Time" in body
    told = story(app, 1)
    assert {r["outlet"]["name"] for r in told["reports"]} == {"The Ledger", "The Gazette"}
    assert told["first_seen_at"] == "2026-03-09T12:00:00Z"


def test_a_sentence_is_quoted_below_the_opening_alone(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article("one"), of=verdict(places=in_waltham(LEDE)))
    keep(sqlite_engine, article("two"), of=verdict(places=in_waltham(SAID)))
    assert "<blockquote" not in ask(app, "/stories/1")[2]
    assert f"<blockquote>{SAID} " in ask(app, "/stories/2")[2]


@pytest.mark.parametrize("facts", [{"outlet_id": "gazette"}, {"opt_out": "noindex"}])
def test_nothing_is_quoted_of_who_asks_for_that(app: Starlette, sqlite_engine: Engine, facts: dict[str, str]) -> None:
    keep(sqlite_engine, article("one", **facts), of=verdict(places=in_waltham(SAID)))
    changed = article("one", text=f"{BODY}\nOne of the two men was released on Tuesday after a hearing.", **facts)
    keep(sqlite_engine, changed, now=NOON + timedelta(hours=1))
    told = ask(app, "/stories/1")[2] + ask(app, "/stories/1.json")[2]
    assert "a sentence was added" in told or "a paragraph was added" in told
    assert "<blockquote" not in told
    assert "unmarked van" not in told
    assert "released on Tuesday" not in told


def test_what_changed_is_shown_word_by_word_within_25_words(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article("one"))
    longer = f"{BODY.replace('four agents', 'six agents')}\n" + "One of the men was released on Tuesday. " * 9
    keep(sqlite_engine, article("one", text=longer), now=NOON + timedelta(hours=1))
    body = ask(app, "/stories/1")[2]
    assert "<del>four</del>" in body
    assert "<ins>six</ins>" in body
    [change] = story(app, 1)["changes"]
    words = [word for piece in change["words"] for word in piece["words"].split() if word != "…"]
    assert len(words) <= MOST_WORDS


def test_a_change_of_the_opening_is_told_and_not_shown() -> None:
    assert changed_words("A raid", BODY, "A raid", BODY.replace("two men", "three men")) == ()


def test_a_long_sentence_is_cut_around_the_name() -> None:
    long = "word " * 40 + "in Waltham on Monday " + "word " * 40
    cut = shortened(long, "Waltham")
    assert "Waltham" in cut
    assert len([word for word in cut.split() if word != "…"]) == MOST_WORDS


def test_a_merged_story_leads_on_for_good(app: Starlette, sqlite_engine: Engine) -> None:
    for name in ("one", "two", "three"):
        keep(sqlite_engine, article(name))
    merge_by_hand(sqlite_engine, 2, [3], NOON)
    merge_by_hand(sqlite_engine, 1, [2], NOON)
    for ending in ("", ".json", ".csl.json"):
        status, headers, _ = ask(app, f"/stories/3{ending}")
        assert (status, headers["location"]) == (301, f"/stories/1{ending}")
    split_by_hand(sqlite_engine, 1, [3], NOON)
    assert ask(app, "/stories/4")[0] == 200


@pytest.mark.parametrize(
    "name", ["0", "99", "999999999", "9" * 5000, "-1", "1.5", "x", "1.xml", "%00", "1.csl.JSON", "٣"]
)
def test_no_story_is_no_page(app: Starlette, sqlite_engine: Engine, name: str) -> None:
    keep(sqlite_engine, article())
    status, _, body = ask(app, f"/stories/{name}")
    assert status == 404
    assert "There is no such story" in body


def test_it_is_cited_plainly_and_in_csl_json(app: Starlette, sqlite_engine: Engine, now: datetime) -> None:
    keep(sqlite_engine, article(authors=["Ana Reyes"]))
    status, headers, body = ask(app, "/stories/1.csl.json")
    assert (status, headers["content-type"]) == (200, "application/vnd.citationstyles.csl+json")
    assert json.loads(body) == [
        {
            "id": "icewire-1",
            "type": "article-newspaper",
            "title": article().title,
            "container-title": "The Ledger",
            "accessed": {"date-parts": [[now.year, now.month, now.day]]},
            "URL": "https://ledger.example/raid",
            "issued": {"date-parts": [[2026, 3, 9]]},
            "language": "en",
            "author": [{"literal": "Ana Reyes"}],
        }
    ]
    assert (
        f"Ana Reyes. “{article().title}.” The Ledger, March 9, 2026. https://ledger.example/raid"
        in ask(app, "/stories/1")[2]
    )


def test_numbers_that_outlets_give_differently_stand_side_by_side(app: Starlette, sqlite_engine: Engine) -> None:
    one = article("one", title="ICE arrests 4 men in Waltham")
    first = keep(sqlite_engine, one)
    keep(sqlite_engine, article("two", "gazette", title="ICE arrests 6 men in Waltham"), story=first.story_id)
    body = ask(app, "/stories/1")[2]
    assert "Numbers that differ" in body
    [difference] = story(app, 1)["numbers"]
    assert [(said["outlet"], said["number"]) for said in difference["said"]] == [("The Ledger", 4), ("The Gazette", 6)]


def test_a_story_put_off_topic_is_gone(app: Starlette, sqlite_engine: Engine) -> None:
    added = keep(sqlite_engine, article())
    rule(sqlite_engine, added.article_id, "topic", {"label": "none"}, NOON)
    assert ask(app, "/stories/1")[0] == 404
    assert ask(app, "/stories.json")[2].count('"id"') == 0


def test_its_address_is_that_of_the_server(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())
    assert f'<link rel="canonical" href="{BASE}/stories/1">' in ask(app, "/stories/1")[2]
    assert story(app, 1)["url"] == f"{BASE}/stories/1"
