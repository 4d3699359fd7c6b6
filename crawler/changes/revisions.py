"""What changed between two readings of one article, when it matters to a reader."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import groupby

from crawler.changes.rewording import DECISIVE, NUMBERS, reworded, tokens
from crawler.model import Code, Why, because
from crawler.text import WORD, fold, sentences, words

# Chosen by hand.
_QUOTED_WORDS = 20
_MOST_NUMBERS = 3
_NOISE_WORDS = 14  # a longer line is not about the page
_NOISE_LETTERS = 400
_LONG_LINE = 1000  # characters
_SENTENCE_WORDS = 6  # a shorter new sentence is a caption, a button, a byline
_FATE_WORDS = 3  # unless it says what became of somebody
_ALIKE = 0.5  # two sentences this alike are versions of each other
_LONGEST_COMPARED = 400  # words of a sentence
_MOST_COMPARED = 60  # sentences on either side; a page that changed more is another text

_CONTEXT_WORDS = 6  # kept on each side of a change
_CHANGED_WORDS = 30  # at the beginning and end of a long one
_MOST_DIFF_WORDS = 600
_MOST_ALIGNED = 40_000_000  # words times words of a passage; one that changed more is another passage

# Lines that say when or by whom a page was made, or what else to read: never news.
_NOISE = re.compile(
    r"\W*(?:(?:last |first )?(?:updated?|published|posted|modified|actualizado|publicado)\b[^a-z]{0,3}"
    r"(?:(?:on|at|el)\b|\d|[a-z]+\.? \d|$)"
    r"|\d+ (?:seconds?|minutes?|mins?|hours?|hrs?|days?) (?:ago|read)\b"
    r"|[\d,.]*k? ?(?:comments?|shares?|views?|likes?)\W*$"
    r"|(?:related|read (?:more|next|also)|see also|also read|watch|listen|more (?:from|on|stories|coverage)|up next"
    r"|recommended|trending|most read|lea (?:tambien|mas))\b[^.]{0,25}(?:[:|»>]|$)"
    r"|this (?:story|article|post|page) (?:has been|was|is) (?:last |first |originally )?"
    r"(?:updated?|published|posted)\b(?! to\b)"
    r"|(?:sign up|subscribe|newsletter|advertisement|share (?:this|on|via)|follow us|click here|download our)\b"
    r"|copyright\b"
    r"|suscribete\b|by (?:[a-z'-]+ ){1,3}?[a-z'-]+$|(?:file )?photos?(?: by|:)|image:)"
)
_TIME_STAMP = re.compile(
    r"\W*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\d{1,2}[:/.-]\d)"
    r"[\d\s,.:/|-]*(?:[a-z]{1,9}\b[\d\s,.:/|-]*){0,5}$"
)
_NOISE_INSIDE = re.compile(r"\b(?:newsletters?|your inbox|reached at|followed at)\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b|@\w")
_STAMP_WORDS = re.compile(
    r"\d+(?:st|nd|rd|th)?|last|first|updated?|published|posted|on|at|el|[ap]m?|m|[ecmp][sd]?t|utc|gmt|and"
    r"|seconds?|minutes?|mins?|hours?|hrs?|days?|ago|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)|january|february|march|april|june|july|august"
    r"|(?:septem|octo|novem|decem)ber"
)
_CORRECTION = re.compile(
    r"\W*(?:correction|clarification|editor'?s note|an? (?:earlier|previous) version of"
    r"|this (?:story|article) (?:has been|was) (?:corrected|updated to correct)"
    r"|correccion|aclaracion|nota (?:del editor|de la redaccion))\b"
)
_FATES = DECISIVE - set("no not never without nunca sin".split())
_SITE = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")
# What editors put before or behind a headline that stays as it is.
_TAG = "(?:updated?|actualizad[oa]|actualizaci[oó]n|watch|videos?|photos?|fotos?|listen|breaking|just in|exclusive)"
_TAGS = re.compile(rf"^\W*{_TAG}(?:\s*[:|]|\s+[–—-])|[(\[](?:with |w/ ?)?{_TAG}[)\]]\s*$", re.IGNORECASE)


_CHANGED: tuple[Code, ...] = ("correction", "added_paragraph", "added", "changed", "removed")
_UNQUOTED: tuple[Code, ...] = (
    "correction_unquoted", "added_paragraph_unquoted", "added_unquoted", "changed_unquoted", "removed_unquoted",
)  # fmt: skip


def material_change(old_title: str, old_text: str, new_title: str, new_text: str) -> Why:
    """What changed, with the page's own words and numbers; empty when nothing a reader would want to know.

    White space, punctuation, moved paragraphs, time stamps, links to other stories and single reworded words are
    trivial. One passage of at most 20 words is quoted, never from the first paragraph.
    """
    old, new = told_sentences(old_text), told_sentences(new_text)
    edits = _Edits(old, new)
    parts = []
    if new_title.strip() and not _same_headline(old_title, new_title):
        parts.append(because("headline", title=" ".join(new_title.split())))
    if edits.numbers:
        shown = [f"{before} → {after}" for before, after in dict.fromkeys(edits.numbers)]
        parts.append(because("numbers", numbers=shown[:_MOST_NUMBERS]))
    ledes = [text.strip().split("\n")[0] for text in (old_text, new_text)]
    parts += edits.passages(new_text, ledes)
    return because("changes", parts=parts) if parts else Why()


class _Edits:
    """The sentences that came, went, or say something else; the numbers that were replaced."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        told = [frozenset(w.removesuffix("'s") for s in side for w in words(s)) for side in (old, new)]
        names = {t.word for side in (old, new) for s in side for t in tokens(s) if t.name}
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
            numbers, material = reworded(tokens(before, names), tokens(sentence, names), told[0], told[1])
            self.numbers += numbers
            if material:
                self.changed.append(sentence)
        self.added = [s for s in self.added if _is_sentence(s) or _CORRECTION.match(fold(s))]
        self.removed = [s for s in gone if _is_sentence(s)]

    def passages(self, text: str, ledes: list[str]) -> list[Why]:
        """A part for each kind of change; the first that may be is quoted."""
        corrections = [s for s in self.added if _CORRECTION.match(fold(s))]
        added = dict.fromkeys(s for s in self.added if not _CORRECTION.match(fold(s)))
        told = [(paragraph, told_sentences(paragraph)) for paragraph in text.split("\n")]
        new = [(paragraph, said) for paragraph, said in told if said and all(s in added for s in said)]
        whole = [paragraph for paragraph, _ in new]
        in_whole = {s for _, said in new for s in said}
        inside = [s for s in self.added if s in added and s not in in_whole]
        parts: list[Why] = []
        quoted = False
        for code, unquoted, passages in zip(
            _CHANGED, _UNQUOTED, (corrections, whole, inside, self.changed, self.removed), strict=True
        ):
            quotable = [p for p in passages if not quoted and not any(p in lede for lede in ledes)]
            if quotable:
                parts.append(because(code, count=len(passages), quoted=_first_words(quotable[0])))
            elif passages:
                parts.append(because(unquoted, count=len(passages)))
            quoted = quoted or bool(quotable)
        return parts


def told_sentences(text: str) -> list[str]:
    """The sentences of a text without those about the page itself."""
    return list(telling(text))


def telling(text: str) -> Iterator[str]:
    """The same one after another, for who wants the first ones only."""
    lines = (line.strip() for line in text.split("\n"))
    return (s for line in lines if not _is_noise(line) for s in sentences(line) if not _is_noise(s))


def _is_noise(line: str) -> bool:
    if len(line) > _LONG_LINE:
        head = fold(line[:_LONG_LINE]).strip()
        begin = WORD.findall(head)[:-1]  # the last word may be cut
        if len(head) > _NOISE_LETTERS and not all(map(_STAMP_WORDS.fullmatch, begin)):
            return False  # as most are: the rest need not be looked at
    plain = fold(line).strip()
    said = WORD.findall(plain)
    if len(said) > _NOISE_WORDS or _CORRECTION.match(plain):
        return all(map(_STAMP_WORDS.fullmatch, said))
    if not said or len(plain) > _NOISE_LETTERS:
        return not said
    return bool(_NOISE.match(plain) or _TIME_STAMP.match(plain) or _NOISE_INSIDE.search(plain))


def _is_sentence(text: str) -> bool:
    said = words(text)
    return len(said) >= _SENTENCE_WORDS or (len(said) >= _FATE_WORDS and not _FATES.isdisjoint(said))


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
    if len(mine) > _LONGEST_COMPARED:
        return None
    likeness = [
        (SequenceMatcher(None, words(c), mine, autojunk=False).ratio(), -i)
        for i, c in enumerate(candidates)
        if len(c) < _LONGEST_COMPARED * 10
    ]
    ratio, at = max(likeness, default=(0.0, 0))
    return candidates[-at] if ratio >= _ALIKE else None


def word_diff(old: str, new: str) -> list[list[str]]:
    """What changed, word by word: [" ", kept], ["-", removed], ["+", added], in the order of the text.

    Words are separated by one blank. Of kept passages only a few words at each change stay, of long changes the
    beginning and end, "…" for the rest; of very many changes the first. [] when all words are the same.
    """
    if old.split() == new.split():  # paragraphs may be divided in other places
        return []
    edits = word_edits(old, new)
    shortened: list[list[str]] = []
    left = _MOST_DIFF_WORDS
    for i, (kind, said) in enumerate(edits):
        if left <= 0:
            return [*shortened, [" ", "…"]]
        if kind == " ":
            said = _shortened(said, _CONTEXT_WORDS if i else 0, _CONTEXT_WORDS if i + 1 < len(edits) else 0)
        else:
            said = _shortened(said, _CHANGED_WORDS, _CHANGED_WORDS)
        left -= len(said)
        shortened.append([kind, " ".join(said)])
    return shortened


def word_edits(old: str, new: str) -> list[tuple[str, list[str]]]:
    """All of both texts as (" " | "-" | "+", words): those kept and removed are the old text, kept and added the new.

    Paragraphs are compared first, then the words of those that changed.
    """
    before, after = ([line.split() for line in text.splitlines() if line.strip()] for text in (old, new))
    edits: list[tuple[str, list[str]]] = []
    whole = [[" ".join(paragraph) for paragraph in side] for side in (before, after)]
    for operation, a, b, c, d in SequenceMatcher(None, whole[0], whole[1]).get_opcodes():
        if operation == "equal":
            edits.append((" ", _joined(before[a:b])))
        elif b - a == d - c:
            for one, other in zip(before[a:b], after[c:d], strict=True):
                edits += _edited(one, other)
        else:
            edits += _edited(_joined(before[a:b]), _joined(after[c:d]))
    return _run_together(edits)


def _edited(old: list[str], new: list[str]) -> list[tuple[str, list[str]]]:
    if len(old) * len(new) > _MOST_ALIGNED:
        return [("-", old), ("+", new)]
    edits = []
    for operation, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        edits += [(" ", old[a:b])] if operation == "equal" else [("-", old[a:b]), ("+", new[c:d])]
    return edits


def _run_together(edits: Iterable[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """With neighbours of one kind joined, removals before additions, nothing empty."""
    result: list[tuple[str, list[str]]] = []
    for is_kept, group in groupby(edits, key=lambda edit: edit[0] == " "):
        passages = list(group)
        told = [(kind, _joined(said for of, said in passages if of == kind)) for kind in (" " if is_kept else "-+")]
        result += [(kind, said) for kind, said in told if said]
    return result


def _joined(passages: Iterable[list[str]]) -> list[str]:
    return [word for passage in passages for word in passage]


def _shortened(said: list[str], first: int, last: int) -> list[str]:
    """Its first and last words when it is longer, with "…" for what is between."""
    if len(said) <= first + last + 1:
        return said
    return [*said[:first], "…", *(said[-last:] if last else ())]


def _same_headline(old: str, new: str) -> bool:
    """In words, numbers spelled or not; the name of the site, and "UPDATE:" or "(video)", may come or go."""
    mine, theirs = ([_plain_headline(t), _plain_headline(_SITE.sub("", t.strip()))] for t in (old, new))
    return mine[0] in theirs or theirs[0] in mine


def _plain_headline(title: str) -> list[str]:
    return [str(NUMBERS.get(w, w)) for w in words(_TAGS.sub("", title))]


def _first_words(passage: str) -> str:
    told = passage.split()
    return " ".join(told[:_QUOTED_WORDS]) + (" …" if len(told) > _QUOTED_WORDS else "")
