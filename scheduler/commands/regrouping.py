"""stories merge, stories split: a person puts right what grouping got wrong, and it stays so."""

from typing import Annotated, Any

import typer

from crawler.store import UnknownStory, merge_by_hand, split_by_hand
from scheduler import show
from scheduler.deployment import Deployment, open_deployment


def add_to(group: typer.Typer) -> None:
    """Register the commands."""
    group.command()(merge)
    group.command()(split)


def merge(
    context: typer.Context,
    into: Annotated[int, typer.Argument(metavar="STORY", help="The story that stays, by its number.")],
    others: Annotated[list[int], typer.Argument(metavar="OTHER…", help="Stories that tell of the same event.")],
    as_json: show.JsonFlag = False,
) -> None:
    """Say that stories tell of one event. Later runs leave it so, and nobody is mailed it twice."""
    deployment = open_deployment(context.obj)
    with show.failures(as_json):
        merge_by_hand(deployment.engine, into, others, deployment.clock())
        _tell(deployment, [into], as_json)


def split(
    context: typer.Context,
    story: Annotated[int, typer.Argument(metavar="STORY", help="The story, by its number.")],
    addresses: Annotated[list[str], typer.Argument(metavar="URL…", help="Its articles that tell of another event.")],
    as_json: show.JsonFlag = False,
) -> None:
    """Say that articles of a story tell of another event. Copies go with their original; later runs leave it so."""
    deployment = open_deployment(context.obj)
    with show.failures(as_json):
        ids = [_article(deployment, address) for address in addresses]
        new = split_by_hand(deployment.engine, story, ids, deployment.clock())
        _tell(deployment, [story, new], as_json)


def _article(deployment: Deployment, address: str) -> int:
    article = deployment.store.article_at(address)
    if article is None or article.id is None:
        raise UnknownStory(f"no article is stored at {address}; `icewire explain {address}` says why")
    return article.id


def _tell(deployment: Deployment, story_ids: list[int], as_json: bool) -> None:
    views = deployment.store.views(story_ids)
    if as_json:
        told: list[dict[str, Any]] = [
            {"id": v.story.id, "title": v.lead.article.title, "articles": [r.article.link for r in v.reports]}
            for v in views
        ]
        show.data(told)
        return
    for view in views:
        show.say(f"story {view.story.id}: {view.lead.article.title}")
        for report in view.reports:
            show.say(f"  {report.source.name}: {report.article.link}")
