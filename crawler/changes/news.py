"""Has something new happened since a story was last told? If so, the new report's own words that say it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.changes.happenings import Happening, happenings, known_happenings
from crawler.changes.phrases import phrases
from crawler.changes.revisions import told_sentences
from crawler.changes.rewording import tokens, value
from crawler.text import fold, folded_words, sentences, words

# Chosen by hand; `tests.benchmarks.development` tells what they miss.
LONGEST_LINE = 200  # characters
_MOST_READ = 20_000  # characters of a report: news stand at its beginning
_LINE_WORDS = 25  # as many as a digest quotes elsewhere
_FRAGMENT_WORDS = 7  # of the first paragraph, when nothing else says it
_NEWS_SENTENCES = 2  # what a report tells first is its news; further down stands what happened before
_FEWEST_WORDS = 5  # of a sentence
_REVISED = 0.5  # of its sentences stood in one earlier text: another version of it
_REPEATED = 8  # words in a row: a repetition of the first paragraph
_GROWTH = 20  # a number of people that grew by more is about something else
# So grave that the headline of a report which has it as its news says so; below, it belongs to something else.
_IN_HEADLINES = frozenset({"death", "identity", "arrest", "hospital"})
_ENDED = re.compile(r"[.!?…][\"”’»)\]]*$")  # no caption, byline or heading


@dataclass(frozen=True, slots=True)
class _Known:
    """What the earlier reports told."""

    kinds: frozenset[str]
    details: frozenset[tuple[str, str]]  # (kind, detail)
    most: dict[str, float]  # the largest number of people by kind
    numbers: frozenset[float]
    words: frozenset[str]
    unconfirmed: bool  # what happened was seen, or no agency had said so

    @classmethod
    def of(cls, reports: Sequence[tuple[str, str]], asked: Collection[Happening]) -> "_Known":
        """What they tell of the kinds of happenings that are asked about."""
        kinds = frozenset(h.kind for h in asked)
        sentences_told = (s for title, text in reports for s in (title, *_sentences_of(text)))
        told = [h for sentence in sentences_told for h in _happened(sentence, kinds)]
        most: dict[str, float] = {}
        for happening in told:
            most[happening.kind] = max(most.get(happening.kind, 0.0), happening.number)
        needed = "identity" in kinds or any(h.number for h in asked)
        every = frozenset[str]().union(*(_tokens_of(f"{title}. {text}") for title, text in reports if needed))
        return cls(
            frozenset(most),
            frozenset((h.kind, h.detail) for h in told),
            most,
            frozenset(n for n in map(value, every) if n is not None),
            every,
            "confirmation" in kinds and any(phrases().unconfirmed.search(fold(text)) for _, text in reports),
        )

    def lacks(self, happening: Happening, names: Collection[str]) -> bool:
        """Whether this is news to somebody who read them; `names` are those that the report's first sentences give."""
        kind, detail, number = happening.kind, happening.detail, happening.number
        if number:
            most = self.most.get(kind, 0.0)
            return 0 < most < number <= most * _GROWTH and number not in self.numbers
        if kind == "identity":
            return kind not in self.kinds and not self.words.issuperset(names)
        if kind not in self.kinds:
            return kind != "confirmation" or self.unconfirmed
        # A ruling that does not say what about may be the same.
        return bool(detail) and not {(kind, detail), (kind, "")} & self.details


def development(title: str, text: str, known: Sequence[tuple[str, str]]) -> str:
    """What happened by this report that those `known` (title, text) do not tell yet, in its own words.

    "" when nothing new did. News are what happens to people or is decided by institutions (phrases.toml), told in the
    title or the first sentences, or, in another version of a text known, in any sentence that is new; not what is
    planned, asked for, quoted or long past. The line is the title, or at most 25 words of a later sentence, at most 200
    characters, with … where it is cut; of the first paragraph at most seven words.
    """
    if not known:
        return ""
    text, known = text[:_MOST_READ], [(told, body[:_MOST_READ]) for told, body in known]
    headline = " ".join(title.split())
    body = [s for s in _sentences_of(text) if len(words(s)) >= _FEWEST_WORDS and _ENDED.search(s)]
    is_version, first = _news_sentences(body, known)
    in_headline = [] if _is_told(headline, known) else happenings(headline)
    in_body = [
        (h, sentence)
        for sentence in first
        for h in happenings(sentence)
        if is_version or h.number or h.kind not in _IN_HEADLINES
    ]
    asked = [*in_headline, *(h for h, _ in in_body)]
    if not asked:
        return ""
    before = _Known.of(known, asked)
    names = {token.word for sentence in first for token in tokens(sentence) if token.name}
    if any(before.lacks(h, names) for h in in_headline):
        return _cut(headline, 0, LONGEST_LINE)
    news = [(h, sentence) for h, sentence in in_body if before.lacks(h, names)]
    return _quoted(news, text, body) if news else ""


def says(line: str, title: str, text: str) -> bool:
    """Whether a report (still) has the words of such a line."""
    parts = [part.strip() for part in line.split("…") if part.strip()]
    return bool(parts) and any(all(part in " ".join(told.split()) for part in parts) for told in (title, text))


def _is_told(headline: str, known: Sequence[tuple[str, str]]) -> bool:
    return any(words(headline) == words(title) for title, _ in known)


def _news_sentences(body: Sequence[str], known: Sequence[tuple[str, str]]) -> tuple[bool, list[str]]:
    """Whether this is another version of a text known, and its sentences that are new; of an own report, the first."""
    keys = [_key(sentence) for sentence in body]
    stood = [_stand(keys, text) for _, text in known]
    is_version = any(sum(told) >= max(2, _REVISED * len(keys)) for told in stood)
    first = len(body) if is_version else _NEWS_SENTENCES
    return is_version, [sentence for sentence, *told in list(zip(body, *stood, strict=True))[:first] if not any(told)]


def _stand(keys: Sequence[str], text: str) -> list[bool]:
    """Which of these sentences a text has; their words alone, which are quicker to find, may be a part of another."""
    whole = _key_of_text(text)
    said = [key in whole for key in keys]
    if not any(said):
        return said
    told = _keys_of(text)
    return [may and key in told for may, key in zip(said, keys, strict=True)]


# A story's reports are held against each new one of it, so what was read of them is kept.
@lru_cache(maxsize=512)
def _sentences_of(text: str) -> tuple[str, ...]:
    return tuple(told_sentences(text))


@lru_cache(maxsize=512)
def _keys_of(text: str) -> frozenset[str]:
    return frozenset(map(_key, _sentences_of(text)))


@lru_cache(maxsize=512)
def _tokens_of(text: str) -> frozenset[str]:
    return frozenset(token.word for token in tokens(text))


@lru_cache(maxsize=16_384)
def _happened(sentence: str, kinds: frozenset[str]) -> tuple[Happening, ...]:
    return tuple(known_happenings(sentence, kinds))


def _quoted(news: Sequence[tuple[Happening, str]], text: str, body: Sequence[str]) -> str:
    """A sentence below the first paragraph that says it; else a fragment of the first that does."""
    kinds = {(h.kind, h.detail, h.number) for h, _ in news}
    lede = words(_lede(text))
    runs = {tuple(lede[i : i + _REPEATED]) for i in range(len(lede) - _REPEATED + 1)}
    for sentence in body:
        said = words(sentence)
        repeats = any(tuple(said[i : i + _REPEATED]) in runs for i in range(len(said) - _REPEATED + 1))
        if not repeats and " ".join(said) not in " ".join(lede):
            for h in happenings(sentence):
                if (h.kind, h.detail, h.number) in kinds:
                    return _cut(sentence, h.at, _LINE_WORDS)
    happening, sentence = news[0]
    in_lede = _key(sentence) in _key(_lede(text))
    return _cut(sentence, happening.at, _FRAGMENT_WORDS if in_lede else _LINE_WORDS)


def _lede(text: str) -> str:
    """The first paragraph; of an only one the first two sentences."""
    paragraphs = [line.strip() for line in text.split("\n") if len(words(line)) >= _FEWEST_WORDS]
    if len(paragraphs) > 1:
        return paragraphs[0]
    return " ".join(sentences(text)[:2])


def _cut(sentence: str, at: int, most: int) -> str:
    """At most so many words, that at `at` among them, and 200 characters; … where it is cut."""
    said = sentence.split()
    if len(said) <= most and len(" ".join(said)) <= LONGEST_LINE:
        return " ".join(said)
    start = 0 if at < most - most // 4 else max(0, min(at - most // 2, len(said) - most))
    end = min(len(said), start + most)
    while len(" ".join(said[start:end])) > LONGEST_LINE - 4 and end - start > 1:
        end -= 1
    return f"{'… ' if start else ''}{' '.join(said[start:end])}{' …' if end < len(said) else ''}"


def _key(text: str) -> str:
    """Its words with a blank before and after each, so that the words of a sentence are found in a text."""
    return f" {' '.join(folded_words(text))} "


_key_of_text = lru_cache(maxsize=512)(_key)
