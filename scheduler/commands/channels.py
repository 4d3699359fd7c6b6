"""channels: where else than into the mail stories go."""

import secrets
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.locale import in_words
from crawler.model import IcewireError, Why
from scheduler import show
from scheduler.commands.people import EVERY, example_search, smtp_address
from scheduler.deployment import Deployment, open_deployment

if TYPE_CHECKING:
    from alerts.people import Channel

_Number = Annotated[int, typer.Argument(help="Its number in `icewire channels list`.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True)
    for name, command in (("add", add), ("list", list_channels), ("test", test), ("remove", remove)):
        group.command(name)(command)
    app.add_typer(group, name="channels", help="Where else than into the mail stories go: webhooks, chats.")


def add(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose searches may go there.")],
    kind: Annotated[str, typer.Argument(help="webhook or chat.")],
    address: Annotated[
        str,
        typer.Argument(help="Where it posts to, e.g. https://hooks.paper.example/icewire or slack://…; - = read it."),
    ],
) -> None:
    """Add a channel for somebody who has a search, and show the secret that signs what is posted: once."""
    from alerts.channels import chat_address, new_secret, webhook_address

    deployment = open_deployment(context.obj)
    known = deployment.members.subscriber(smtp_address(email))
    if known is None or known[0].id is None:
        raise IcewireError(f"{email} is not subscribed; `icewire subscribers` lists who is")
    if kind not in ("webhook", "chat"):
        raise IcewireError(f"{kind!r} is no kind of channel; there are webhook and chat")
    given, settings = sys.stdin.readline().strip() if address == "-" else address, deployment.settings.crawl
    now, owner = deployment.clock(), known[0].id
    if kind == "webhook":
        channel = deployment.channels.add(owner, "webhook", webhook_address(given, settings), new_secret(), now)
    else:
        channel = deployment.channels.add(owner, "chat", chat_address(given, settings), "", now)
    show.say(f"channel {channel.id}: {channel.called}, for {known[0].email}")
    if channel.secret:
        show.say(f"Its secret, which is never shown again: {channel.secret}")
    show.say(f"See whether it works: icewire channels test {channel.id}")
    search = f"'{example_search()}' --channel {channel.id}"
    show.say(f"Send a search there:  icewire subscribe {known[0].email} {search}")


def list_channels(context: typer.Context, as_json: show.JsonFlag = False) -> None:
    """The channels, whose they are, which searches go there, and which are off and why."""
    deployment = open_deployment(context.obj)
    found: list[dict[str, Any]] = [
        {
            "id": channel.id,
            "channel": channel.called,
            "email": person.email,
            "state": "off" if channel.off_at else "on",
            "why": in_words(Why(channel.off_because, channel.off_because_args)),
            "searches": [search.query for search in searches],
        }
        for channel, person, searches in deployment.channels.everybodys()
    ]
    if as_json:
        show.data(found)
    elif not found:
        show.say("No channel yet: icewire channels add EMAIL webhook https://hooks.paper.example/icewire")
    for one in () if as_json else found:
        show.say(_line(one))
        for query in one["searches"]:
            show.say(f"  {query or EVERY}")


def _line(one: dict[str, Any]) -> str:
    why = f" ({one['why']})" if one["why"] else ""
    return f"{one['id']}  {one['channel']}, for {one['email']}: {one['state']}{why}"


def test(context: typer.Context, number: _Number) -> None:
    """Post a signed test event at once. One that is off is switched on again when it takes it."""
    deployment = open_deployment(context.obj)
    channel = _known(deployment, number)
    try:
        deployment.poster.try_out(channel, f"msg_{secrets.token_hex(16)}")
    except IcewireError as error:
        raise IcewireError(f"channel {number} ({channel.called}) did not take it: {in_words(error.why)}") from error
    show.say(f"channel {number} ({channel.called}) took a test event.")
    if channel.off_at:
        deployment.channels.switch_on(number)
        show.say("It is on again; send searches there with icewire subscribe EMAIL SEARCH --channel.")


def remove(context: typer.Context, number: _Number) -> None:
    """Forget a channel. What it did not take comes by mail, and so does what its searches find."""
    deployment = open_deployment(context.obj)
    channel = _known(deployment, number)
    deployment.channels.remove(number)
    show.say(f"channel {number} ({channel.called}) is gone; its searches come by mail.")


def way_out(deployment: Deployment, email: str, said: str) -> "Channel | None":
    """The channel that `--channel` means; None for the mail. Raises IcewireError."""
    if said in ("", "mail"):
        return None
    channel = deployment.channels.channel(int(said)) if said.isascii() and said.isdecimal() else None
    known = deployment.members.subscriber(email)
    if channel is None or known is None or channel.subscriber_id != known[0].id:
        raise IcewireError(f"--channel: {email} has no channel {said!r}; `icewire channels list` tells who has which")
    if channel.off_at:
        raise IcewireError(f"--channel: channel {said} is off; `icewire channels test {said}` switches it on again")
    return channel


def _known(deployment: Deployment, number: int) -> "Channel":
    channel = deployment.channels.channel(number)
    if channel is None:
        raise IcewireError(f"there is no channel {number}; `icewire channels list` shows them")
    return channel
