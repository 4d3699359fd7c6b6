"""The windows that are made once for a story are those that a plain computation makes anew for each hit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.query.body import term_of
from alerts.query.document import Document
from alerts.query.opening import body_start, count_words, is_about_itself, is_complete
from alerts.query.reasons import Hit
from alerts.query.window import Windows
from crawler.places import Place
from crawler.text import sentence_spans, words
from crawler.topic import chosen
from tests.makers.searching import document

Span = tuple[int, int]
_Way = tuple[Span, int, int]
_Value = tuple[tuple[int, ...], tuple[int, ...]]

LYNN = Place("Lynn", "city", "Essex County", "MA")
TELLING = chosen().stock_words.telling
SALEM = Place("Salem", "city", "Essex County", "MA")
ESSEX = Place("Essex County", "county", "Essex County", "MA")
PLACES = (LYNN, SALEM, ESSEX)


def plain_window(documents: Sequence[Document], index: int, hit: Hit, most: int) -> str:
    """As `Windows.around`, with all sentences cut in all ways."""
    told = documents[index]
    if not told.quotable:
        return ""
    ledes = [words(d.text[: body_start(d.title, d.text)]) for d in documents]
    for asked in (True, False):
        ways = [(worth(told, hit, way, asked), way) for way in stretches(told, most)]
        best: dict[Span, tuple[_Value, _Way]] = {}  # of each sentence the stretch that shows most
        for value, way in ways:
            if value and (way[0] not in best or value[0] > best[way[0]][0][0]):
                best[way[0]] = value, way
        for _, (sentence, start, end) in sorted(best.values(), key=lambda b: (b[0][1], -b[1][0][0]), reverse=True):
            said = words(told.text[start:end])
            if not any(repeats(said, lede) for lede in ledes if len(lede) >= 4):
                left = "…" if words(told.text[sentence[0] : start]) else ""
                return (
                    left + " ".join(told.text[start:end].split()) + ("…" if words(told.text[end : sentence[1]]) else "")
                )
    return ""


def stretches(told: Document, most: int) -> Iterator[_Way]:
    """Each way to cut each sentence below the opening: as many words as may be shown, from any word on."""
    begin = body_start(told.title, told.text)
    for sentence in sentence_spans(told.text):
        if sentence[0] < begin:
            continue
        pieces = list(re.compile(r"\S+").finditer(told.text, *sentence))
        for first in range(len(pieces)):
            last, total = first, 0
            while last < len(pieces) and (total := total + max(1, count_words(pieces[last][0]))) <= most:
                last += 1
            if last > first:
                yield sentence, pieces[first].start(), pieces[last - 1].end()


def worth(told: Document, hit: Hit, way: _Way, asked: bool) -> _Value | None:
    """What speaks for a stretch among those of its sentence, and for its sentence among the others; None = nothing."""
    sentence, start, end = way
    text = told.text
    said = text[slice(*sentence)]
    whole = is_complete(said.strip()) and not is_about_itself(said.strip())
    terms = list(hit.spans) if asked else telling(told, hit)
    terms = [span for span in terms if sentence[0] <= span[0] and span[1] <= sentence[1]]
    order = [place for place in hit.places if place.name in said] if asked else []
    names = [n.span() for place in order for n in re.compile(rf"\b{place.name}\b").finditer(text, *sentence)]
    if asked and not terms and not names:
        return None
    if not asked and hit.places and not any(p.name in said for p in hit.places):
        around = {ESSEX, *hit.places} if ESSEX not in hit.places else set(PLACES)  # both cities lie in the county
        beside = [place for place in told.places if place not in around]
        if any(place.name in said for place in beside):
            return None
    held = [span for span in terms if start <= span[0] and span[1] <= end]
    named = [span for span in names if start <= span[0] and span[1] <= end]
    inside = held + named
    margin = min(min(s for s, _ in inside) - start, end - max(e for _, e in inside)) if inside else 0
    count = len({term_of(text[slice(*span)]) for span in held})
    both = bool(held and named)
    begins = not text[sentence[0] : start].strip()
    rank = -ranks(told, hit).index(sentence) if named else -9999
    within = (both, count, bool(named), begins, margin)
    return within, ((both, count, bool(named), whole, rank) if asked else (whole, count))


def telling(told: Document, hit: Hit) -> list[Span]:
    names = "|".join(place.name for place in hit.places or told.places)
    return [f.span() for f in re.finditer(rf"{TELLING}|\b(?:{names})\b" if names else TELLING, told.text)]


def ranks(told: Document, hit: Hit) -> list[Span]:
    """The sentences that say a place, the best first."""
    all_ways = dict.fromkeys(sentence for sentence, *_ in stretches(told, 10_000))
    return [s for place in hit.places for s in all_ways if place.name in told.text[slice(*s)]]


def repeats(said: list[str], lede: list[str]) -> bool:
    length = min(8, len(said), len(lede))
    runs = [{tuple(some[at : at + length]) for at in range(len(some) - length + 1)} for some in (said, lede)]
    return bool(runs[0] & runs[1])


_PRINTED = (
    "raid raids ICE Lynn Salem agents men. Quiroga said. —  “We sign-up up Essex County detained night. \n".split(" ")
)
_TEXT = st.lists(st.sampled_from(_PRINTED), min_size=3, max_size=70).map(" ".join)
_LEDE = "Federal agents arrested three men at a car wash on Friday morning.\n"


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Document], list[tuple[int, Hit]]]:
    places = tuple(draw(st.lists(st.sampled_from(PLACES), unique=True)))
    texts = draw(st.lists(st.tuples(st.sampled_from(["", _LEDE]), _TEXT).map("".join), min_size=1, max_size=3))
    told = [replace(document(text), places=places) for text in texts]
    hits = []
    for index in draw(st.lists(st.integers(0, len(texts) - 1), min_size=1, max_size=6)):
        spans = [found.span() for found in re.finditer(r"[\w’]+", texts[index])]
        some = draw(st.lists(st.sampled_from(spans), max_size=5, unique=True)) if spans else []
        met = draw(st.lists(st.sampled_from(places), unique=True)) if places else []
        hits.append((index, Hit((), tuple(sorted(some)), False, tuple(met))))
    return told, hits


@pytest.mark.slow
@given(stories(), st.integers(1, 25))
def test_the_windows_of_a_story_are_those_made_anew(
    story: tuple[list[Document], list[tuple[int, Hit]]], most: int
) -> None:
    told, hits = story
    windows = Windows(told, most)
    for index, hit in [*hits, *hits]:
        assert windows.around(index, hit) == plain_window(told, index, hit, most)


@pytest.mark.parametrize("query", ["raid", "lynn"])
def test_a_window_is_made_once(query: str) -> None:
    told = document(f"{_LEDE}A raid in Lynn took the baker.")
    at = told.text.casefold().index(query)
    windows = Windows([told])
    first = windows.around(0, Hit((), ((at, at + 4),), False))
    assert first is windows.around(0, Hit((), ((at, at + 4),), False))
    assert first == "A raid in Lynn took the baker."
