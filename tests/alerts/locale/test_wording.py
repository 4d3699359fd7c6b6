"""Every reason has words, and words have a reason; what they are filled with."""

import re
from pathlib import Path

import pytest

from alerts.locale.wording import in_words, sentences, worded
from crawler.model import IcewireError, Why, as_written, because
from crawler.model.why import CODES

ROOT = Path(__file__).parents[3]


def test_every_code_has_words_and_all_words_have_a_code() -> None:
    assert set(sentences()) == CODES - {""}


def test_every_code_is_used_somewhere() -> None:
    rooms = [file for room in ("crawler", "alerts") for file in (ROOT / room).rglob("*.*")]
    files = [f for f in rooms if f.suffix in (".py", ".toml") and f.name != "why.py" and f.parent.name != "locale"]
    code = "\n".join(file.read_text("utf-8") for file in files)
    assert [c for c in sorted(CODES - {"", "as_written"}) if not re.search(rf'"{c}"', code)] == []


def test_nothing_to_tell_has_no_words() -> None:
    assert in_words(Why()) == ""
    assert not Why()


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (as_written("asked us to stop"), "asked us to stop"),
        (because("answered", status=404), "answered 404"),
        (
            because("given_up", attempts=4, last=because("answered", status=404)),
            "given up after 4 attempts: answered 404",
        ),
        (because("items_undated", count=1), "1 item with an unreadable date"),
        (because("items_undated", count=2), "2 items with an unreadable date"),
        (because("changed_unquoted", count=1), "a sentence reads differently"),
        (because("changed_unquoted", count=3), "3 sentences read differently"),
        (
            because("about_none", score=0.1, seen=["ICE", "NYSE"]),
            "not about the topic (score 0.10; seen: “ICE”, “NYSE”)",
        ),
        (because("about_none", score=0.1, seen=[]), "not about the topic (score 0.10)"),
        (because("ok"), "ok"),
        (because("ok", notes=[because("cut_off_after", characters=1200)]), "ok; XML cut off after 1,200 characters"),
        (
            because("same_event", places=["Waltham, MA"], days=["2026-05-13"], names=[], numbers=["7"], words=["raid"],
                    merges=[4]),
            "same event: Waltham, MA; May 13, 2026; both say 7; both speak of raid; shows that story 4 tells of it too",
        ),
    ],
)  # fmt: skip
def test_a_reason_is_a_sentence(why: Why, words: str) -> None:
    assert in_words(why) == words


def test_what_no_catalogue_can_word_is_shown_as_it_is_kept() -> None:
    assert in_words(Why("of_a_newer_icewire", {"status": 404})) == "of_a_newer_icewire status=404"
    assert in_words(Why("answered")) == "answered"
    assert in_words(Why("newest_item", {"day": "2026-03-09"})) == "its newest item is of 2026-03-09"


def test_what_a_reason_quotes_is_not_read_as_a_template() -> None:
    assert in_words(because("html_titled", title="{status} [sic]")) == "an HTML page titled “{status} [sic]”"


def test_an_error_is_worded_by_its_reason_or_says_itself() -> None:
    assert worded(IcewireError(because("answered", status=503))) == "answered 503"
    assert worded(IcewireError("--tz: no such zone")) == "--tz: no such zone"
    assert worded(OSError("disk full")) == "disk full"


def test_a_reason_survives_its_columns() -> None:
    why = because("given_up", attempts=4, last=because("answered", status=404))
    assert Why(*why.columns) == why
    assert str(why) == "given_up attempts=4 last=(answered status=404)"
