"""A few dozen stories written in as many ways as one meets, and queries that are made of what stands in them."""

import random
import tomllib
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from alerts.query.forms import forms_of
from crawler.model import Article
from crawler.places import Gazetteer
from crawler.store.regroup import merge_by_hand
from crawler.text import word_spans
from tests.makers.making import NOON, article, keep, outlet, verdict, watch
from tests.makers.querying import RULES, split_rule

Written = dict[str, object]
OUTLETS = ("ledger", "wbur", "voz", "garden", "prairie", "radio", "gazette", "dragon")


def written() -> list[list[Written]]:
    """The reports of each story."""
    stories = tomllib.loads(Path(__file__).with_name("varied.toml").read_text("utf-8"))["story"]
    return [story["report"] for story in stories] + [[report] for report in _unwieldy()]


def _unwieldy() -> list[Written]:
    """What no database likes: words without an end, a word again and again, no words, what only some call a letter."""
    texts = {
        "One sentence": "and then " + " and then ".join(f"he walked {n} steps" for n in range(300)) + " to the gate.",
        "Long words": f"Agents read {'ab' * 1200} aloud. Then {'9' * 700} and {'国' * 900} in Waltham.",
        "…": "¡¿?! — … 🕯️",
        "❶ ½ ᦰ ² and other numbers": "Step ❶ of three, step ❷ after it; 3½ miles, 10² feet, Ⅷ men, ᦰᦱ twice, ① ⑳.",
    }
    return [{"title": title, "text": text, "at": ["Waltham, MA"], "kind": "raid"} for title, text in texts.items()]


def keep_varied(engine: Engine, gazetteer: Gazetteer) -> None:
    """Store them all; two of them are merged by hand afterwards."""
    watch(engine, *[outlet(name) for name in OUTLETS])
    ids: list[int] = []
    for number, reports in enumerate(written()):
        story = None
        for nth, report in enumerate(reports):
            made, at = _article(f"{number}-{nth}", report), [_place(gazetteer, name) for name in _strings(report["at"])]
            judged = verdict(kind=report["kind"], places=at)
            story = keep(engine, made, of=judged, story=story, now=NOON - timedelta(minutes=number)).story_id
        assert story is not None
        ids.append(story)
    merge_by_hand(engine, ids[0], [ids[5]], NOON)


def _article(path: str, report: Written) -> Article:
    facts = {name: report[name] for name in ("language", "old") if name in report}
    days = report.get("days")
    published = NOON - timedelta(days=days) if isinstance(days, int) else None
    text = str(report["text"]).strip()
    source = str(report.get("outlet", "ledger"))
    return article(path, source, text=text, title=str(report["title"]), published_at=published, **facts)


def _strings(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]


def _place(gazetteer: Gazetteer, name: str) -> dict[str, object]:
    place = gazetteer.look_up(name)
    assert place is not None, name
    facts = {"name": place.name, "kind": place.kind, "county": place.county, "state": place.state}
    return facts | {"sentence": "It happened there.", "confidence": 0.9}


def queries(count: int, seed: int = 13) -> list[str]:
    """So many queries, no two alike, each time the same: of the grammar, and of words that stand in the stories."""
    dice = random.Random(seed)
    texts = [str(report[part]) for reports in written() for report in reports for part in ("title", "text")]
    maker = _Maker(dice, [text for text in texts if any(word_spans(text))])
    made: dict[str, None] = {}
    while len(made) < count:
        made[maker.query()] = None
    return list(made)


class _Maker:
    def __init__(self, dice: random.Random, texts: Sequence[str]) -> None:
        self.dice, self.texts = dice, texts
        self.spans = {text: list(word_spans(text)) for text in texts}

    def query(self) -> str:
        """One query; most are of the words."""
        if self.dice.random() < 0.2:
            return self._of_rule("query", 0)
        some, other = self._term(), self._term()
        shapes = [
            some, some, some, f"{some} {other}", f"{some} OR {other}", f"{some} -{other}", f"{some} {self._field()}",
            f"{some} {self._field()}", f"({some} OR {other}) {self._field()}", f"{some} -{self._field()}",
            f"({some} {other}) OR ({self._term()} {self._field()})", self._near(), f"{self._near()} OR {some}",
            f"{self._field()} -{some}", f"{self._field()} OR {self._field()}",
        ]  # fmt: skip
        return self.dice.choice(shapes)

    def _term(self) -> str:
        ways: list[Callable[[], str]] = [self._word, self._form, self._star, self._phrase, self._phrase, self._exact]
        term = self.dice.choice(ways)()
        return f"title:{term}" if self.dice.random() < 0.15 and "=" not in term else term

    def _stretch(self, length: int) -> tuple[str, int, int]:
        """So many words of a text, or fewer: the text, where they begin, where they end."""
        text = self.dice.choice(self.texts)
        spans = self.spans[text]
        first = self.dice.choice([0, max(0, len(spans) - length), self.dice.randrange(len(spans))])
        stretch = spans[first : first + length]
        return text, stretch[0][1], stretch[-1][2]

    def _word(self) -> str:
        text, start, end = self._stretch(1)
        word = text[start:end]
        return _plain(self.dice.choice([word, word, word.upper(), word.lower(), word.replace("ʻ", "'")]))

    def _form(self) -> str:
        [(folded, _, _), *_] = word_spans(self._word().strip('"'))
        return _plain(self.dice.choice(forms_of(folded)))

    def _star(self) -> str:
        [(folded, _, _), *_] = word_spans(self._word().strip('"'))
        cut = self.dice.randint(2, max(2, len(folded)))
        inner = f"*{folded[-1]}" if self.dice.random() < 0.3 and len(folded) > cut else "*"
        return _plain(folded[:cut] + inner if len(folded) > 1 else folded)

    def _phrase(self) -> str:
        text, start, end = self._stretch(self.dice.randint(2, 7))
        star = "*" if self.dice.random() < 0.2 else ""
        return f'"{_unquoted(text[start:end])}{star}"'

    def _exact(self) -> str:
        text, start, end = self._stretch(self.dice.randint(1, 2))
        return f'="{_unquoted(text[start:end])}"'

    def _near(self) -> str:
        """Two words that stand near each other, with as many words between as there may be, or one less."""
        gap = self.dice.randint(1, 12)
        text, start, end = self._stretch(gap + 2)
        first, *_, last = list(word_spans(text[start:end])) * 2
        sides = [_plain(text[start + a : start + b]) for _, a, b in (first, last)]
        self.dice.shuffle(sides)
        return f"{sides[0]} NEAR/{max(1, gap - self.dice.randint(0, 1))} {sides[1]}"

    def _field(self) -> str:
        rule = self.dice.choice(["place", "office", "field", "days"])
        own = ['place:"New Bedford, MA"', "state:HI", "state:MA", 'county:"Essex, NJ"', 'near:"Hilo, HI 300mi"',
               "lang:es", "lang:zh", "kind:raid", "kind:court", "source:wbur", "since:7d", "before:30d"]  # fmt: skip
        return self.dice.choice([self.dice.choice(own), self._of_rule(rule, 2)])

    def _of_rule(self, name: str, depth: int) -> str:
        return "raid waltham" if depth > 3 else self._of(RULES[name], depth)

    def _of(self, body: str, depth: int) -> str:
        pieces = split_rule(self.dice.choice(split_rule(body, "|")), ",")
        return "".join(self._piece(piece, depth) for piece in pieces).replace(", O", " O")

    def _piece(self, piece: str, depth: int) -> str:
        if piece[0] in "\"'":
            return piece[1:-1]
        if piece[0] in "{[":
            return self._of(piece[1:-1], depth) if self.dice.random() < 0.4 else ""
        return self._of_rule(piece, depth + (piece == "query"))


def _unquoted(text: str) -> str:
    """Without what would end the quotes, or be a star."""
    return "".join(" " if c in '"“”„‟«»″＂❝❞〝〞*\n' else c for c in text)


def _plain(word: str) -> str:
    """A word as one writes it: in quotes when it would be read as something else."""
    return word if word.replace("*", "").isalnum() and word.lower() not in _OPERATORS else f'"{_starred(word)}"'


def _starred(word: str) -> str:
    return _unquoted(word.removesuffix("*")) + "*" * word.endswith("*")


_OPERATORS = ("or", "o", "and", "y", "not", "no", "near")
