"""Whether the agency does something in a headline, or others talk of it: "ICE takes two", "a song about ICE"."""

import re

from crawler.text import DataTable
from crawler.topic.bare_word import BareWord

_VERBS = (
    "is|are|has|have|had|was|were|will|can|could|may|might|must|should|does|did|won['’]t|isn['’]t|doesn['’]t|to|came"
    "|took|went|got|shot|kept|left|held|sent|let|met|ran|won|lost|built|bought|sold|told|set|put|hit"
)
_DOES = (
    rf"(?:['’]s \w+)? (?:(?:{_VERBS})\b|\w{{3,}}(?:ed|ing|(?<!s)s)\b"
    r"|(?:se |le |les |ya |no )?\w{3,}(?:ó|an|aron|ieron|ará|aba)\b"
    r"|(?:se |le |les |ya |no )?(?!que\b|desde\b|ante\b|entre\b|sobre\b|durante\b)[a-záéíóúñ]{4,}[ae]\b)"
)
_BEFORE = r"\b(?:amid|over|following|since|despite|due to|because of|about|tras|por|sobre) (?:[\w’'-]+ ){0,3}"


class Clause:
    """What a headline has the bare word do."""

    def __init__(self, bare: BareWord, table: DataTable) -> None:
        """Raises ValueError, which names file, table and key."""
        word = re.escape(bare.word)
        self._subject = re.compile(rf"\b{word}{_DOES}")
        # What ends like a verb, and names what somebody says or pays.
        self._talk = table.pattern("talk", rf"\b{word} (?:{'|'.join(table.texts('talk'))})\b", re.IGNORECASE)
        slogans, goods = ("|".join(table.texts(key)) for key in ("slogans", "goods"))
        self._goods = table.pattern("goods", rf"\b(?:{slogans}) (?:[\w-]+ )?(?:{goods})\b", re.IGNORECASE)
        self._background = re.compile(rf"{_BEFORE}{word}\b")

    def is_goods(self, headline: str) -> bool:
        """Whether a headline has a song or a shirt against the agency, and no protest."""
        return self._goods.search(headline) is not None

    def is_background(self, headline: str) -> bool:
        """Whether a headline has the agency only as the background of something else: "amid an ICE shooting"."""
        return self._background.search(headline) is not None

    def acts(self, headline: str) -> bool:
        """Whether a headline has the agency as the one who does something."""
        return self._subject.search(headline) is not None and self._talk.search(headline) is None
