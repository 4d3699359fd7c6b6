"""stories, and how a story is listed; its own commands stand in files of their own."""

from typing import Annotated, Any

import typer

from crawler.store import StoryView
from crawler.text import stored
from scheduler import show
from scheduler.commands import choosing, regrouping
from scheduler.deployment import Deployment, open_deployment


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(stories)
    regrouping.add_to(group)
    choosing.add_to(group)
    app.add_typer(group, name="stories")


def stories(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 30,
    as_json: show.JsonFlag = False,
) -> None:
    """The stories on the topic, the last published first; below are commands for single ones."""
    if context.invoked_subcommand:
        return
    deployment = open_deployment(context.obj)
    found = [row_of(v, deployment) for v in deployment.store.stories(limit=limit)]
    empty = f"No stories yet in {deployment.settings.data.resolve()}; `icewire crawl` looks for some."
    print_stories(found, as_json, empty)
    more = deployment.store.counts()["stories"] - len(found)
    if more > 0 and not as_json:
        show.say(f"{show.count(more, 'older story', 'older stories')} more; --limit {limit + more} shows all")


def print_stories(found: list[dict[str, Any]], as_json: bool, empty: str) -> None:
    """Stories as a list to read, or as JSON."""
    if as_json:
        show.data(found)
    elif not found:
        show.say(empty)
    for story in () if as_json else found:
        show.title(story["title"])
        others = f", also {', '.join(story['newsrooms'])}" if story["newsrooms"] else ""
        copies = f", {show.count(story['copies'], 'copy', 'copies')}" if story["copies"] else ""
        where = f"{story['place']} · " if story["place"] else ""
        show.say(f"  story {story['id']} · {where}{story['date']} · {story['outlet']}{others}{copies}")
        if story.get("window"):
            show.say(f"  “{story['window']}”")
        if story.get("matched"):
            show.say(f"  matched: {', '.join(story['matched'])}")
        gone = f"  (page gone since {story['gone_at']:%Y-%m-%d}, 404 or 410)" if story["gone_at"] else ""
        show.say(f"  {story['url']}{gone}")


def row_of(view: StoryView, deployment: Deployment) -> dict[str, Any]:
    """A story as a row of a list, with every field that `--json` shows."""
    article = view.lead.article
    published = stored(article.published_at, article.day_only)
    return {
        "id": view.story.id,
        "date": show.local(published.value if published else article.fetched_at, deployment.settings.digest.timezone),
        "place": view.place,
        "title": article.title,
        "outlet": view.lead.source.name,
        "newsrooms": list(view.newsrooms),
        "copies": view.copies,
        "kind": view.lead.verdict.kind,
        "kinds": list(view.lead.verdict.kinds),
        "language": article.language,
        "url": article.link,
        "published_at": published and published.value,
        "opened_at": view.story.opened_at,
        "gone_at": article.gone_at,
        "reports": [
            {
                "outlet": r.source.name,
                "url": r.article.link,
                "title": r.article.title,
                "copy": r.verdict.copy_of is not None,
                "gone_at": r.article.gone_at,
            }
            for r in view.reports
        ],
    }
