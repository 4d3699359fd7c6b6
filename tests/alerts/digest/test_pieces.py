"""What was rendered for one reader is shown to the next only where it is the same."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest.ahead import Ahead
from alerts.digest.compose import Digest, Heading, SourcesRead, compose
from alerts.digest.pieces import Pieces, ReadersOwn
from alerts.digest.story import Correction, Development, Difference, FirstReport, MatchedStory, OtherReport, SaidNumber
from crawler.model import because
from tests.makers.documents import DAY, NOW, a_digest, a_story, digests
from tests.makers.mailing import MAIL

OWN = ReadersOwn("ICE news", "https://a.example/u/1", "https://a.example/digest/1")
SHARED = Pieces(MAIL)

LANGUAGES = st.sampled_from(["en", "es", "es-MX", "ar", ""])
MOMENTS = st.sampled_from([None, NOW, NOW - timedelta(hours=9)])
OUTLETS = st.sampled_from(["The Ledger", "<b>Voz</b>"])
STORIES = st.builds(
    a_story,
    number=st.integers(1, 3),
    title=st.sampled_from(["", "Raid & <i>arrests</i>"]),
    place=st.sampled_from(["Waltham, MA", ""]),
    search=st.sampled_from(["x", "y"]),
    terms=st.sampled_from([(), ("mentioning raid",)]),
    window=st.sampled_from(["", "…four agents in vests…"]),
    window_from=st.sampled_from(["", "The Ledger"]),
    window_language=LANGUAGES,
    marks=st.sampled_from([(), ((1, 5),), ((6, 12),)]),
    outlet=OUTLETS,
    published_at=MOMENTS,
    day_only=st.booleans(),
    kind=st.sampled_from(["arrest", "policy"]),
    language=LANGUAGES,
    actors=st.sampled_from([(), ("ice", "hsi")]),
    said_by=st.sampled_from([(), ("family",)]),
    wire=st.sampled_from(["", "AP"]),
    paywalled=st.booleans(),
    others=st.sampled_from([(), (OtherReport("Lantern", "https://l.example/"), OtherReport("Sun"))]),
    copies=st.integers(0, 2),
    told_title=st.sampled_from(["", "As it was"]),
    development=st.none()
    | st.builds(
        Development,
        line=st.sampled_from(["Two are free", "Judge rules"]),
        url=st.just("https://d.example/"),
        outlet=OUTLETS,
        reported_at=MOMENTS,
        language=LANGUAGES,
        paywalled=st.booleans(),
        day_only=st.booleans(),
    ),
    fit=st.integers(0, 2),
    first=st.sampled_from([None, FirstReport("Lantern", NOW)]),
    differences=st.sampled_from([(), (Difference("arrest", (SaidNumber(3, "Sun", NOW), SaidNumber(5, "Lantern"))),)]),
    ahead=st.sampled_from([(), (Ahead(DAY, "vote", "Waltham City Council"),)]),
    correction=st.sampled_from([None, Correction(DAY, place="Lynn, MA"), Correction(DAY, kind="raid", joined="A")]),
    unwelcome=st.booleans(),
    wished=st.booleans(),
)
SOURCES = st.sampled_from(
    [
        SourcesRead(3),
        SourcesRead(3, (("The Radio", because("answered", status=503)),)),
        SourcesRead(3, (("The Radio", because("answered", status=404)),), 1, ((NOW - timedelta(hours=3), NOW),)),
    ]
)


@st.composite
def readers(draw: st.DrawFn) -> Digest:
    """What somebody gets, in any of our languages and some zones."""
    called = {name: Heading(draw(st.sampled_from(["", "Raids"])), draw(st.sampled_from(["", "odd"]))) for name in "xy"}
    return compose(
        draw(st.sampled_from([DAY, date(2026, 3, 11)])),
        draw(st.sampled_from(["America/New_York", "Pacific/Honolulu"])),
        ["x", "y"],
        draw(st.lists(STORIES, max_size=4)),
        draw(SOURCES),
        NOW,
        draw(st.sampled_from([None, NOW - timedelta(hours=2)])),
        draw(st.lists(STORIES, max_size=2)),
        called,
        draw(st.sampled_from(["en", "es"])),
    )


@pytest.mark.slow
@given(readers(), st.sampled_from(["", "https://a.example/digest/1", "http://127.0.0.1/digest/1"]))
def test_a_digest_of_kept_pieces_is_that_of_new_ones(digest: Digest, rest_url: str) -> None:
    own = replace(OWN, rest_url=rest_url)
    assert SHARED.joined(digest, own) == Pieces(MAIL).joined(digest, own)


@pytest.mark.parametrize("language", ["en", "es"])
def test_kept_pieces_tell_each_reader_their_own(language: str) -> None:
    pieces = Pieces(MAIL)
    for digest in digests().values():
        mine, yours = OWN, ReadersOwn("Hers & <hers>", "https://a.example/u/2?a&b", "https://a.example/digest/2")
        for own in (mine, yours, mine):
            shown, digest = pieces.joined(digest, own), replace(digest, language=language)
            assert (own is yours) == ("Hers &amp; &lt;hers&gt;" in shown.html) == ("/u/2?a&amp;b" in shown.html)
            assert shown.text.count(own.unsubscribe_url) == 2
            assert "/digest/2" not in shown.text or own is yours


def test_readers_with_other_searches_see_the_words_that_theirs_asks_for() -> None:
    pieces, window = Pieces(MAIL), "…four agents in vests…"
    for marks, bold in (((1, 5),), "four"), (((6, 12),), "agents"), ((), ""):
        story: MatchedStory = a_story(1, window=window, marks=marks)
        html = pieces.joined(a_digest(story), OWN).html
        assert html.count("<strong>") == bool(bold)
        assert f"<strong>{bold}</strong>" in html or not bold
