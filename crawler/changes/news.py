"""Has something new happened since a story was last told? If so, the new report's own words that say it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crawler.changes.happenings import Happening
from crawler.changes.rewording import tokens, value
from crawler.changes.tidings import FEWEST_WORDS, NEWS_SENTENCES, Tidings, key_of, tidings_of
from crawler.text import sentences, words

# Chosen by hand; `tests.benchmarks.development` tells what they miss.
LONGEST_LINE = 200  # characters
_LINE_WORDS = 25  # as many as a digest quotes elsewhere
_FRAGMENT_WORDS = 7  # of the first paragraph, when nothing else says it
_REVISED = 0.5  # of its sentences stood in one earlier text: another version of it
_REPEATED = 8  # words in a row: a repetition of the first paragraph
_GROWTH = 20  # a number of people that grew by more is about something else
# So grave that the headline of a report which has it as its news says so; below, it belongs to something else.
_IN_HEADLINES = frozenset({"death", "identity", "arrest", "hospital"})


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
    def of(cls, reports: Sequence[Tidings], asked: Collection[Happening]) -> "_Known":
        """What they tell of the kinds of happenings that are asked about."""
        kinds = {h.kind for h in asked}
        told = [h for report in reports for kind in ("", *kinds) for h in report.known(kind)]
        most: dict[str, float] = {}
        for happening in told:
            most[happening.kind] = max(most.get(happening.kind, 0.0), happening.number)
        needed = "identity" in kinds or any(h.number for h in asked)
        every = frozenset[str]().union(*(report.vocabulary for report in reports if needed))
        return cls(
            frozenset(most),
            frozenset((h.kind, h.detail) for h in told),
            most,
            frozenset(n for n in map(value, every) if n is not None),
            every,
            "confirmation" in kinds and any(report.is_unconfirmed for report in reports),
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
    new, earlier = tidings_of(title, text), [tidings_of(*report) for report in known]
    is_version, first = _news_sentences(new, earlier)
    is_told = any(new.title_words == report.title_words for report in earlier)
    in_headline = [] if is_told else new.happened(new.headline)
    in_body = [
        (h, sentence)
        for sentence in first
        for h in new.happened(sentence)
        if is_version or h.number or h.kind not in _IN_HEADLINES
    ]
    asked = [*in_headline, *(h for h, _ in in_body)]
    if not asked:
        return ""
    before = _Known.of(earlier, asked)
    names = {token.word for sentence in first for token in tokens(sentence) if token.name}
    if any(before.lacks(h, names) for h in in_headline):
        return _cut(new.headline, 0, LONGEST_LINE)
    news = [(h, sentence) for h, sentence in in_body if before.lacks(h, names)]
    return _quoted(news, new) if news else ""


def says(line: str, title: str, text: str) -> bool:
    """Whether a report (still) has the words of such a line."""
    parts = [part.strip() for part in line.split("…") if part.strip()]
    return bool(parts) and any(all(part in " ".join(told.split()) for part in parts) for told in (title, text))


def _news_sentences(new: Tidings, earlier: Sequence[Tidings]) -> tuple[bool, list[str]]:
    """Whether this is another version of a text known, and its sentences that are new; of an own report, the first."""
    keys = [new.sentence_keys[i] for i in new.body]
    stood = [report.has(keys) for report in earlier]
    is_version = any(sum(told) >= max(2, _REVISED * len(keys)) for told in stood)
    first = len(keys) if is_version else NEWS_SENTENCES
    looked_at = list(zip(new.body, *stood, strict=True))[:first]
    return is_version, [new.sentences[i] for i, *told in looked_at if not any(told)]


def _quoted(news: Sequence[tuple[Happening, str]], report: Tidings) -> str:
    """A sentence below the first paragraph that says it; else a fragment of the first that does."""
    kinds = {(h.kind, h.detail, h.number) for h, _ in news}
    first = _lede(report.text)
    lede = words(first)
    runs = {tuple(lede[i : i + _REPEATED]) for i in range(len(lede) - _REPEATED + 1)}
    for sentence in (report.sentences[i] for i in report.body):
        said = words(sentence)
        repeats = any(tuple(said[i : i + _REPEATED]) in runs for i in range(len(said) - _REPEATED + 1))
        if not repeats and " ".join(said) not in " ".join(lede):
            for h in report.happened(sentence):
                if (h.kind, h.detail, h.number) in kinds:
                    return _cut(sentence, h.at, _LINE_WORDS)
    happening, sentence = news[0]
    in_lede = key_of(sentence) in key_of(first)
    return _cut(sentence, happening.at, _FRAGMENT_WORDS if in_lede else _LINE_WORDS)


def _lede(text: str) -> str:
    """The first paragraph; of an only one the first two sentences."""
    paragraphs = [line.strip() for line in text.split("\n") if len(words(line)) >= FEWEST_WORDS]
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
