"""subscribers, unsubscribe, reactivate."""

from typing import Annotated, Any

import typer

from alerts.locale import in_words
from alerts.settings import mail_address
from crawler.model import IcewireError, Why
from scheduler import show
from scheduler.deployment import open_deployment

EVERY = "every story"  # how an empty search reads


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(unsubscribe)
    app.command()(subscribers)
    app.command()(reactivate)


def unsubscribe(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose digests end.")],
    search: Annotated[
        str | None, typer.Argument(help="Only this search, as `icewire subscribers` shows it.", show_default=False)
    ] = None,
) -> None:
    """End all digests to an address, which is erased within 7 days; or end one of its searches."""
    deployment = open_deployment(context.obj)
    known = deployment.members.subscriber(smtp_address(email))
    if known is None or known[0].id is None:
        raise IcewireError(f"{email} is not subscribed; `icewire subscribers` lists who is")
    subscriber, searches = known
    if search is None:
        deployment.members.leave(known[0].id, deployment.clock())
        show.say(f"{subscriber.email} gets no more mail and is erased within 7 days.")
        return
    found = [s for s in searches if (s.query or EVERY) == (search or EVERY)]
    if not found:
        raise IcewireError(f"{email} has no search {search!r}; `icewire subscribers` lists them")
    deployment.members.remove_search(found[0].id or 0)
    show.say(f"{subscriber.email} no longer looks for: {search or EVERY}")


def subscribers(context: typer.Context, as_json: show.JsonFlag = False) -> None:
    """Who gets a digest, when, and for what."""
    deployment = open_deployment(context.obj)
    found: list[dict[str, Any]] = [
        {
            "email": s.email,
            "state": s.state,
            "because": in_words(Why(s.bounced_because, s.bounced_because_args)),
            "at": s.digest_at,
            "timezone": s.timezone,
            "searches": [q.query for q in searches],
            "names": [q.name for q in searches],
            "channels": [q.channel_id for q in searches],
        }
        for s, searches in deployment.members.subscribers()
    ]
    if as_json:
        show.data(found)
    elif not found:
        show.say('Nobody yet: icewire subscribe you@example.org "raid OR arrest"')
    for one in () if as_json else found:
        why = f": {one['because']}" if one["because"] else ""
        state = "" if one["state"] == "active" else f" ({one['state']}{why})"
        show.say(f"{one['email']}{state}, at {one['at']} {one['timezone']}")
        for query, name, channel in zip(one["searches"], one["names"], one["channels"], strict=True):
            way = f"  → channel {channel}" if channel else ""
            show.say(f"  {query or EVERY}{f' (“{name}”)' if name else ''}{way}")


def reactivate(
    context: typer.Context, email: Annotated[str, typer.Argument(help="Whose digests begin again.")]
) -> None:
    """Mail again to an address that was left alone (“bounced”), because its server said that nobody has it."""
    deployment = open_deployment(context.obj)
    known = deployment.members.subscriber(smtp_address(email))
    if known is None or known[0].id is None:
        raise IcewireError(f"{email} is not subscribed; `icewire subscribers` lists who is")
    subscriber = deployment.members.reactivate(known[0].id)
    show.say(f"{subscriber.email} gets digests again; the next one comes within a minute of `icewire run`.")


def smtp_address(email: str) -> str:
    """The address as SMTP writes it, in small letters; a reader may be wherever the sender may be.

    Raises IcewireError when it is none.
    """
    try:
        return mail_address(email.strip()).lower()
    except ValueError as error:
        raise IcewireError(str(error)) from error
