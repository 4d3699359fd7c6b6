"""Where a text names places, and how each is spoken of."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from crawler.gazetteer import COMPASS, Entry, Names, normal_word
from crawler.words import WORD, fold, sentence_spans

Part = Literal["title", "lede", "body"]

_LEDE = 500  # characters of the text
_JOIN = re.compile(r"[ \t\u00a0]?[-–.]?[ \t\u00a0]?(?:[Dd]e )?")
_SMALL = {"of", "by", "the", "de", "la", "las", "los", "del", "du", "and", "upon", "on", "in"}
_DASH = re.compile(r"[^\n.!?—–]{0,12}?(?:\([^)\n]{2,40}\)\s*)?\s?(?:—|–|--|- |\|)")
_STATE_AFTER = re.compile(
    r"(?:['’]s)?(?:\s*,\s*|\s*\(\s*)"
    r"(?P<written>(?:[A-Z]\.\s?){2}|[A-ZÁÉÍÓÚÑ][\w’']*\.?(?: (?:del? )?[A-Z][\w’']*\.?){0,2})"
)
_TRAILER = re.compile(r"\bThe post .{0,300}? appeared first on .{0,100}$", re.M)  # WordPress adds it to feeds
_SENTENCE_ENDS = '.!?:;\n“"('
_NEARBY = {"near", "outside", "around", "cerca"}
_TOWN_OF = {"city", "town", "village", "ciudad", "outside", "cerca"}
_AGENCIES = {"ICE", "FBI", "ERO", "DEA", "HSI", "ATF", "CBP"}
_FAR_DESK = re.compile(r"attorney for\b|district of$|law school|university of$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text that may be a place."""

    key: str
    entries: tuple[Entry, ...]
    state: str  # the USPS code written beside it, or ""
    part: Part
    weight: float  # 0..1.3: how much the words around speak of something happening there
    placed: bool  # the words around show that it is a place at all
    sentence: str


class Text:
    """A title and a text in words and sentences, read once.

    Word i is `words[i]` as written, `folded[i]` as compared and `keys[i]` without its possessive; it begins at
    `starts[i]`, and `gaps[i]` stands before it. The last gap is a line break.
    """

    def __init__(self, title: str, text: str) -> None:
        text = _TRAILER.sub("", text) if "appeared first on" in text else text
        self.whole = f"{title.strip()}\n{text}"
        self.title_end = len(title.strip())
        self.words: list[str] = WORD.findall(self.whole)
        self.gaps = WORD.split(self.whole)
        lengths = zip(self.gaps, ["", *self.words], strict=True)
        self.starts = list(accumulate(len(gap) + len(before) for gap, before in lengths))
        self.gaps[-1] = "\n"
        compared = {word: normal_word(word) for word in set(self.words)}
        self.folded = [compared[word] for word in self.words]
        self.keys = [word.removesuffix("'s") for word in self.folded]
        self.capital = [word[0].isupper() for word in self.words]
        self.sentences = list(sentence_spans(self.whole))
        letters = "".join(filter(str.isalpha, self.whole[self.title_end :]))
        self.shouted = sum(map(str.isupper, letters)) > 0.6 * max(len(letters), 1)
        in_title = range(bisect_left(self.starts, self.title_end, hi=len(self.words)))
        heading = [self.capital[i] for i in in_title if len(self.words[i]) > 3]
        self.title_case = sum(heading) > 0.6 * max(len(heading), 1)

    def end(self, i: int) -> int:
        """Where word i ends."""
        return self.starts[i] + len(self.words[i])

    def part(self, at: int) -> Part:
        if at < self.title_end:
            return "title"
        return "lede" if at < self.title_end + _LEDE else "body"

    def cased(self, at: int) -> bool:
        """Whether a capital says anything here: not in a shouted text or a headline in title case."""
        return not (self.title_case if at < self.title_end else self.shouted)

    def opens_sentence(self, i: int) -> bool:
        return i == 0 or any(c in _SENTENCE_ENDS for c in self.gaps[i])


def mentions(names: Names, title: str, text: str) -> list[Mention]:
    """Every name in title and text that may mean a place, in order, in one pass over the words."""
    read = Text(title, text)
    found: list[Mention] = []
    families = _families(read, names.language)
    sentence = i = 0
    while i < len(read.words):
        key, count = _name(names, read, i) if read.capital[i] else ("", 1)
        if key:
            while sentence < len(read.sentences) - 1 and read.sentences[sentence][1] <= read.starts[i]:
                sentence += 1
            context = _Context(names, read, i, count, key, families)
            mention = context.mention(read.sentences[sentence])
            if mention:
                found.append(mention)
        i += count
    return found


def _name(names: Names, read: Text, i: int) -> tuple[str, int]:
    """The longest known name that begins at word i, written as one, and its number of words; ("", 1) if none."""
    first = read.folded[i]
    if not any(map(names.begins, (first, read.keys[i], COMPASS.get(first, first)))):
        return "", 1
    most = 1
    while (
        most < 7
        and i + most < len(read.words)
        and (read.capital[i + most] or read.words[i + most] in _SMALL)
        and (read.gaps[i + most] == " " or _JOIN.fullmatch(read.gaps[i + most]))
    ):
        most += 1
    written = read.folded[i : i + most]
    if most > 1:
        written[0] = COMPASS.get(written[0], written[0])
    tries = [written] + [
        [*written[: n - 1], read.keys[i + n - 1]] for n in range(1, most + 1) if written[n - 1].endswith("'s")
    ]
    count, tried = max(((names.longest(t, 0), t) for t in tries), key=lambda found: found[0])
    return " ".join(tried[:count]), max(count, 1)


def _families(read: Text, language: dict[str, frozenset[str]]) -> set[str]:
    """Family names that the text gives in full somewhere: "Ana Lowell said" makes a later "Lowell" a person."""
    never = language["before"] | language["locative"] | language["passing"] | language["institution"]
    found = set()
    for i in range(1, len(read.words)):
        if not (read.capital[i - 1] and read.capital[i] and read.gaps[i] in (" ", ". ") and read.cased(read.starts[i])):
            continue
        said = read.folded[i - 1]
        if said in never or (read.opens_sentence(i - 1) and said not in language["people"]):
            continue
        if read.words[i - 1].isupper() and len(read.words[i - 1]) > 1:
            continue
        found.add(read.keys[i])
    return found


class _Context:
    """What stands around words i … i+count-1 of a text."""

    def __init__(self, names: Names, read: Text, i: int, count: int, key: str, families: set[str]) -> None:
        self.names, self.read, self.i, self.after, self.key = names, read, i, i + count, key
        self.start, self.end = read.starts[i], read.end(i + count - 1)
        self.named_so = key in names.language["people"]
        self.family = self.named_so and key in families
        self.cased = read.cased(self.start)

    def mention(self, sentence: tuple[int, int]) -> Mention | None:
        """The mention with its possible meanings; None when the words around leave none."""
        if len(self.key) == 2 and not self.read.words[self.i].isupper():
            return None  # "La", not "LA"
        entries = tuple(self.names.entries(self.key))
        state = self._state()
        if state:
            entries = tuple(e for e in entries if e.place.state == state and e.place.kind != "state")
        entries = self._counties(entries)
        said = self.read.whole[sentence[0] : sentence[1]].strip()
        weight, placed = self._weight(bool(state), said)
        if not entries or not weight:
            return None
        return Mention(self.key, entries, state, self.read.part(self.start), weight, placed, said)

    def _state(self) -> str:
        """The code of the state written right behind the name; a short "Me" or "Ind" wants its period."""
        match = _STATE_AFTER.match(self.read.whole, self.end)
        written = match["written"].split() if match else []
        for size in range(len(written), 0, -1):
            spelled = " ".join(written[:size])
            code = self.names.state_code(spelled)
            if code and (spelled == code or "." in spelled or len(spelled) > 3):
                return code
        return ""

    def _counties(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Keep what "condado de Essex" or "Essex county" can mean; a bare "Essex" may be either."""
        if "condado" in (self._previous(), self._previous(2)) or self._next(0) in ("counties", "county"):
            return tuple(e._replace(full=True) for e in entries if e.place.kind == "county")
        return entries

    def _next(self, k: int) -> str:
        j = self.after + k
        return self.read.keys[j] if j < len(self.read.words) and "\n" not in self.read.gaps[j] else ""

    def _previous(self, k: int = 1) -> str:
        j = self.i - k
        return self.read.keys[j] if j >= 0 and "\n" not in self.read.gaps[j + 1] else ""

    def _weight(self, state: bool, sentence: str) -> tuple[float, bool]:
        """How much the mention says about where the event is, and whether it surely is a place."""
        language, read = self.names.language, self.read
        if self._dateline():
            return (0.9 if self.key != "washington" else 0.3), True
        if self._is_carried():
            return 0.0, False
        previous = self._previous() if read.gaps[self.i] in (" ", "\u00a0") else ""
        if previous in language["before"] and self._previous(2) in language["locative"]:
            previous = self._previous(2)
        located = previous in language["locative"]
        institution = self._next(0) in language["institution"] and read.gaps[self.after] == " "
        owner = self.named_so and read.folded[self.after - 1].endswith("'s")
        placed = state or (located and not owner) or self._is_area() or previous == "condado"
        if self._desk():
            return 0.2, placed
        if not (placed or institution) and self._is_person(previous):
            return 0.0, False
        weight = 0.75 if institution or state else 0.5
        if self._is_area():
            weight = 0.6
        elif located:
            weight = 0.8 if previous in _NEARBY else 1.0
        elif previous in language["passing"]:
            weight = 0.8 if self._previous(2) in _TOWN_OF else 0.5 if state else 0.4
        if not located and not institution and self._continues():
            weight *= 0.45
        folded = fold(sentence)
        if any(stem in folded for stem in language["event"]):
            weight *= 1.3
        return weight, placed or (institution and self.cased)

    def _is_area(self) -> bool:
        """ "Chicago-area", "Boston area"."""
        return self._next(0) in ("area", "region", "metro")

    def _dateline(self) -> bool:
        """ "WALTHAM, Mass. (AP) —" at the head of a paragraph, or in capitals before a dash."""
        read = self.read
        opens = "\n" in read.gaps[self.i] and self.i > 0
        capitals = not read.shouted and self.end - self.start > 3 and read.whole[self.start : self.end].isupper()
        if self.start <= read.title_end or not (opens or capitals):
            return False
        state = _STATE_AFTER.match(read.whole, self.end) if self._state() else None
        end = state.end() if state else self.end
        return bool(_DASH.match(read.whole, end)) and read.whole[end : end + 1] != "-"

    def _is_carried(self) -> bool:
        """A team, a newspaper or a firm that only carries the name."""
        return self._continues() and self._next(0) in self.names.language["carried"]

    def _desk(self) -> bool:
        """ "ICE Boston", "Boston ICE field office", "Attorney for the District of Massachusetts"."""
        language = self.names.language
        following = " ".join(self._next(k) for k in range(4))
        if any(desk in following for desk in language["desk"]):
            return True
        if self.i and self.cased and self.read.gaps[self.i] == " " and self._next(0) not in language["institution"]:
            return self.read.words[self.i - 1] in _AGENCIES
        return bool(_FAR_DESK.search(" ".join(self.read.keys[max(0, self.i - 5) : self.i])))

    def _is_person(self, previous: str) -> bool:
        """A given or family name: a capitalised word or a title before it, or a surname given elsewhere."""
        language, read = self.names.language, self.read
        titled = previous or (self._previous() if read.gaps[self.i] == ". " else "")
        if titled in language["titles"] or self.family:
            return True
        if previous and self.cased and read.capital[self.i - 1] and previous not in language["before"]:
            return self.named_so or not read.opens_sentence(self.i - 1)
        return self.named_so and self._continues()

    def _continues(self) -> bool:
        """Whether a capitalised word follows directly, so that the name is part of a longer one."""
        j = self.after
        if j >= len(self.read.words) or self.read.gaps[j] not in (" ", "-"):
            return False
        return self.cased and self.read.capital[j]


def states_named(found: Sequence[Mention]) -> dict[str, float]:
    """How strongly each state is named: by itself, or behind a city."""
    votes: dict[str, float] = {}
    for mention in found:
        codes = {e.place.state for e in mention.entries if e.place.kind == "state"}
        code = mention.state or (codes.pop() if len(codes) == 1 and mention.key != "washington" else "")
        if code:
            votes[code] = votes.get(code, 0.0) + (1.0 if mention.part != "body" else 0.5)
    return votes
