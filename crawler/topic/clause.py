"""Whether ICE does something in a headline, or others talk of it: "ICE takes two", "a song about ICE"."""

import re

_VERBS = (
    "is|are|has|have|had|was|were|will|can|could|may|might|must|should|does|did|won['’]t|isn['’]t|doesn['’]t|to|came"
    "|took|went|got|shot|kept|left|held|sent|let|met|ran|won|lost|built|bought|sold|told|set|put|hit"
)
_SUBJECT = re.compile(
    rf"\bICE(?:['’]s \w+)? (?:(?:{_VERBS})\b|\w{{3,}}(?:ed|ing|(?<!s)s)\b"
    r"|(?:se |le |les |ya |no )?\w{3,}(?:ó|an|aron|ieron|ará|aba)\b"
    r"|(?:se |le |les |ya |no )?(?!que\b|desde\b|ante\b|entre\b|sobre\b|durante\b)[a-záéíóúñ]{4,}[ae]\b)"
)
# What ends like a verb, and names what somebody says or pays.
_TALK = re.compile(
    r"\bICE (?:contracts?|concerns|fears|posts?|videos?|inquiry|hearings?|reforms?|funding|funds|tweets?|ads?|comments?"
    r"|remarks|jokes?|vests?|debates?|critics?|ties|jackets?|songs?|supporters|opponents|stance|views|service|worries"
    r"|revenue|questions?|row|dispute|flap)\b",
    re.IGNORECASE,
)
_GOODS = re.compile(
    r"\b(?:anti-ICE|abolish ICE|ICE out) (?:[\w-]+ )?(?:shirts?|pins?|hats?|songs?|chants?|murals?|stickers?|posters?"
    r"|buttons?|floats?|ads?|posts?|tweets?|merch|benefit|concert|album|art|speech|rant|content|costumes?)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"\b(?:amid|over|following|since|despite|due to|because of|about|tras|por|sobre) (?:[\w’'-]+ ){0,3}ICE\b"
)


def is_goods(headline: str) -> bool:
    """Whether a headline has a song or a shirt against ICE, and no protest."""
    return _GOODS.search(headline) is not None


def is_background(headline: str) -> bool:
    """Whether a headline has what ICE does only as the background of something else: "amid an ICE shooting"."""
    return _BACKGROUND.search(headline) is not None


def ice_acts(headline: str) -> bool:
    """Whether a headline has ICE as the one who does something."""
    return _SUBJECT.search(headline) is not None and _TALK.search(headline) is None
