"""Is a topic folder complete? What its files hold, and what one of them names that another lacks."""

from collections.abc import Iterator, Sequence

from alerts.locale import phrasebook
from crawler.changes import phrases_of
from crawler.places import offices_of
from crawler.topic import Subject, languages
from scheduler.checking.labelled import LabelledFile, LabelledStory
from scheduler.show import count, say


def examples(subject: Subject) -> LabelledFile:
    """The stories that stand in the topic's own folder, as a file of labelled ones."""
    numbered = enumerate(subject.examples, 1)
    return LabelledFile(tuple(LabelledStory(n, one.title, one.text, one.label) for n, one in numbered), ())


def lacking(subject: Subject) -> Sequence[str]:
    """What is missing, a sentence each; raises IcewireError for what is wrong in a file itself.

    All is read but how it speaks of places, which is read with the gazetteer.
    """
    subject.load()
    offices_of(subject)
    return [*_unnamed(subject), *_untold(subject)]


def _unnamed(subject: Subject) -> Iterator[str]:
    """Kinds, actors and the like that a language has no word for: a reader would see their codes."""
    actors = subject.actors
    counted = {kind for kind, _ in phrases_of(subject).counted}
    named = {
        "kinds": subject.kinds.names,
        "actors": actors.actors if actors else (),
        "words": actors.words if actors else (),
        "figures": sorted(counted - phrasebook("en").phrases["figures"].keys()),
    }
    for language in {"en": None} | dict.fromkeys(languages(subject)):  # others fall back on English
        wording = subject.wording(language)
        for table, codes in named.items():
            if missing := [code for code in codes if code not in getattr(wording, table)]:
                yield f"words.{language}.toml: [{table}] has no word for {', '.join(missing)}"


def _untold(subject: Subject) -> Iterator[str]:
    """Kinds of terms that no story can have, and examples that there are none of."""
    if strangers := subject.topic.kinds - set(subject.kinds.names):
        yield f"terms.toml: [kinds] known: {', '.join(sorted(strangers))} stands in no [kind] of kinds.toml"
    labels = {example.label for example in subject.examples}
    for label in ("activity", "none"):
        if label not in labels:
            yield f"examples.toml: there is no example of a story with the label {label}"


def print_held(subject: Subject, lacks: Sequence[str]) -> None:
    """Print what the folder holds and what it lacks."""
    actors = len(subject.actors.actors) if subject.actors else 0
    say(
        f"{subject.folder}: “{subject.wording('en').subject}”, "
        f"{count(subject.topic.groups, 'group', 'groups')} of terms, "
        f"{count(len(subject.kinds.names), 'kind', 'kinds')}, {count(actors, 'actor', 'actors')}, "
        f"words in {', '.join(languages(subject))}"
    )
    for lack in lacks:
        say(f"  {lack}")
