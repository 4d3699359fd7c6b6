"""A check of the topic for a person: figures, and each story that is judged otherwise, with what speaks for it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scheduler.checking.check import Checked, Figures, JudgedStory
from scheduler.checking.labelled import Fault
from scheduler.explain.explained import around
from scheduler.show import count, say, title

_MOST_EVIDENCE = 5
# What keeps a story out: the ceilings of the topic, and the two ways in which the sum falls short.
KEPT_OUT: Mapping[str, str] = {
    "undecided": "nothing in it can decide: the topic is neither named nor seen at work",
    "roundup": "its title says that it holds many stories",
    "listed": "the topic is one item of a list of other things",
    "neighbours": "another agency acts more than the one of the topic, which the title does not name",
    "abroad": "another country acts, or it is long ago, and the agency is not named",
    "others": "its title is of show business, the press, money or the like",
    "talk": "the topic is only what somebody talks of: nothing is done",
    "crime": "federal agents look for something else than people",
    "outweighed": "what speaks against it outweighs what speaks for it",
    "too_little": "too little speaks for it",
}


def print_checked(name: str, checked: Checked, faults: Sequence[Fault], terms: str) -> None:
    """Print what a check found; `terms` names the other topic file, if there is one."""
    unsure = f", {checked.unsure} more left out as unsure" if checked.unsure else ""
    say(f"{name}: {count(len(checked.stories), 'story', 'stories')} judged{unsure}")
    say(_in_words("", checked.figures))
    _print_share("kind", *checked.kinds)
    _print_share("places", *checked.places)
    if terms and (other := checked.other_figures):
        say(_in_words(f"with {terms}: ", other))
    _print_stories("Judged otherwise than labelled", checked.wrong, _wrong)
    if terms:
        _print_stories(f"What {terms} would change", checked.changed, _change)
    _print_differences("kind", checked.kinds[0])
    _print_differences("places", checked.places[0])
    for fault in faults:
        say(f"{name}, line {fault.line}: {fault.said}")
    if faults:
        say(f"{count(len(faults), 'story', 'stories')} could not be taken and {'is' if len(faults) == 1 else 'are'} "
            "in no figure")  # fmt: skip


def as_json(name: str, checked: Checked, faults: Sequence[Fault], terms: str) -> dict[str, Any]:
    """The same for programs, with every key."""
    other = checked.other_figures if terms else None
    return {
        "file": name,
        "stories": len(checked.stories),
        "unsure": checked.unsure,
        **checked.figures.as_json(),
        "kind": _shares(*checked.kinds),
        "places": _shares(*checked.places),
        "wrong": [judged.as_json() for judged in checked.wrong],
        "other_kind": [
            _line(one) | {"said": list(one.story.kinds), "judged": list(one.verdict.kinds)} for one in checked.kinds[0]
        ],
        "other_places": [
            _line(one) | {"said": list(one.story.places or ()), "judged": list(one.places)} for one in checked.places[0]
        ],
        "terms": other and {"file": terms, **other.as_json(), "changes": [_changed(one) for one in checked.changed]},
        "faults": [{"line": fault.line, "said": fault.said} for fault in faults],
    }


def _line(one: JudgedStory) -> dict[str, Any]:
    return {"line": one.story.line, "title": one.story.title}


def _changed(one: JudgedStory) -> dict[str, Any]:
    better = not one.is_right
    return _line(one) | {"label": one.story.label, "now": one.verdict.label, "then": one.otherwise, "better": better}


def _shares(wrong: Sequence[JudgedStory], of: int) -> dict[str, int]:
    return {"same": of - len(wrong), "of": of}


def _in_words(head: str, found: Figures) -> str:
    shown = "  ".join(
        f"{name} {'–' if value is None else f'{value:.3f}'}"
        for name, value in (("precision", found.precision), ("recall", found.recall), ("F1", found.f1))
    )
    alarms = count(found.false_alarms, "false alarm")
    return f"{head}{shown}  ({found.found} of {found.activity} about the topic found, {alarms})"


def _print_share(name: str, wrong: Sequence[JudgedStory], of: int) -> None:
    if of:
        say(f"{name}: the same in {of - len(wrong)} of {of}")


def _print_stories(head: str, stories: Sequence[JudgedStory], told: Any) -> None:
    say("")
    title(f"{head}: {len(stories) or 'none'}")
    for one in stories:
        say(f"  {told(one)}, line {one.story.line}, score {one.verdict.score:.2f}: {one.story.title or '(no title)'}")
        if one.kept_out_by:
            say(f"    kept out: {KEPT_OUT.get(one.kept_out_by, one.kept_out_by)}")
        for line in _evidence(one.verdict.evidence):
            say(f"    {line}")


def _wrong(one: JudgedStory) -> str:
    return "missed" if one.story.label == "activity" else "false alarm"


def _change(one: JudgedStory) -> str:
    way = "comes in" if one.otherwise == "activity" else "goes out"
    return f"{way} ({'wrong' if one.is_right else 'right'}: labelled {one.story.label})"


def _evidence(found: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for e in found[:_MOST_EVIDENCE]:
        where = "headline" if e["where"] == "title" else e["where"]
        yield f"{e['weight']:+.2f}  “{e['term']}” in the {where}: {around(e['sentence'], e['term'])}"
    if not found:
        yield "nothing in it speaks for the topic"


def _print_differences(name: str, stories: Sequence[JudgedStory]) -> None:
    for one in stories:
        said = "; ".join(one.story.kinds if name == "kind" else one.story.places or ())
        judged = "; ".join(one.verdict.kinds if name == "kind" else one.places)
        say(f"  {name}, line {one.story.line}: {said or 'none'}, judged {judged or 'none'}: {one.story.title}")
