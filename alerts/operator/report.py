"""What is wrong with the sources, and whom no mail reaches, as one mail a day to the operator; no reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from alerts.digest import Post, instant
from alerts.locale import in_words, said_day
from alerts.mail import Envelope, Letter, delivery_of, new_message, render, sender_domain, sender_refusals, styled
from alerts.people import Delivery, Subscriber, Unreached
from alerts.settings import MailSettings
from crawler.model import Source, Trouble, Why
from crawler.places import STATES
from crawler.watch import Troubles, Untold, mark_told

_HEADINGS = (
    ("failing", "Cannot be read"),
    ("silent", "Silent"),
    ("flood", "More links than there is room for"),
    ("less", "Much less than usual"),
    ("more", "Much more than usual"),
)


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """One source and what to know of it."""

    name: str
    url: str
    source_id: str
    said: str


@dataclass(frozen=True, slots=True)
class StatePart:
    """The sources of one state (its name): troubles that are new by kind, and those that are over."""

    state: str
    new: tuple[tuple[str, tuple[TroubleLine, ...]], ...]
    over: tuple[TroubleLine, ...]


@dataclass(frozen=True, slots=True)
class TroubleReport:
    """What the operator is told on a day."""

    day: date
    parts: tuple[StatePart, ...]
    new: int
    over: int
    open: int  # troubles told earlier that go on
    bounced: tuple[tuple[str, str], ...] = ()  # addresses that get no more mail, and what their servers said
    complained: tuple[str, ...] = ()  # addresses whose owners called a mail spam, and who get no more
    refusing: tuple[tuple[str, str], ...] = ()  # domains that refuse mail because of us, and why

    @property
    def summary(self) -> str:
        """The figures in one clause: "3 sources in trouble, 1 well again"."""
        gone, refusing = len(self.bounced) + len(self.complained), len(self.refusing)
        left_alone = f"{gone} {'address gets' if gone == 1 else 'addresses get'} no more mail" if gone else ""
        ours = f"{refusing} {'server refuses' if refusing == 1 else 'servers refuse'} your mail" if refusing else ""
        return ", ".join(part for part in (ours, self._sources, left_alone) if part)

    @property
    def _sources(self) -> str:
        new = f"{self.new} {'source' if self.new == 1 else 'sources'} in trouble" if self.new else ""
        well = "well again" if self.new else f"{'source is' if self.over == 1 else 'sources are'} well again"
        return ", ".join(part for part in (new, f"{self.over} {well}" if self.over else "") if part)

    @property
    def subject(self) -> str:
        """The mail's subject."""
        return f"icewire: {self.summary}"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What is new of mails that did not arrive: who gets no more, who complained, which domains refuse us and why."""

    bounced: Sequence[Subscriber] = ()
    complained: Sequence[Subscriber] = ()
    refusing: Sequence[tuple[str, int, Why]] = ()

    def __bool__(self) -> bool:
        return bool(self.bounced or self.complained or self.refusing)


def trouble_report(untold: Untold, day: date, timezone: str, undelivered: Undelivered = Undelivered()) -> TroubleReport:
    """Group what is untold by state and kind; a recovery is dated in `timezone`."""
    parts = []
    known = {source.state for _, source in (*untold.new, *untold.over)}
    for code in sorted(known, key=lambda code: STATES.get(code, "~")):  # the nation last
        new = [(t, s) for t, s in untold.new if s.state == code]
        over = tuple(_line(s, _recovery(t, day, timezone)) for t, s in untold.over if s.state == code)
        parts.append(StatePart(STATES.get(code, "Nationwide"), _by_kind(new), over))
    new_sources, over_sources = (len({s.id for _, s in told}) for told in (untold.new, untold.over))
    gone = tuple((s.email, in_words(Why(s.bounced_because, s.bounced_because_args))) for s in undelivered.bounced)
    complained = tuple(s.email for s in undelivered.complained)
    refusing = tuple((domain, in_words(why)) for domain, _, why in undelivered.refusing)
    return TroubleReport(day, tuple(parts), new_sources, over_sources, untold.open, gone, complained, refusing)


def operator_message(told: TroubleReport, envelope: Envelope, settings: MailSettings) -> EmailMessage:
    """The mail of a report: text and HTML. It has nothing to unsubscribe from: mail.operator is the operator's own."""
    message = new_message(told.subject, envelope, settings)
    message.set_content(render(__package__, "operator.txt", report=told))
    message.add_alternative(styled(render(__package__, "operator.html", report=told)), subtype="html")
    return message


def queue_report(post: Post, troubles: Troubles, now: datetime) -> bool:
    """Queue the day's mail when there is something to tell; False when there is not, it is early, or it was queued.

    It leaves at the hour of the digests or later, at most once a local day. That it was told is recorded in the
    transaction that queues it.
    """
    recipient, zone = post.mail.operator.strip().lower(), post.digest.timezone
    day = now.astimezone(ZoneInfo(zone)).date()
    if not recipient or now < instant(day, post.digest.at, zone):
        return False
    untold, last = troubles.untold(now), post.deliveries.last_queued("operator")
    refusing = sender_refusals(post.deliveries.engine, last)
    unreached = Unreached(post.members.engine)
    undelivered = Undelivered(unreached.bounced(last), unreached.complained(last), refusing)
    if not (untold.new or untold.over or undelivered):
        return False
    message_id = post.links.message_id(sender_domain(post.mail), "operator", day)
    message = operator_message(
        trouble_report(untold, day, zone, undelivered), Envelope(recipient, message_id, now), post.mail
    )
    return _queue(troubles, untold, Letter("operator", recipient, message_id, message.as_bytes()), now)


def _queue(troubles: Troubles, untold: Untold, letter: Letter, now: datetime) -> bool:
    with Session(troubles.engine) as session:
        if session.exec(select(Delivery.id).where(Delivery.message_id == letter.message_id)).first():
            return False
        session.add(delivery_of(letter, None, now))
        mark_told(session, untold, now)
        try:
            session.commit()
        except IntegrityError:  # another process queued it at the same moment
            return False
        return True


def _by_kind(new: Sequence[tuple[Trouble, Source]]) -> tuple[tuple[str, tuple[TroubleLine, ...]], ...]:
    kinds = [kind for kind, _ in _HEADINGS]
    ordered = sorted(new, key=lambda told: kinds.index(told[0].kind))  # stable: by name within a kind
    named = dict(_HEADINGS)
    grouped = groupby(ordered, key=lambda told: told[0].kind)
    return tuple((named[kind], tuple(_line(s, _words(t)) for t, s in told)) for kind, told in grouped)


def _line(source: Source, said: str) -> TroubleLine:
    return TroubleLine(source.name, source.homepage, source.id, said)


def _recovery(trouble: Trouble, today: date, timezone: str) -> str:
    assert trouble.over_at
    since = trouble.over_at.astimezone(ZoneInfo(timezone))
    return f"since {said_day(since, today)}; it was: {_words(trouble)}"


def _words(trouble: Trouble) -> str:
    return in_words(Why(trouble.said, trouble.said_args))
