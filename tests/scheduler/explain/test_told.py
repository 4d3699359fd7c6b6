"""The keys of `icewire explain --json`, on which other programs rely: in every kind of explanation, in their order."""

from typing import Any

import pytest
from sqlalchemy import Engine

from crawler.watch.watchlist import Watchlist
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import BODY, article, keep
from tests.makers.serving import Reply, Site
from tests.scheduler.explain.test_afresh import ADDRESS, HOCKEY, STORY, page, save, site
from tests.scheduler.explain.test_explain import HOCKEY as HOCKEY_PAGE
from tests.scheduler.explain.test_explain import RAID, READER, kept

__all__ = ["_here", "engine", "icewire", "kept", "site"]  # fixtures

EXPLANATION = (
    "url judged how entries kept because why gate article topic places story revisions searches corrections"
).split()  # fmt: skip
ENTRY = "url title state seen_at attempts retry_at reason why source".split()
ARTICLE = (
    "url link title authors published_at modified_at language wire paywalled image_url opt_out fetched_at gone_at "
    "look_at content_hash words source from credit"
).split()
TOPIC = "label kind second_kind score evidence actors said_by".split()
PLACE = "name kind county state sentence confidence".split()
GATE = "passes because".split()
PROMISES = "headline_promises text_promises".split()
STORY_KEYS = "id follows by_hand because why copy reports apart".split()
REPORT = "outlet title url copy because why gone_at".split()
APART = "story title url because why".split()
REVISION = "title fetched_at replaced_at diff change why".split()
SEARCH = "subscriber state search matched window missing mailed".split()


def keys(told: dict[str, Any] | list[dict[str, Any]]) -> list[str]:
    """The keys of an object, or of the first of several."""
    return list(told[0] if isinstance(told, list) else told)


def test_a_stored_page(icewire: Command, kept: Watchlist, engine: Engine) -> None:
    text = "A baker was taken from a kitchen on Moody Street, his sister said.\nThe owner has closed the shop."
    keep(engine, article("baker", "gazette", title="Baker taken from Waltham kitchen", text=text))
    keep(engine, article(text=BODY.replace("agents detained two men", "agents released two men")))
    icewire("subscribe", READER, "waltham")
    told = icewire("explain", RAID, "--json").data
    assert keys(told) == EXPLANATION
    assert keys(told["entries"]) == ENTRY
    assert keys(told["gate"]) == GATE
    assert keys(told["article"]) == ARTICLE
    assert keys(told["topic"]) == TOPIC
    assert keys(told["places"]) == PLACE
    assert keys(told["story"]) == STORY_KEYS
    assert keys(told["story"]["reports"]) == REPORT
    assert keys(told["story"]["apart"]) == APART
    assert keys(told["revisions"]) == REVISION
    assert keys(told["searches"]) == SEARCH
    assert keys(told["why"]) == ["code", "args"]


def test_a_page_that_was_not_kept(icewire: Command, kept: Watchlist) -> None:
    told = icewire("explain", HOCKEY_PAGE, "--json").data
    assert keys(told) == EXPLANATION
    assert keys(told["entries"]) == ENTRY
    assert told["why"] == {"code": "as_written", "args": {"text": "the page never mentions the topic"}}
    assert [told[key] for key in ("gate", "article", "topic", "places", "story", "revisions", "searches")] == [
        None, None, None, [], None, [], [],
    ]  # fmt: skip


@pytest.mark.slow
def test_a_file(icewire: Command, engine: Engine, kept: Watchlist) -> None:
    icewire("subscribe", READER, "bakers")
    told = icewire("explain", save(page()), "--url", ADDRESS, "--json").data
    assert keys(told) == EXPLANATION
    assert keys(told["gate"]) == GATE + PROMISES
    assert keys(told["article"]) == ARTICLE
    assert keys(told["topic"]) == TOPIC
    assert keys(told["story"]) == STORY_KEYS
    assert keys(told["searches"]) == SEARCH
    assert (told["entries"], told["revisions"]) == ([], [])
    told = icewire("explain", save(page("Mariners win again", HOCKEY)), "--json").data
    assert keys(told) == EXPLANATION
    assert keys(told["article"]) == ARTICLE
    assert (told["story"], told["searches"]) == (None, [])
    told = icewire("explain", save("<html><title>ICE agents</title><body><p>Soon.</p></body></html>"), "--json").data
    assert keys(told) == EXPLANATION
    assert keys(told["gate"]) == GATE
    assert (told["article"], told["topic"]) == (None, None)


@pytest.mark.slow
def test_a_stored_page_that_is_judged_anew(icewire: Command, engine: Engine, kept: Watchlist, site: Site) -> None:
    url = site.url("/story")
    keep(engine, article(url=url, link=url, text=STORY.replace("three", "two")))
    site.pages["/story"] = Reply(page())
    told = icewire("explain", url, "--fresh", "--json").data
    assert keys(told) == EXPLANATION
    assert keys(told["story"]) == [*STORY_KEYS, "change"]
    assert keys(told["story"]["reports"]) == REPORT
