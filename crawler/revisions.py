"""What changed between two readings of one article, when it matters to a reader."""

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

from crawler.words import fold, sentences, words

_QUOTED_WORDS = 20
_MOST_NUMBERS = 3
_NEW_WORDS = 3  # words of meaning that make an edited sentence a new one
_NOISE_WORDS = 14  # a longer line is not about the page
_SENTENCE_WORDS = 6  # a shorter new sentence is a caption, a button, a byline
_ALIKE = 0.5  # two sentences this alike are versions of each other
_MOST_COMPARED = 60  # sentences on either side; a page that changed more is another text

# Lines that say when or by whom a page was made, or what else to read: never news.
_NOISE = re.compile(
    r"\W*(?:(?:last |first )?(?:updated?|published|posted|modified|actualizado|publicado)\b[^a-z]{0,3}"
    r"(?:(?:on|at|el)\b|\d|[a-z]+\.? \d|$)"
    r"|\d+ (?:seconds?|minutes?|mins?|hours?|hrs?|days?) (?:ago|read)\b"
    r"|[\d,.]*k? ?(?:comments?|shares?|views?|likes?)\W*$"
    r"|(?:related|read (?:more|next|also)|see also|also read|watch|listen|more (?:from|on|stories|coverage)|up next"
    r"|recommended|trending|most read|lea (?:tambien|mas))\b[^.]{0,25}(?:[:|»>]|$)"
    r"|(?:sign up|subscribe|newsletter|advertisement|share this|follow us|click here|download our|copyright)\b"
    r"|suscribete\b|by (?:[a-z'-]+ ){1,3}?[a-z'-]+$|(?:file )?photos?(?: by|:)|image:)"
)
_TIME_STAMP = re.compile(
    r"\W*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\d{1,2}[:/.-]\d)"
    r"[\d\s,.:/|-]*(?:[a-z]{1,9}\b[\d\s,.:/|-]*){0,5}$"
)
_CORRECTION = re.compile(
    r"\W*(?:correction|clarification|editor'?s note|an? (?:earlier|previous) version of"
    r"|this (?:story|article) (?:has been|was) (?:corrected|updated to correct)"
    r"|correccion|aclaracion|nota (?:del editor|de la redaccion))\b"
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\w+(?:'\w+)*")
_SITE = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")
_NUMBERS = {
    word: value
    for value, spelled in enumerate(
        """zero|cero one two|dos three|tres four|cuatro five|cinco six|seis seven|siete eight|ocho nine|nueve ten|diez
        eleven|once twelve|doce thirteen|trece fourteen|catorce fifteen|quince sixteen seventeen eighteen nineteen
        twenty|veinte""".split()
    )
    for word in spelled.split("|")
}
_SMALL = frozenset(
    """a an and are as at be been but by for from had has have he her his in is it its of on or said says she that the
    their they this to was were will with also today yesterday tomorrow monday tuesday wednesday thursday friday
    saturday sunday morning afternoon evening night al con de del el en es la las le los para por que se su sus un una
    y ayer hoy""".split()
)
_DECISIVE = frozenset(
    """no not never without denied released freed died dead killed acquitted dismissed nunca sin liberado liberada
    murio""".split()
)


def material_change(old_title: str, old_text: str, new_title: str, new_text: str) -> str:
    """What changed, in the page's own words and numbers; "" when nothing a reader would want to know.

    White space, punctuation, moved paragraphs, time stamps, links to other stories and single reworded words are
    trivial. One passage of at most 20 words is quoted, never from the first paragraph.
    """
    old, new = _told(old_text), _told(new_text)
    edits = _Edits(old, new)
    parts = []
    if new_title.strip() and not _same_headline(old_title, new_title):
        parts.append(f"headline changed: “{' '.join(new_title.split())}”")
    if edits.numbers:
        shown = [f"{before} → {after}" for before, after in dict.fromkeys(edits.numbers)]
        parts.append(f"numbers {', '.join(shown[:_MOST_NUMBERS])}")
    ledes = [text.strip().split("\n")[0] for text in (old_text, new_text)]
    return "; ".join(parts + edits.passages(new_text, ledes))


class _Edits:
    """The sentences that came, went, or say something else; the numbers that were replaced."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        kept = Counter(map(_key, old)) & Counter(map(_key, new))
        gone, come = _without(old, kept), _without(new, kept)
        self.added: list[str] = []
        self.changed: list[str] = []
        self.numbers: list[tuple[str, str]] = []
        for sentence in come:
            before = _version(sentence, gone[:_MOST_COMPARED]) if len(come) <= _MOST_COMPARED else None
            if before is None:
                self.added.append(sentence)
                continue
            gone.remove(before)
            numbers, material = _compare(_TOKEN.findall(fold(before)), _TOKEN.findall(fold(sentence)))
            self.numbers += numbers
            if material:
                self.changed.append(sentence)
        self.added = [s for s in self.added if len(words(s)) >= _SENTENCE_WORDS or _CORRECTION.match(fold(s))]
        self.removed = [s for s in gone if len(words(s)) >= _SENTENCE_WORDS]

    def passages(self, text: str, ledes: list[str]) -> list[str]:
        """A phrase for each kind of change; the first that may be is quoted."""
        corrections = [s for s in self.added if _CORRECTION.match(fold(s))]
        added = [s for s in self.added if s not in corrections]
        whole = [p for p in text.split("\n") if (told := _told(p)) and all(s in added for s in told)]
        inside = [s for s in added if not any(s in p for p in whole)]
        parts: list[str] = []
        for label, passages in (
            ("correction", corrections), ("added paragraph", whole), ("added", inside), ("changed", self.changed),
            ("removed", self.removed),
        ):  # fmt: skip
            if passages:
                quoted = any("“" in part for part in parts)
                quotable = [p for p in passages if not quoted and not any(p in lede for lede in ledes)]
                count = f" ({len(passages)})" if len(passages) > 1 else ""
                parts.append(f"{label}{count}" + (f": “{_first_words(quotable[0])}”" if quotable else ""))
        return parts


def _told(text: str) -> list[str]:
    """The sentences of a text without those about the page itself."""
    lines = (line.strip() for line in text.split("\n"))
    return [s for line in lines if not _is_noise(line) for s in sentences(line) if not _is_noise(s)]


def _is_noise(line: str) -> bool:
    plain = fold(line).strip()
    count = len(words(plain))
    return not count or (count <= _NOISE_WORDS and bool(_NOISE.match(plain) or _TIME_STAMP.match(plain)))


def _key(sentence: str) -> str:
    return " ".join(words(sentence))


def _without(told: Iterable[str], kept: Counter[str]) -> list[str]:
    """The sentences that are not among those kept, in order."""
    left = kept.copy()
    rest = []
    for sentence in told:
        key = _key(sentence)
        if left[key] > 0:
            left[key] -= 1
        else:
            rest.append(sentence)
    return rest


def _version(sentence: str, candidates: list[str]) -> str | None:
    """The candidate most like the sentence, when it is alike enough to be a version of it."""
    mine = words(sentence)
    likeness = [(SequenceMatcher(None, words(c), mine, autojunk=False).ratio(), -i) for i, c in enumerate(candidates)]
    ratio, at = max(likeness, default=(0.0, 0))
    return candidates[-at] if ratio >= _ALIKE else None


def _compare(old: list[str], new: list[str]) -> tuple[list[tuple[str, str]], bool]:
    """The numbers that were replaced, and whether other words of meaning were, between two versions of a sentence."""
    numbers: list[tuple[str, str]] = []
    fresh: set[str] = set()
    lost: set[str] = set()
    for operation, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            continue
        before, after = ([w for w in part if _value(w) is not None] for part in (old[a:b], new[c:d]))
        numbers += [(x, y) for x, y in zip(before, after, strict=False) if _value(x) != _value(y)]
        lost.update(w for w in old[a:b] if w not in _SMALL and _value(w) is None)
        fresh.update(w for w in new[c:d] if w not in _SMALL and _value(w) is None)
    decisive = (lost ^ fresh) & _DECISIVE
    return numbers, bool(decisive) or len(fresh - lost) >= _NEW_WORDS


def _value(token: str) -> float | None:
    """12, 1,200, 3.5 or twelve as a number; an IP address or a date in figures is a number of its own kind."""
    if not token[0].isdecimal():
        return _NUMBERS.get(token)
    plain = re.sub(r",(?=\d{3}(?!\d))", "", token)
    return float(plain) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain) else None


def _same_headline(old: str, new: str) -> bool:
    """In words, numbers spelled or not; the name of the site may come or go."""
    mine, theirs = ([_plain_headline(t), _plain_headline(_SITE.sub("", t.strip()))] for t in (old, new))
    return mine[0] in theirs or theirs[0] in mine


def _plain_headline(title: str) -> list[str]:
    return [str(_NUMBERS.get(w, w)) for w in words(title)]


def _first_words(passage: str) -> str:
    told = passage.split()
    return " ".join(told[:_QUOTED_WORDS]) + (" …" if len(told) > _QUOTED_WORDS else "")
