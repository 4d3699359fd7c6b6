"""The topic's bare word in capitals that is no agency, as the text itself spells out: a school, a drug, a train."""

import re

from crawler.text import DataTable
from crawler.topic.bare_word import BareWord

_JOIN = r"(?:\s*,)?\s+(?:(?:of|and|&|the|for|y|de|del|la)\s+){0,2}"
_BEFORE, _AFTER = 60, 40  # characters between the name and what it stands for


class OtherMeanings:
    """What else the bare word may stand for: listed things, or any words with its initials but the agency's own."""

    def __init__(self, bare: BareWord, table: DataTable) -> None:
        """Raises ValueError, which names file, table and key."""
        word = re.escape(bare.word)
        self._word, self._alone = bare.word, re.compile(rf"\b{word}\b")
        initials = (rf"[{letter.upper()}{letter.lower()}]\w{{1,20}}" for letter in bare.word)
        self._spelled = re.compile(rf"\b({_JOIN.join(initials).replace(_JOIN, ')' + _JOIN, 1)}")
        self._agency = table.pattern("begins", table.text("begins"))
        self._full_name = table.pattern("full_names", "|".join(table.texts("full_names")))
        meant = (
            rf"\b{word}(?: [A-Z]\w{{1,20}})?,? (?:\(|— |– )?"
            r"(?:which stands for |short for |or |the |an? |its |una? |el |la )"
            rf"(?:\w[\w'’-]{{0,20}} ){{0,4}}(?:{'|'.join(table.texts('nouns'))})\b"
        )
        self._meant = table.pattern("nouns", meant)
        self._thing = table.pattern("things", "|".join(table.texts("things")))

    def told(self, title: str, text: str) -> bool:
        """Whether the text says that the word means something else; the agency's own full name says that it doesn't."""
        if self._word not in text and self._word not in title:
            return False
        whole = f"{title}\n{text}"
        if self._full_name.search(whole):
            return False
        return bool(self._meant.search(whole) or self._thing.search(whole)) or any(
            self._stands_near(whole, spelled)
            for spelled in self._spelled.finditer(whole)
            if not self._agency.match(spelled[1])
        )

    def _stands_near(self, whole: str, spelled: re.Match[str]) -> bool:
        """Whether the word stands beside what it may stand for."""
        around = whole[max(0, spelled.start() - _BEFORE) : spelled.end() + _AFTER]
        return self._alone.search(around) is not None
