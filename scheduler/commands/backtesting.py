"""What a search would have brought, as `subscribe` tells it before it saves one."""

import sys
from typing import Any

import typer

from alerts.locale import in_words
from alerts.matching import MOST_A_DAY, BackTest, Period
from crawler.model import IcewireError
from crawler.store import StoryView
from scheduler import show
from scheduler.commands.stories import row_of
from scheduler.deployment import Deployment

HEADLINES = 10


def print_back_test(test: BackTest, deployment: Deployment) -> None:
    """How many stories the last 30 and 90 days had for a search, the newest of them, and the nearest misses."""
    if not test.quarter.looked_at:
        show.say("No story is stored yet that it could have met.")
        return
    busiest = test.month.busiest
    most = f", at most {busiest[1]} on one day ({busiest[0]})" if busiest and busiest[1] > 1 else ""
    show.say(f"In the last {_span(test.month)} it would have brought {_told(test.month)}{most}.")
    shown = test.stories_of_month[:HEADLINES]
    for view, _ in shown:
        show.say(f"  {_line(view, deployment)}")
    if (more := test.month.count - len(shown)) > 0:
        show.say(f"  and {more} more")
    if test.quarter.looked_at > test.month.looked_at:
        show.say(f"In the last {_span(test.quarter)}: {_told(test.quarter)}.")
    if test.misses:
        show.say("It would just have missed:")
    for miss in test.misses:
        show.say(f"  {_line(miss.view, deployment)}")
        show.say(f"    {'; '.join(clause.said() for clause in miss.why)}")
    if test.misses and not test.every_way_looked_at:
        show.say("  Not everything was looked at: there may be nearer ones.")


def back_test_row(test: BackTest, deployment: Deployment) -> dict[str, Any]:
    """The same for programs, with all that is known of each story."""
    return {
        "periods": [_period_row(period) for period in (test.month, test.quarter)],
        "today": test.today,
        "a_day": test.a_day,
        "heavy": test.heavy,
        "stories": [
            row_of(view, deployment) | {"matched": [in_words(term) for term in hit.hit.terms], "window": hit.window}
            for view, hit in test.stories
        ],
        "misses": [
            row_of(miss.view, deployment) | {"why": [clause.said() for clause in miss.why]} for miss in test.misses
        ],
        "misses_complete": test.every_way_looked_at,
    }


def ask_if_heavy(test: BackTest, yes: bool, may_ask: bool) -> None:
    """Let nobody save a search that floods them without knowing. Raises IcewireError, or typer.Exit for a no."""
    if not test.heavy or yes:
        return
    said = f"This search would have brought about {test.a_day} stories a day."
    if not may_ask or not sys.stdin.isatty():
        raise IcewireError(f"{said} More than {MOST_A_DAY} are only saved with --yes")
    if not typer.confirm(f"{said} Save it all the same?", default=False):
        show.say("Nothing was saved.")
        raise typer.Exit(1)


def _span(period: Period) -> str:
    """What was looked at, and why that is less than was asked for."""
    days = show.count(period.looked_at, "day").removeprefix("1 ")
    if period.looked_at == period.days:
        return days
    why = "as far as the archive goes back" if period.complete else "more would be too many to look at"
    return f"{days} ({why})"


def _told(period: Period) -> str:
    if not period.count:
        return "no story"
    often = period.rate()
    counted = show.count(period.count, "story", "stories") if period.complete else f"{period.count} or more stories"
    return counted if " in the last " in often else f"{counted}, {often}"


def _line(view: StoryView, deployment: Deployment) -> str:
    row = row_of(view, deployment)
    parts = (row["title"], row["outlet"], row["place"])
    return f"{row['date'][:10]}  {' · '.join(part for part in parts if part)}"


def _period_row(period: Period) -> dict[str, Any]:
    return {
        "days": period.days,
        "looked_at_days": period.looked_at,
        "count": period.count,
        "complete": period.complete,
        "rate": period.rate(),
        "busiest": period.busiest and {"day": str(period.busiest[0]), "count": period.busiest[1]},
    }
