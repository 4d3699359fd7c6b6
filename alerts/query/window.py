"""The few words of a report that show why it matched, never its lede."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from alerts.query.document import Document
from alerts.query.query import Hit
from crawler.text import fold, sentence_spans, words

LONGEST_WINDOW = 25  # words
_REPEATED = 8  # this many words in a row are a repetition; the agency's full name alone has six
_SHORTEST_LEDE = 4  # words; less is a dateline or a label, whose words may come again
_BYLINE = re.compile(
    r"(?:by|por|published|posted|updated|publicado|actualizado|photos?|foto)\b.{,150}(?:[^.!?\"”’]|[ap]\.m\.)$",
    re.IGNORECASE,
)
_AGENCY = r"\bICE\b|\b(?i:immigration|inmigraci[oó]n|agents|agentes|detained|detenid[oa]s?|arrested)\b"
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai to Chinese
_COMPLETE = re.compile(r"[.!?][\"”’»)\]]*\s*$")

Span = tuple[int, int]


def window(document: Document, hit: Hit, most: int = LONGEST_WINDOW, others: Sequence[Document] = ()) -> str:
    """At most `most` words of one sentence, with … where it is cut; never from the lede, nor repeating it.

    The sentence is the one with the most different terms of the hit, or, for a hit without words of the text, of
    what tells the event; when none holds any, the first complete one after the lede. "" when the text is nothing
    but its lede. The ledes of `others` are left alone too: a copy may put a local lead above the wire's.
    """
    text = document.text
    spans = hit.spans or _telling(document)
    start = _body_start(document)
    body = [sentence for sentence in sentence_spans(text) if sentence[0] >= start]
    candidates = []
    for order, sentence in enumerate(body):
        shown = _cut(text, sentence, spans, most)
        if shown:
            complete = bool(_COMPLETE.search(text[slice(*sentence)]))
            candidates.append((_distinct(text, spans, shown), complete, -order, shown))
    ledes = [words(text[:start]), *(words(d.text[: _body_start(d)]) for d in others if d is not document)]
    for *_, order, shown in sorted(candidates, reverse=True):
        said = words(text[slice(*shown)])
        if not any(_repeats(said, lede) for lede in ledes):
            return _print(text, body[-order], shown)
    return ""


def _telling(document: Document) -> tuple[Span, ...]:
    """Where the text names the agency, its people or the places of the event."""
    names = "|".join(re.escape(place.name) for place in document.places)
    pattern = re.compile(rf"{_AGENCY}|\b(?:{names})\b" if names else _AGENCY)
    return tuple(found.span() for found in pattern.finditer(document.text))


def _body_start(document: Document) -> int:
    """The end of the lede: the first paragraph below headline and byline, or two sentences of an only one."""
    text = document.text
    title = words(document.title)
    paragraphs = [line.span() for line in re.finditer(r"[^\n]*\S[^\n]*", text)]
    for start, end in paragraphs:
        paragraph = text[start:end].strip()
        if words(paragraph) and words(paragraph) != title and not _BYLINE.match(paragraph):
            break
    else:
        return paragraphs[0][1] if len(paragraphs) > 1 else len(text)
    if end < paragraphs[-1][0]:
        return end
    sentences = [end for first, end in sentence_spans(text) if first >= start]
    return max(sentences[:2], default=len(text))


def _repeats(shown: list[str], lede: list[str]) -> bool:
    """Whether eight words in a row, or all words of the shorter of the two, stand in both."""
    if len(lede) < _SHORTEST_LEDE:
        return False
    length = min(_REPEATED, len(shown), len(lede))
    return not _runs(shown, length).isdisjoint(_runs(lede, length))


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def _distinct(text: str, spans: Sequence[Span], within: Span) -> int:
    """How many different words or phrases of a hit stand wholly within a stretch of the text."""
    return len({fold(text[start:end]) for start, end in _inside(spans, within)})


def _inside(spans: Sequence[Span], within: Span) -> list[Span]:
    start, end = within
    some = spans[bisect_left(spans, (start, 0)) : bisect_left(spans, (end, 0))]
    return [span for span in some if span[1] <= end]


def _cut(text: str, sentence: Span, spans: Sequence[Span], most: int) -> Span | None:
    """The `most` words of a sentence that hold most of the hit; its beginning if that does."""
    pieces = [
        (piece.start(), piece.end(), _count(piece.group())) for piece in re.compile(r"\S+").finditer(text, *sentence)
    ]
    best: tuple[tuple[int, bool, int], Span] | None = None
    last, total = 0, 0
    for first, (start, _, count) in enumerate(pieces):
        while last < len(pieces) and total + pieces[last][2] <= most:
            total += pieces[last][2]
            last += 1
        if last == first:
            last += 1  # one piece longer than the window
            continue
        stretch = (start, pieces[last - 1][1])
        worth = (_distinct(text, spans, stretch), first == 0, _margin(spans, stretch))
        if best is None or worth > best[0]:
            best = worth, stretch
        total -= count
    return best[1] if best else None


def _count(piece: str) -> int:
    """Words as a reader or a program may count them: "Moody-Street" is two, a lone dash is one."""
    return max(1, len(words(piece)), len(_UNSPACED.findall(piece)))


def _margin(spans: Sequence[Span], stretch: Span) -> int:
    """How far the hit is from the nearer end of the stretch: a term reads best with words on both sides."""
    inside = _inside(spans, stretch)
    return min(inside[0][0] - stretch[0], stretch[1] - inside[-1][1]) if inside else 0


def _print(text: str, sentence: Span, shown: Span) -> str:
    start, end = shown
    left = "…" if words(text[sentence[0] : start]) else ""
    right = "…" if words(text[end : sentence[1]]) else ""
    return left + " ".join(text[start:end].split()) + right
