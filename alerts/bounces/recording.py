"""What follows of a mail in the box for bounces: whose it is, and what is recorded of that."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from alerts.bounces.bounce import Bounce
from alerts.bounces.return_path import GOOD_FOR, ReturnPaths
from alerts.mail import Effect, find_sent, record_returned, told_as
from alerts.people import Delivery
from crawler.model import Why, because

# recorded: it was news. known: there is nothing more to record, as we know it, or it waits, or its reader is forgotten.
# strange: it is no report, or of no mail of ours; a person may look at it.
Outcome = Literal["recorded", "known", "strange"]

_EFFECTS: dict[str, Effect] = {"recipient": "nobody", "us": "us", "mail": "unwelcome"}


def effect_of(bounce: Bounce) -> Effect | None:
    """What a report leads to; None when it leads to nothing."""
    if bounce.kind == "complaint":
        return "complaint"
    if bounce.kind == "none" or not bounce.final:
        return None
    return _EFFECTS.get(bounce.about, "unreached")


def why_of(bounce: Bounce) -> Why:
    """The reason as it is shown."""
    if bounce.kind == "complaint":
        return because("called_spam")
    answer = because("mail_returned", status=bounce.status, said=bounce.said)
    return told_as(bounce.about, answer, f"{bounce.status} {bounce.said}")


def record_bounce(engine: Engine, bounce: Bounce, paths: ReturnPaths, domain: str, now: datetime) -> Outcome:
    """Record what a report says of a mail of ours; `domain` is that of our Message-IDs.

    Whoever wrote it: it counts by the token of that mail's return path, or by the Message-ID of a mail that we sent to
    the very address that it names. One with a token that is not genuine counts for nothing.
    """
    if bounce.kind == "none":
        return "strange"
    tokens = paths.tokens(bounce.sent_to)
    names = [name for token in tokens if (name := paths.name_of(token))]
    if tokens and not names:
        return "strange"
    delivery = _delivery(engine, bounce, names, domain, now)
    if delivery is None or delivery.id is None:
        return "known" if names else "strange"
    effect = effect_of(bounce)
    recorded = effect is not None and record_returned(engine, delivery.id, effect, why_of(bounce), now)
    return "recorded" if recorded else "known"


def _delivery(engine: Engine, bounce: Bounce, names: list[str], domain: str, now: datetime) -> Delivery | None:
    since = now - GOOD_FOR
    if names:
        return find_sent(engine, [f"<{name}@{domain}>" for name in names], since)
    return find_sent(engine, bounce.message_ids, since, bounce.recipients)
