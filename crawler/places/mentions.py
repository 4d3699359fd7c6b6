"""Where a text names places, and how each is spoken of."""

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from crawler.places.context import Mention, Surroundings
from crawler.places.gazetteer import Gazetteer, shortened
from crawler.places.passage import ReadText
from crawler.places.spelling import COMPASS
from crawler.text import fold

_JOIN = re.compile(r"[ \t\u00a0]?[-–.]?[ \t\u00a0]?(?:[Dd]e )?")
_SMALL = {"of", "by", "the", "de", "la", "las", "los", "del", "du", "and", "upon", "on", "in"}
# What a building is, written small: "Boston FBI field office", "Butler County jail".
_BUILDING = {
    "field",
    "office",
    "jail",
    "prison",
    "detention",
    "center",
    "facility",
    "processing",
    "correctional",
    "building",
}
_QUARTER = {"neighborhood", "section"}
_SAYS = {"said", "says", "told", "wrote", "added", "recalled", "dijo", "explained"}
_ANOTHER = {"one", "another", "others", "and", "y", "otro", "otra", "otros", "otras"}
_OF_STATE = {"in", "across", "throughout", "around", "en"}
# "A crowd marched in Ashland against what was done in": what it is about, not where.
_GATHERED = re.compile(
    r"\b(?:rall(?:y|ie[sd])|march(?:e[sd]|ers|ing)?|vigils?|gather(?:s|ed|ing)?|walk(?:s|ed)? out|walkouts?|crowds?|"
    r"demonstrat\w+|picket\w*|protest(?:s|ers)|marcha\w*|manifest\w+|protesta\w*|vigilia)\b"
)
_CAUSE = re.compile(
    r"\b(?:to (?:protest|denounce|condemn|oppose|decry)|protesting|denouncing|condemning|against|over|contra|por)\b"
    r"(?P<what>[^.;:!?]{0,90})\b(?:in|at|on|near|en|de) (?:the )?$"
)
_LISTING = {"and", "or", "y", "e", "o"}


def mentions(gazetteer: Gazetteer, title: str, text: str) -> list[Mention]:
    """Every name in title and text that may mean a place, in order, in one pass over the words."""
    read = ReadText(title, text)
    found: list[Mention] = []
    families, quarters = _families(read, gazetteer.language), _quarters(read)
    last_after = after = 0
    for i in _beginnings(gazetteer, read):
        if i < after:
            continue
        key, count = _name(gazetteer, read, i)
        after = i + count
        if not key:
            continue
        around = Surroundings(gazetteer, read, i, count, key, key in families, key in quarters)
        mention = around.mention(read.sentence_of(i))
        if mention:
            if found:
                mention = _after_another(mention, found[-1], read, last_after, i, gazetteer)
            found.append(mention)
            last_after = after
    return found


def _beginnings(gazetteer: Gazetteer, read: ReadText) -> list[int]:
    """The words, written as names are, that a known name may begin with."""
    abroad = {name.partition(" ")[0] for name in gazetteer.elsewhere}
    begins = {
        word
        for word in set(read.folded)
        if gazetteer.begins(word)
        or word in COMPASS
        or gazetteer.meanings(shortened(word))
        or word in abroad
        or (word.endswith("'s") and gazetteer.begins(word.removesuffix("'s")))
    }
    return [i for i, word in enumerate(read.folded) if word in begins and read.may_name(i)]


def _after_another(
    mention: Mention, last: Mention, read: ReadText, after: int, i: int, gazetteer: Gazetteer
) -> Mention:
    """The mention at word i in the light of the last one, which ended before word `after`."""
    if _is_beside(read, after, i):
        return replace(mention, relation="apart")  # "in Ellabell, near Savannah"
    if i == after and last.state and gazetteer.state_code(mention.key) == last.state:
        return replace(mention, relation=last.relation)
    if _continues_list(read, after, i):
        return _like(mention, last)
    if (
        mention.sentence == last.sentence
        and mention.relation == "scene"
        and _is_cause(mention, last, read, i, gazetteer)
    ):
        return replace(mention, relation="past")
    if read.preceding(i) in ("in", "en") and read.preceding(i, 2) in _ANOTHER and mention.sentence == last.sentence:
        return replace(
            mention, relation=last.relation
        )  # "a court in Boston has ruled for them and one in Denver against"
    if i == after + 1 and read.folded[after] == "in" and last.key in gazetteer.facilities:
        told = last.relation != "scene" and {m.place for m in last.meanings} & {m.place for m in mention.meanings}
        weight = 0.0 if told else mention.weight  # who is kept there is said once
        return replace(mention, relation=last.relation, weight=weight)  # "the Stewart Detention Center in Lumpkin"
    return mention


def _is_cause(mention: Mention, last: Mention, read: ReadText, i: int, gazetteer: Gazetteer) -> bool:
    """Whether people gather at the last name because of what happened at this one."""
    if not last.placed or last.relation != "scene" or last.key == mention.key:
        return False
    title = " ".join(read.keys[: read.title_words])
    if mention.key in title and last.key not in title:
        return False  # "Protest in Philadelphia": the last name is a part of it
    before = fold(read.whole[read.sentence_of(i).start : read.starts[i]])
    cause = _CAUSE.search(before)
    if not cause or not _GATHERED.search(before, 0, cause.start()) or not _BUILDING.isdisjoint(cause["what"].split()):
        return False  # what is built somewhere is not over
    return any(stem in cause["what"] for stem in gazetteer.language["event"])


def _is_beside(read: ReadText, after: int, i: int) -> bool:
    """Whether only a comma and "near" or the like stand between two names."""
    between = [
        word for word in read.folded[after:i] if word not in ("just", "de", "from", "west", "east", "north", "south")
    ]
    return i - after < 4 and between in (["near"], ["outside"], ["cerca"]) and read.gaps[after].startswith(",")


def _continues_list(read: ReadText, after: int, i: int) -> bool:
    """Whether only "," or "and" stands between the last name, which ended before word `after`, and word i."""
    if i == after + 1 and read.words[after] in _LISTING:
        return read.gaps[after].strip(" ,") == "" and read.gaps[i] == " "
    return i == after > 0 and read.gaps[i] == ", "


def _like(mention: Mention, last: Mention) -> Mention:
    """What stands in a list is spoken of as its first name is; not the state behind a city."""
    if mention.relation == "origin" or any(m.place.kind == "state" for m in (*mention.meanings, *last.meanings)):
        return mention
    return replace(mention, relation=last.relation, weight=0.95 * last.weight, placed=mention.placed or last.placed)


def _name(gazetteer: Gazetteer, read: ReadText, i: int) -> tuple[str, int]:
    """The longest known name that begins at word i, written as one, and its number of words; ("", 1) if none."""
    short = shortened(read.folded[i])
    if read.preceding(i) in _OF_STATE and read.gaps[i + 1].startswith(".") and gazetteer.meanings(short):
        return short, 1  # "a surge in Mass."
    most = 1
    while (
        most < 7
        and i + most < len(read.words)
        and (read.may_name(i + most) or read.words[i + most] in _SMALL or read.words[i + most] in _BUILDING)
        and (read.gaps[i + most] == " " or _JOIN.fullmatch(read.gaps[i + most]))
    ):
        most += 1
    written = read.folded[i : i + most]
    if most > 1:
        written[0] = COMPASS.get(written[0], written[0])
    tries = [written] + [
        [*written[: n - 1], read.keys[i + n - 1]] for n in range(1, most + 1) if written[n - 1].endswith("'s")
    ]
    for n in range(most, 1, -1):
        if " ".join(written[:n]) in gazetteer.elsewhere:
            return "", n
    count, tried = max(((gazetteer.longest(t, 0), t) for t in tries), key=lambda found: found[0])
    return " ".join(tried[:count]), max(count, 1)


def _families(read: ReadText, language: dict[str, frozenset[str]]) -> set[str]:
    """Family names that the text gives in full somewhere: "Ana Lowell said" makes a later "Lowell" a person."""
    never = language["before"] | language["locative"] | language["passing"] | language["institution"]
    found = {read.keys[i - 1] for i, word in enumerate(read.folded) if word in _SAYS and i and read.gaps[i] == " "}
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


def _quarters(read: ReadText) -> set[str]:
    """Names that the text gives to a part of a city: "Philadelphia's Juniata section", "the Salem section of"."""
    return {
        read.keys[i - 1]
        for i in range(2, len(read.words))
        if read.keys[i] in _QUARTER
        and read.capital[i - 1]
        and (read.folded[i - 2].endswith("'s") or (i + 1 < len(read.words) and read.words[i + 1] in ("of", "in")))
    }


def states_named(mentioned: Sequence[Mention], capital: Container[str]) -> dict[str, float]:
    """How strongly each state is named: by itself, or behind a city; never by a name of the federal `capital`."""
    votes: dict[str, float] = {}
    for mention in mentioned:
        codes = {m.place.state for m in mention.meanings if m.place.kind == "state"}
        code = mention.state or (codes.pop() if len(codes) == 1 and mention.key not in capital else "")
        if code:
            weight = 1.0 if mention.relation == "scene" else 0.3
            votes[code] = votes.get(code, 0.0) + weight * (1.0 if mention.part != "body" else 0.5)
    return votes
