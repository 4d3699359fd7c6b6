"""stories follow, stories mute: one story that somebody wants to hear of, or not."""

from typing import Annotated

import typer

from alerts.people import StoryChoices
from crawler.model import IcewireError
from crawler.store import StoryView
from scheduler import show
from scheduler.commands.people import subscribed
from scheduler.deployment import Deployment, open_deployment

_Story = Annotated[int, typer.Argument(metavar="STORY", help="The story, by its number in `icewire stories`.")]
_Email = Annotated[str, typer.Argument(help="Who follows or mutes it.")]
_LONGEST_NAME = 120


def add_to(group: typer.Typer) -> None:
    """Register the commands."""
    group.command()(follow)
    group.command()(mute)


def follow(
    context: typer.Context,
    story: _Story,
    email: _Email,
    off: Annotated[bool, typer.Option("--off", help="Follow it no longer.")] = False,
) -> None:
    """Tell somebody what develops in a story, whatever becomes of their searches."""
    deployment = open_deployment(context.obj)
    person, _ = subscribed(deployment, email)
    view, choices = _view(deployment, story), StoryChoices(deployment.engine)
    number, lead = view.story.id or 0, view.lead.article
    if not off:
        choices.follow(person.id or 0, number, lead.id or 0, lead.title[:_LONGEST_NAME], deployment.clock())
        show.say(f"{person.email} follows story {number}, {lead.title}")
    elif not choices.unfollow(person.id or 0, number):
        raise IcewireError(f"{person.email} does not follow story {number}; `icewire subscribers` shows who does")
    else:
        show.say(f"{person.email} follows story {number} no longer.")


def mute(
    context: typer.Context,
    story: _Story,
    email: _Email,
    off: Annotated[bool, typer.Option("--off", help="Tell of it again, also what was found meanwhile.")] = False,
) -> None:
    """Tell somebody nothing more of a story, whichever of their searches meets it."""
    deployment = open_deployment(context.obj)
    person, _ = subscribed(deployment, email)
    view, choices = _view(deployment, story), StoryChoices(deployment.engine)
    number = view.story.id or 0
    if not off:
        choices.mute(person.id or 0, number, deployment.clock())
        show.say(f"{person.email} hears nothing more of story {number}, {view.lead.article.title}")
    elif not choices.unmute(person.id or 0, number):
        raise IcewireError(f"{person.email} has not muted story {number}")
    else:
        show.say(f"{person.email} hears of story {number} again.")


def _view(deployment: Deployment, story: int) -> StoryView:
    if views := deployment.store.views([story]):
        return views[0]
    raise IcewireError(f"there is no story {story}, or it was merged into another; `icewire stories` lists them")
