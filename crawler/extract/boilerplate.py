"""Lines that stand in an article's body but are not of the article: invitations, captions, links to other stories."""

import re
from collections.abc import Sequence

from crawler.extract.blocks import Block
from crawler.text import fold

_SHORT = 260  # an invitation is short; a paragraph that begins like one is not dropped
_INVITATION = re.compile(
    r"^\W*(?:read (?:more|also|next)\b|also read\b|see also\b|up next\W*$|trending\b|most (?:read|popular)\b"
    r"|more (?:from|stories|coverage)\b|recommended\W*$|you (?:may|might) (?:also )?(?:like|be interested)"
    r"|related(?: (?:stor(?:y|ies)|articles?|coverage|content|links?|posts?|topics?))?\W*(?::|$)"
    r"|le(?:a|e) (?:tambi[eé]n|m[aá]s)\b|[lt]e puede interesar|tambi[eé]n (?:lea|lee)\b|m[aá]s noticias"
    r"|sign up (?:for|to|here|now)\b|subscribe (?:to|now|here|today)\b|subscribe\W*$|suscr[ií]b[ae](?:se|te)\b"
    r"|get (?:the latest|breaking|local news|top stories|our (?:free|daily|weekly))\b|(?:our |free )*newsletters?\W*$"
    r"|join (?:our|thousands)\b|follow (?:us|\S+ on (?:x|twitter|facebook|instagram|bluesky))\b|like us on|find us on"
    r"|download (?:our|the)(?: \S+){0,3} app\b|(?:click|tap) (?:here|to (?:read|see|view|share|subscribe|sign))\b"
    r"|share (?:this (?:story|article|post|page)|on (?:facebook|x|twitter))\b|comments?\W*(?:\d+\W*)?$"
    r"|leave a (?:comment|reply)\b|advertisements?\W*$|story continues\b|article continues\b|continue reading\b"
    r"|publicidad\W*$|support (?:local|independent|our|nonprofit) (?:news|journalism|reporting|newsroom)\b|donate\W*$"
    r"|become a (?:member|subscriber)\b|already a subscriber\b|loading\W*$|listen(?: now)?\W*\d+:\d+"
    r"|watch (?:live|now)\W*$|copyright (?:©|\(c\)|\d{4})|©|all rights reserved"
    r"|the post .{1,200} (?:appeared first on|first appeared on) .{1,80}$|la entrada .{1,200} se public[oó] primero en"
    r"|(?:have|got) a (?:news )?(?:tip|story)\b|todos los derechos reservados|get in touch (?:with|by)\b"
    r"|for more stories like this\b|(?:more|don['’]?t miss|watch|see more|lee más|ver más)\W*[:|]|don['’]?t miss\W*$"
    r"|by (?:providing your|signing up|subscribing|clicking|submitting|entering your)\b|would you like to comment\b"
    r"|please read our comment|sign in (?:to|or|now)\b|log in or\b|we want to hear from you\b"
    r"|you must (?:confirm|be logged)"
    r"|get daily\b|let our news\b|article content\W*$|want more\b.{0,80}\bnewsletter|this (?:site|website) uses\b"
    r"|thank you for (?:visiting|subscribing|signing)\b|\S+ is a reader-supported\b|tell us what you think\b"
    r"|if you (?:buy|purchase|click)\b.{0,120}\bcommission)",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"^\W*(?:photos?|images?|foto(?:graf[ií]a)?s?|file photo|courtesy photo|picture)\s*(?::|by\b|credit|courtesy|/)"
    r"|\([^()]{0,60}\b(?:photo|foto|via ap|getty images|courtesy of)\b[^()]{0,40}\)\W*$"
    r"|\bap photo/|/ ?getty images\W*$",
    re.IGNORECASE,
)
_CAPTION_WORDS = ("photo", "foto", "image", "picture", "via ap", "courtesy of")  # each caption has one
_LONGEST_CAPTION = 400
_REPEATED = 80  # a long line stands once; short ones (a name, a score) may come again
_LINKED = 0.6
_LONGEST_LINK = 240  # a longer paragraph is prose, however much of it is a link
_SHORTEST_SENTENCE = 60
_SENTENCE_END = (".", "!", "?", "”", '"', "。")
_LAST = 4  # lines in which a story says who helped with it
_HELPED = re.compile(
    r"\bcontribut(?:ed|ing) (?:to (?:this|the) (?:report|story|article)|reporting|from)\b|\bediting by\b"
    r"|^\W*(?:additional )?report(?:ing|ed) (?:by|from|in)\b|^\W*(?:[\w.'’-]+\s+){1,6}reported from\b"
    r"|^\W*(?:associated press|reuters) (?:writers?|journalists?|reporters?)\b",
    re.IGNORECASE,
)


def drop(blocks: Sequence[Block], title: str = "") -> list[str]:
    """The lines without boilerplate, repeated lines, headings of nothing and the title itself, in order."""
    seen = {fold(title)}
    kept: list[Block] = []
    for i, block in enumerate(blocks):
        folded = fold(block.text)
        if folded in seen or _is_pointer(block) or _is_boilerplate(block.text, folded):
            continue
        if i >= len(blocks) - _LAST and len(block.text) < _LONGEST_CAPTION and _HELPED.search(block.text):
            continue
        if len(block.text) >= _REPEATED:
            seen.add(folded)
        kept.append(block)
    while kept and kept[-1].is_heading:
        kept.pop()
    return [block.text for block in kept]


def _is_pointer(block: Block) -> bool:
    """Only a link to another story: not a sentence, and not a heading that names what it links to elsewhere."""
    if block.linked <= _LINKED or len(block.text) >= _LONGEST_LINK or (block.is_heading and block.away):
        return not any(map(str.isalnum, block.text))
    return len(block.text) < _SHORTEST_SENTENCE or not block.text.endswith(_SENTENCE_END)


def _is_boilerplate(line: str, folded: str) -> bool:
    if len(line) < _SHORT and _INVITATION.match(line):
        return True
    if len(line) >= _LONGEST_CAPTION or not any(word in folded for word in _CAPTION_WORDS):
        return False
    return _CAPTION.search(line) is not None
