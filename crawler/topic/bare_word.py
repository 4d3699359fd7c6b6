"""The bare word of a topic that is also an everyday word, as ICE is: where a text has it, and how it is spelled there.

Folding a text forgets capitals, so each place of the word is marked with a private character before it.
"""

import re
from collections.abc import Iterator

from crawler.text import DataTable

# What survives folding as one of these: the word in capitals, in capitals among others, or spelled as a name; and US.
PLAIN, SHOUTED, NAMED, COUNTRY = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = re.compile(f"[{PLAIN}{SHOUTED}{NAMED}{COUNTRY}]")
_CAPITALS_BEFORE = re.compile(r"(?<!\w)(?:[A-Z]{4,}|THE|ON|OFF|IN)[\s\-]+$")
_CAPITALS_AFTER = re.compile(r"[\s\-]+(?:[A-Z]{4,}|ON|IN|AT|IS)(?!\w)")
_NEVER = re.compile(r"(?!)")


class BareWord:
    """The word in capitals ("ICE"), or none: a topic whose terms leave no doubt needs no such word."""

    def __init__(self, word: str = "", everyday: tuple[str, ...] = ()) -> None:
        """`everyday`: what follows the word where it has its everyday meaning ("cream"), as regular expressions."""
        self.word, self._named, self._small = word, word.capitalize(), word.lower()
        self.dotted = "".join(f"{letter}." for letter in word)
        self._seen = (*filter(None, (word, self._named)), "US")
        spelled = "|".join(map(re.escape, self._seen))
        self._spelled = re.compile(rf"(?<!\w)(?:{spelled})(?!\w)")
        self._everyday = re.compile(rf"[\s\-]+(?:{'|'.join(everyday)})\b", re.IGNORECASE) if everyday else _NEVER
        self.raw = self._in_raw_page() if word else re.compile(rb"(?!)")

    @classmethod
    def of(cls, table: DataTable) -> "BareWord":
        """The word of a table [bare]. Raises ValueError, which names file, table and key."""
        table.pattern("everyday", "|".join(table.texts("everyday", ())))
        return cls(table.text("word").upper(), table.texts("everyday", ()))

    def _in_raw_page(self) -> re.Pattern[bytes]:
        """Where a page's bytes hold it. A scan for a capital is fast; a letter before it may end an escape: \\nICE."""
        first, rest = self.word[0], self.word[1:]
        back = "." * len(self.word)
        written = rf"\.{re.escape(self.dotted[2:])}|(?:{rest}|{rest.lower()})(?!\w)"
        written += rf"(?:(?<!\w{back})|(?<=\\[nrt]{back})|(?<=\\u[0-9a-fA-F]{{4}}{back}))"
        return re.compile(f"{first}(?:{written})".encode())

    def mark(self, text: str) -> str:
        """The text with each ICE, Ice and US as one private character, so that its case survives folding."""
        if not any(spelled in text for spelled in self._seen):
            return text
        shouted = text.upper() == text

        def marker(match: re.Match[str]) -> str:
            if match.group() == "US":
                return "US" if shouted else COUNTRY
            if self._everyday.match(text, match.end()):
                return self._small
            if match.group() == self._named:
                return NAMED
            before = _CAPITALS_BEFORE.search(text, max(0, match.start() - 20), match.start())
            return SHOUTED if shouted or before or _CAPITALS_AFTER.match(text, match.end()) else PLAIN

        return self._spelled.sub(marker, text)

    def unmark(self, text: str) -> str:
        """Marked text as a person reads it."""
        return _MARKS.sub(lambda found: "US" if found[0] == COUNTRY else self.word, text)

    def stands_in(self, term: str) -> bool:
        """Whether an unmarked term is the word, or holds it."""
        return bool(self.word) and self.word in term

    def is_meant_by(self, term: str) -> bool:
        """Whether a folded term of the topic file holds the word, however it is spelled."""
        return bool(self.word) and (self._small in term.split() or self.dotted.lower() in term)

    def spellings(self, word: str, everyday: bool) -> Iterator[str]:
        """What may stand in marked text for one word of a term; "" says that it is no word of this kind.

        In capitals it is written in capitals; else any spelling is meant, but among its everyday meanings plain
        capitals never are.
        """
        if self.word and word == self.word:
            yield from (PLAIN, SHOUTED)
        elif word == "US":
            yield COUNTRY
        elif self.word and word.lower() == self._small:
            yield from (NAMED, SHOUTED, self._small) if everyday else (PLAIN, SHOUTED, NAMED)
