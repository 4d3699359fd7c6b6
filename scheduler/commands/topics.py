"""topic check, topic corrections: for whoever tunes what icewire takes for its topic, or writes another."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler import show

if TYPE_CHECKING:
    from crawler.places import Home
    from crawler.store import RuledArticle
    from scheduler.settings import Settings


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="How well the topic is judged, by stories that you labelled.")
    group.command()(check)
    group.command()(corrections)
    app.add_typer(group, name="topic")


def check(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Labelled stories: JSON lines or CSV with title, text and label; without it the topic's own examples.",
            metavar="FILE",
        ),
    ] = None,
    topic: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Another topic than that of the settings: is it complete?")
    ] = None,
    terms: Annotated[
        Path | None,
        typer.Option(metavar="OTHER.toml", help="Other terms of the topic: which stories would they change?"),
    ] = None,
    as_json: show.JsonFlag = False,
) -> None:
    """Judge a file of labelled stories: precision, recall, F1, each story judged otherwise, and what keeps it out.

    A label is activity, mention or none; url, lang, source, kind, places and unsure may stand beside it. Before that
    the files of the topic are read, and what they lack is told. Without FILE, an example judged otherwise is an error.
    """
    from crawler.places import shipped as gazetteer
    from crawler.topic import choose, chosen
    from scheduler.checking.check import check as check_stories
    from scheduler.checking.checked import as_json as in_json
    from scheduler.checking.checked import print_checked
    from scheduler.checking.complete import examples, lacking, print_held
    from scheduler.checking.labelled import read_labelled
    from scheduler.clock import clock
    from scheduler.settings import load

    with show.failures(as_json):
        settings = load(context.obj)
        choose(topic or settings.watch.topic)
        subject = chosen()
        gazetteer()  # which reads what the topic says of places
        lacks = lacking(subject)
        labelled = read_labelled(file) if file else examples(subject)
        other = subject.with_terms(terms) if terms else None
        homes = _homes(settings) if any(story.source for story in labelled.stories) else {}
        checked = check_stories(labelled.stories, subject, clock(settings.clock_offset_seconds)(), homes, other)
    name, of = str(file or subject.folder), str(terms or "")
    if as_json:
        show.data(in_json(name, checked, labelled.faults, of) | {"lacking": list(lacks)})
    else:
        print_held(subject, lacks)
        print_checked(name, checked, labelled.faults, of)
    if labelled.faults or lacks or (not file and checked.wrong):
        raise typer.Exit(1)


def corrections(context: typer.Context, as_json: show.JsonFlag = False) -> None:
    """What was corrected by hand; with --json as lines that `icewire topic check` reads."""
    from crawler.store import all_ruled
    from scheduler.deployment import open_deployment

    deployment = open_deployment(context.obj)
    ruled = all_ruled(deployment.engine)
    for one in ruled:
        if as_json:
            show.line(_labelled(one))
        else:
            _print_ruled(one)
    if not ruled and not as_json:
        show.say("Nothing was corrected by hand; `icewire explain URL --wrong topic` is for what is judged wrong.")


def _homes(settings: "Settings") -> "Mapping[str, Home]":
    """Where the outlets of the registry are at home, by id."""
    from crawler.places import Home
    from crawler.registry import load_registry

    outlets = load_registry(settings.watch.shipped, settings.registry)
    return {one.id: Home(one.city, one.county, one.state, tuple(one.covers)) for one in outlets.values()}


def _labelled(one: "RuledArticle") -> dict[str, Any]:
    """A corrected story as a labelled one: what a person said is its truth, and of the label what holds."""
    from crawler.places import places_of

    article, verdict, ruled = one.article, one.verdict, {ruling.what for ruling in one.rulings}
    return {
        "title": article.title,
        "text": article.text,
        "label": verdict.label,
        "url": article.link,
        "lang": article.language,
        "source": article.source_id,
        **({"kind": ", ".join(verdict.kinds)} if "kind" in ruled else {}),
        **({"places": list(map(str, places_of(verdict)))} if "place" in ruled else {}),
        "corrected": {ruling.what: ruling.made_at for ruling in one.rulings},
        "judged": {name: value for ruling in one.rulings for name, value in ruling.judged.items()},
    }


def _print_ruled(one: "RuledArticle") -> None:
    from crawler.store import value_of

    show.title(one.article.title)
    for ruling in one.rulings:
        said, judged = value_of(ruling.said) or "none", value_of(ruling.judged) or "none"
        show.say(f"  {ruling.made_at:%Y-%m-%d}: the {ruling.what} is {said}; icewire says {judged}")
    show.say(f"  {one.article.link}")
