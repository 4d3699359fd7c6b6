"""A query read back in plain words, so that who saves it sees what was understood."""

from collections.abc import Iterable

from alerts.locale import Phrasebook, phrasebook
from alerts.query.query import Query
from alerts.query.syntax import (
    AllOf,
    AnyOf,
    Around,
    Fact,
    Field,
    InOffice,
    InPlace,
    Near,
    Node,
    Phrase,
    Published,
    Without,
    Word,
)  # fmt: skip

MOST_FORMS = 8  # that are said of a word


def read_back(query: Query, language: str = "en", with_forms: bool = True) -> str:
    """What a query asks for: "stories that mention raid (raided, raiding, raids), in Waltham, MA, but not hockey".

    Pure; `language` is "en" or "es", any other reads as English. Without the forms of its words it is short.
    """
    if query.tree == AllOf(()):
        book = phrasebook(language)
        return book.say("every", topic=book.topic.short)
    return _Reader(phrasebook(language), with_forms).stories(query.tree)


def joined(book: Phrasebook, parts: Iterable[str], word: str) -> str:
    """Several as a list in words: "raid, arrest and van"."""
    *first, last = parts
    return f"{', '.join(first)} {book.say(word)} {last}" if first else last


class _Reader:
    def __init__(self, book: Phrasebook, with_forms: bool = True) -> None:
        self.book, self.with_forms = book, with_forms
        self.say = book.say

    def stories(self, tree: Node) -> str:
        return self.say("stories", parts=self._all(tree.nodes if isinstance(tree, AllOf) else (tree,), outer=True))

    def _all(self, nodes: Iterable[Node], outer: bool = False) -> str:
        """What must all hold: the words together, then the fields, then what is left out."""
        words: list[str] = []
        others: list[str] = []
        without: list[str] = []
        for node in nodes:
            if isinstance(node, Without):
                without.append(self._left_out(node.node))
            elif (said := self._words(node)) is not None:
                words.append(said)
            else:
                others.append(self._clause(node))
        verb = "mention" if outer else "mentioning"
        mentions = [self.say(verb, words=self._join(words, "and"))] if words else []
        told = ", ".join([*mentions, *others])
        left_out = self.say("but_not", parts=self._join(without, "or")) if without else ""
        return ", ".join(filter(None, (told, left_out)))

    def _clause(self, node: Node) -> str:
        """A node as it stands behind "stories": "in Waltham, MA", "mentioning raid or in Lowell, MA"."""
        if (words := self._words(node)) is not None:
            return self.say("mentioning", words=words)
        match node:
            case AllOf(nodes):
                return f"({self._all(nodes)})"
            case AnyOf(nodes):
                return self._join([self._clause(part) for part in nodes], "or")
            case Without(part):
                return self.say("but_not", parts=self._left_out(part))
            case Phrase():
                return self.say("title", words=self._phrase(node))
            case Near():
                return self.say("title", words=self._near(node))
        return self._field(node)

    def _left_out(self, node: Node) -> str:
        """Behind "but not": words by themselves, all else as a clause."""
        words = self._words(node)
        return words if words is not None else self._clause(node)

    def _words(self, node: Node) -> str | None:
        """Words and what joins them; None when there is anything else in a node."""
        match node:
            case Phrase() if not node.title:
                return self._phrase(node)
            case Near(sides) if not any(phrase.title for side in sides for phrase in side):
                return self._near(node)
            case AnyOf(nodes) | AllOf(nodes):
                said = [words for part in nodes if (words := self._words(part)) is not None]
                if nodes and len(said) == len(nodes):
                    joined = self._join(said, "or" if isinstance(node, AnyOf) else "and")
                    return joined if isinstance(node, AnyOf) else f"({joined})"
        return None

    def _near(self, near: Near) -> str:
        sides = self._join([self._join(map(self._phrase, side), "or") for side in near.sides], "and")
        if len(near.gaps) == 1:
            return self.say("near_words", words=sides, gap=near.gaps[0])
        return self.say("then_words", words=sides, gaps=", ".join(map(str, near.gaps)))

    def _phrase(self, phrase: Phrase) -> str:
        """A word with its forms, a phrase in its quotes."""
        if all(word.exact for word in phrase.words):
            return self.say("exact", word=phrase.label)
        if len(phrase.words) == 1 and not phrase.quoted:
            return self._word(phrase.words[0], phrase.label)
        return f"“{phrase.written}”"

    def _pattern(self, word: Word, label: str) -> str:
        if word.wild.count("*") > 1 or not word.wild.endswith("*"):
            return self.say("fits", word=label)
        return self.say("begins" if self.with_forms else "begins_short", word=label.rstrip("*"))

    def _word(self, word: Word, label: str) -> str:
        if word.wild:
            return self._pattern(word, label)
        forms = word.forms[1:]
        if not forms or not self.with_forms:
            return label
        shown = ", ".join(sorted(forms, key=lambda form: (len(form), form))[:MOST_FORMS])
        return self.say("forms" if len(forms) <= MOST_FORMS else "more_forms", word=label, forms=shown)

    def _field(self, node: Field) -> str:
        match node:
            case InPlace(_, name):
                return self.say("place", place=name)
            case InOffice(office):
                return self.say("office", office=office)
            case Around():
                place = self.say("zip", zip=node.name) if node.name.isdigit() else node.name
                return self.say("near", distance=f"{node.distance:g}", unit=self.say(node.unit), place=place)
            case Published(first, last):
                code = "since" if last is None else "between" if first else "before"
                return self.say(code, first=first, last=last)
            case Fact(name, value):
                return self.say(name, value=self.book.called(name, value))

    def _join(self, parts: Iterable[str], word: str) -> str:
        return joined(self.book, parts, word)
