"""search."""

from typing import Annotated

import typer

from alerts.locale import in_words
from alerts.matching import search as search_archive
from alerts.query import parse
from crawler.model import IcewireError
from scheduler import show
from scheduler.commands.stories import print_stories, row_of
from scheduler.deployment import Deployment, open_deployment


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(search)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Like a subscription: 'courthouse arrest place:\"Waltham, MA\"'.")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 30,
    feed: Annotated[
        bool, typer.Option("--feed", help="Print the addresses of the query's feed: Atom and JSON Feed.")
    ] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Search the stories kept so far, in the language of the alerts; or say where its feed is."""
    with show.failures(as_json):
        deployment = open_deployment(context.obj)
        if feed:
            _print_addresses(deployment, query, as_json)
            return
        asked = parse(query, deployment.places, deployment.store.outlets() or None, deployment.clock().date())
        hits = search_archive(deployment.store, asked, limit)
        found = [
            row_of(v, deployment) | {"matched": [in_words(term) for term in h.hit.terms], "window": h.window}
            for v, h in hits
        ]
    found.sort(key=lambda row: row["date"], reverse=True)
    print_stories(found, as_json, "No story matches.")


def _print_addresses(deployment: Deployment, query: str, as_json: bool) -> None:
    """Where the feeds of a query are. Raises QueryError when it cannot be one."""
    from alerts.channels import FEED_PATHS, feed_address, open_query

    web = deployment.settings.web
    if not web.feeds:
        raise IcewireError("web.feeds is false, so the page shows no feeds")
    open_query(query, deployment.places, deployment.store.outlets() or None, deployment.clock().date())
    addresses = {form: feed_address(web.base_url, form, query) for form in FEED_PATHS}
    if as_json:
        show.data(addresses)
    for address in () if as_json else addresses.values():
        show.say(address)
    if not web.public_url:
        show.note("set web.public_url to the address under which others reach the page")
