"""What a report says by itself that may be news, found once however many others it is held against."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from crawler.changes.happenings import Happening, happenings, known_counts, known_happenings
from crawler.changes.phrases import phrases
from crawler.changes.revisions import told_sentences
from crawler.changes.rewording import tokens
from crawler.text import fold, folded_words, words

# Chosen by hand; `tests.benchmarks.development` tells what they miss.
_MOST_READ = 20_000  # characters of a report: news stand at its beginning
NEWS_SENTENCES = 2  # what a report tells first is its news; further down stands what happened before
FEWEST_WORDS = 5  # of a sentence
_ENDED = re.compile(r"[.!?…][\"”’»)\]]*$")  # no caption, byline or heading
_MOST_KEPT = 512


@dataclass(eq=False)
class Tidings:
    """The title and the text of a report, as far as it is read. It can be pickled, with what was found of it."""

    title: str
    text: str
    _happened: dict[str, list[Happening]] = field(default_factory=dict, repr=False)
    _known: dict[str, tuple[Happening, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, title: str, text: str) -> "Tidings":
        """Those of a report that comes to be stored; all is found that will be asked of it."""
        found = cls(title, text[:_MOST_READ])
        for sentence in (found.headline, *(found.sentences[i] for i in found.body[:NEWS_SENTENCES])):
            found.happened(sentence)
        for name in _FOUND:
            getattr(found, name)
        return found

    @cached_property
    def headline(self) -> str:
        """The title on one line."""
        return " ".join(self.title.split())

    @cached_property
    def title_words(self) -> list[str]:
        """The folded words of the title."""
        return words(self.title)

    @cached_property
    def sentences(self) -> list[str]:
        """Those that are not about the page itself, in order."""
        return told_sentences(self.text)

    @cached_property
    def sentence_keys(self) -> list[str]:
        """The words of each, as `key_of()` has them."""
        return list(map(key_of, self.sentences))

    @cached_property
    def body(self) -> list[int]:
        """Which of the sentences are whole."""
        return [i for i, s in enumerate(self.sentences) if len(words(s)) >= FEWEST_WORDS and _ENDED.search(s)]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The words of each sentence."""
        return frozenset(self.sentence_keys)

    @cached_property
    def key(self) -> str:
        """The words of the whole text."""
        return key_of(self.text)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its words, numbers and names."""
        return frozenset(token.word for token in tokens(f"{self.title}. {self.text}"))

    @cached_property
    def is_unconfirmed(self) -> bool:
        """Whether what happened was seen, or no agency had said so."""
        return bool(phrases().unconfirmed.search(fold(self.text)))

    def happened(self, sentence: str) -> list[Happening]:
        """What has just happened by one of its sentences."""
        if sentence not in self._happened:
            self._happened[sentence] = happenings(sentence)
        return self._happened[sentence]

    def known(self, kind: str) -> tuple[Happening, ...]:
        """What its reader knows already of this kind; of the kind "" all numbers of people."""
        if kind not in self._known:
            told = (self.title, *self.sentences)
            self._known[kind] = tuple(
                h for s in told for h in (known_happenings(s, {kind}) if kind else known_counts(s))
            )
        return self._known[kind]

    def has(self, keys: Sequence[str]) -> list[bool]:
        """Which of the sentences with these words it has, too."""
        if "sentences" not in self.__dict__ and not any(key in self.key for key in keys):
            return [False] * len(keys)  # its words alone are quicker to find, but may be a part of another sentence
        return [key in self.keys for key in keys]


_FOUND = ("title_words", "sentence_keys", "keys")


def key_of(text: str) -> str:
    """Its words with a blank before and after each, so that the words of a sentence are found in a text."""
    return f" {' '.join(folded_words(text))} "


_kept: OrderedDict[tuple[str, str], Tidings] = OrderedDict()  # a story's reports are held against each new one of it


def tidings_of(title: str, text: str) -> Tidings:
    """Those of a report, with what was found of it of late."""
    key = title, text[:_MOST_READ]
    return keep(_kept.get(key) or Tidings(*key))


def keep(tidings: Tidings) -> Tidings:
    """Let this be what `tidings_of()` knows of the report."""
    key = tidings.title, tidings.text
    _kept.pop(key, None)
    _kept[key] = tidings
    if len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return tidings
