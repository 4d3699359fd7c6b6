"""Where a report's opening ends: its lede, and all that stands above it.

Above the first paragraph of a report stand kickers, decks, captions, boxes of key points, editor's notes, buttons. None
of them is its lede, whatever it is called, so a paragraph has to look like one. To doubt costs little: the opening then
reaches a paragraph further. To believe too soon would quote the lede.
"""

import re
from collections.abc import Sequence

from crawler.text import WORD, sentence_spans, words

# Chosen by hand, with the openings of ice_pages/dev and extraction/dev in view.
_TOP = 12  # paragraphs among which the lede stands; where none of them looks like one, all are the opening
_FEWEST = 8  # words of a lede
_LONG = 25  # words; a first paragraph that is shorter may be a caption or a deck
_UNENDED = 20  # words behind its last full stop that make a sentence of what has no end; a credit has fewer
_WHOLE_STORY = 150  # words of a paragraph that is rather a story which lost its line breaks
_BELOW = 4  # paragraphs below the first in which the true lede may stand

Span = tuple[int, int]

_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai to Chinese
_COMPLETE = re.compile(r"[.!?।。！？｡؟][\"”’»)\]]*\s*$")
_DASH = r"(?:—|–|--|-)(?=\s)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-z]*\.?"
_TIME = r"\d{1,2}(?::\d\d)? ?[ap]\.? ?m\b"

_NAME = r"[A-ZÁÉÍÓÚÑ][\w.'’]+(?: [A-Z][\w.'’]+){0,3}, [A-Z][\w. ]{1,20}"
_SHOUTED = r"[A-ZÁÉÍÓÚÑ][A-ZÁÉÍÓÚÑ.'’ -]{2,40}(?:, [A-Z][\w. ]{1,20}){0,2}"
# "LYNN, Mass. (AP) — ", "Lumpkin, Georgia — "
_DATELINE = re.compile(rf"[\"“(]?(?:{_SHOUTED}|{_NAME})(?: ?\([^)]{{2,40}}\))? ?{_DASH}")
_STAMP = re.compile(
    r"\W*(?:update|breaking|developing|urgent|exclusive|correction|clarification|editor|note|listen|watch|video|photo"
    rf"|actualizaci|urgente|exclusiv|correcci|nota|escuch|{_TIME}|\d{{1,2}}/\d{{1,2}}/\d\d"
    rf"|{_MONTH} \d{{1,2}}(?:, \d{{4}})?,? *(?:[|:]|{_DASH}|{_MONTH}|{_TIME}))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:\S+ ){0,5}?\S+:(?=\s)")  # "Foto: …", "UPDATE 3:15 p.m.: …", "Chokeholds: …"
_BYLINE = re.compile(
    r"\W*(?:(?i:by|por)\b.{,150}(?:[^.!?\"”’]|[ap]\.m\.)$|(?i:by|por|from)(?: [A-Z][\w.'’-]+){2}"
    r"|(?i:(?:originally |first |last )?(?:published|posted|updated|appeared|reported|written|produced|translated)"
    r"|publicad[oa]|actualizad[oa]|traducid[oa]|(?:story|photos?|reporting|words|text) by"
    r"|with (?:reporting|additional))\b)"
)
# What a page says of itself, and what it asks of its reader; in small letters.
_ITSELF = re.compile(
    r"(?:(?:this|these|following|version of the|est[ea]|(?:el|la) siguiente) (?:\w+ )?|this is an? (?:\w+ ){0,3})"
    r"(?:story|stories|article|report|piece|post|item|column|coverage|version|highlights|summary|transcript|audio|video"
    r"|gallery|page|translation|interview|newsletter|episode|podcast|project|notification|content|historia|art[ií]culo"
    r"|nota|reportaje|noticia|texto|publicaci[oó]n|contenido|traducci[oó]n|entrevista)\b"
    r"|the (?:story|article|project) (?:is|was) (?:\w+ )?(?:produced|published|reported|edited|updated|part)\b"
    r"|newsletter|newsroom|podcast|subscri[bp]|sign up|click here|republish|creative commons|all rights reserved"
    r"|copyright|bolet[ií]n|suscr[ií]|haz clic|derechos reservados|©|\S@\w|www\.|https?://"
)
_ASKS = re.compile(
    r"\W*(?:listen|watch|sign|subscribe|share|click|tap|download|follow|donate|support|join|stream|read|see|check|become"
    r"|enjoy|expand|scroll|swipe|send|contact|escuch|mira|compart|haz|lea|lee|s[ií]gue|[uú]nete|descarg|dona|env[ií])\w*\b"
)
_TO_THE_READER = re.compile(r"(?:[Yy]ou|[Yy]our|(?<!\w)(?:[Oo]ur|us|[Ww]e|[Nn]uestr[oa]s?|usted|tus?))\b")
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]?")
_CAPTION = re.compile(
    r"photo(?:s|graph\w*)?\b|fotos?\b|fotogra|courtesy|cortes[ií]a|getty|imagn\b|/ ?(?:ap|afp|reuters)\b|pictured"
    r"|(?:is|are) (?:seen|shown)\b|screenshot|captura\b|from left|\((?:left|right|center|top|bottom)\)"
    rf"|, {_MONTH} \d{{1,2}}, \d{{4}}[,.]"
)
_MARK = re.compile(r"\s*(?:[•●▪■◦‣·*➤►→]|[-–—]\s)")
_BRACKETED = re.compile(r"[(\[].*[)\]]$")
_BOX = re.compile(
    r"\W*(?:what (?:to|you|we)(?: need to)? know|need to know|(?:key|main|top|quick) (?:points|takeaways|facts|read)"
    r"|takeaways|at a glance|the brief|in (?:brief|short|summary)|summary|(?:\w+ )?highlights|tl;?dr|fast facts"
    r"|bottom line|why it matters|here['’]?s what|lo que (?:debes|hay que|se|debe)|puntos clave|claves|resumen"
    r"|en (?:resumen|breve|claves))\b"
)
_PAST = re.compile(  # a verb of what happened
    r"\b(?:(?!hundred|need|speed|feed|shed|indeed)[a-z]{2,}ed|said|was|were|had|has|have|did|came|took|went|held|told|left|began"
    r"|found|got|gave|made|shot|led|met|fled|saw|ran|sent|kept|lost|won|hit|put|set|spoke|stood|brought|caught|fought|sued"
    r"|drove|drew|rose|fell|knew|paid|broke|will|would|could|ha|han|fue|fueron|dijo|[a-zñ]+(?:ó|aron|ieron|aba|aban))\b"
)


def body_start(title: str, text: str) -> int:
    """Where what follows the opening begins: below the first paragraph that looks like a lede.

    Where that is the last one, or a whole story that lost its line breaks, below two sentences of it. The text's end
    when it is nothing but opening.
    """
    paragraphs = [line.span() for line in re.finditer(r"[^\n]*\S[^\n]*", text)]
    if not paragraphs:
        return len(text)
    at = _lede(title, [text[start:end].strip() for start, end in paragraphs[:_TOP]]) if len(paragraphs) > 1 else 0
    if at is None:
        return paragraphs[:_TOP][-1][1]
    start, end = paragraphs[at]
    if at < len(paragraphs) - 1 and count_words(text[start:end]) < _WHOLE_STORY:
        return end
    sentences = [start + stop for _, stop in sentence_spans(text[start:end])]
    return sentences[1] if len(sentences) > 2 else end


def count_words(text: str) -> int:
    """Words as a reader or a program may count them: "Moody-Street" is two; each sign of a script without spaces is."""
    return max(len(WORD.findall(text)), len(_UNSPACED.findall(text)))


def is_complete(sentence: str) -> bool:
    """Whether it ends as a sentence does."""
    return bool(_COMPLETE.search(sentence))


def is_about_itself(paragraph: str) -> bool:
    """Whether a page speaks of itself or to its reader, rather than of what happened."""
    return bool(_ITSELF.search(paragraph.lower()))


def _lede(title: str, paragraphs: Sequence[str]) -> int | None:
    """Which of the paragraphs at the top of a report is its lede; None when none looks like one."""
    heading = words(title)
    likely: list[int] = []
    boxed = False
    for i, paragraph in enumerate(paragraphs):
        boxed = boxed or bool(not likely and _BOX.match(paragraph.lower()))
        if not _may_be_lede(paragraph, heading):
            continue
        if _DATELINE.match(paragraph) or (boxed and not _is_short(paragraph)):
            return i
        if not (likely or boxed) and _is_plain(heading, paragraph) and not any(map(_DATELINE.match, paragraphs[i:])):
            return i  # as of most reports: whatever stands below
        likely.append(i)
        if len(likely) > _BELOW:
            break
    if not likely:
        return None
    return _below_box(heading, paragraphs, likely) if boxed else _restated(heading, paragraphs, likely)


def _below_box(heading: Sequence[str], paragraphs: Sequence[str], likely: Sequence[int]) -> int:
    """The last paragraph that says about as much of the headline as any; those above it are key points."""
    shares = _shares(heading, paragraphs, likely)
    return max(i for i in likely if 2 * shares[i] >= max(shares.values()))


def _may_be_lede(paragraph: str, heading: list[str]) -> bool:
    """Whether it is a sentence that tells of what happened."""
    if count_words(paragraph) < _FEWEST or words(paragraph) == heading or not _is_sentence(paragraph):
        return False
    if _MARK.match(paragraph) or _BRACKETED.fullmatch(paragraph) or _STAMP.match(paragraph):
        return False
    if _LABEL.match(paragraph) or _BYLINE.match(paragraph) or _BOX.match(paragraph.lower()):
        return False
    if _DATELINE.match(paragraph):
        return True
    low = paragraph.lower()
    asks = _ASKS.match(low) or _TO_THE_READER.search(_QUOTED.sub("", paragraph))
    return not (asks or _CAPTION.search(low) or _ITSELF.search(low))


def _is_sentence(paragraph: str) -> bool:
    """Whether it ends as one, or is too long for a label behind its last full stop."""
    if is_complete(paragraph):
        return True
    *_, (start, _) = sentence_spans(paragraph)
    return count_words(paragraph[start:]) >= _UNENDED


def _is_short(paragraph: str) -> bool:
    return count_words(paragraph) < _LONG


def _is_plain(heading: Sequence[str], paragraph: str) -> bool:
    """Whether it is too long for a caption, and says more of the headline than a note does."""
    return not _is_short(paragraph) and _shares(heading, [paragraph], [0])[0] > 1


def _restated(heading: Sequence[str], paragraphs: Sequence[str], likely: Sequence[int]) -> int:
    """The first likely paragraph, or one below it that tells the headline's event rather than it.

    A caption, a deck or a key point is short, and the lede says what it says, more fully.
    """
    first, *below = likely
    told, opening = _stems(heading), _stems(words(paragraphs[first]))
    shares = _shares(heading, paragraphs, likely)
    best = max(likely, key=lambda i: shares[i])
    if not _is_short(paragraphs[first]):  # a note or an advertisement says next to nothing of the headline
        return best if shares[first] <= 1 and shares[best] >= 3 and 2 * shares[best] >= len(told) else first
    if not below or (2 * shares[best] >= len(told) and shares[best] > shares[first]):
        return best
    again = len(opening & _stems(words(paragraphs[below[0]])))
    doubtful = not _PAST.search(paragraphs[first]) or 3 * shares[first] < len(told)
    return below[0] if doubtful or shares[below[0]] >= max(2, shares[first]) or 5 * again >= 2 * len(opening) else first


def _shares(heading: Sequence[str], paragraphs: Sequence[str], likely: Sequence[int]) -> dict[int, int]:
    """How many of the headline's telling words each says."""
    told = _stems(heading)
    return {i: len(told & _stems(words(paragraphs[i]))) for i in likely}


def _stems(said: Sequence[str]) -> set[str]:
    """The telling words, without their endings: "arrest", "arrested"."""
    return {word[:5] for word in said if len(word) > 3}
