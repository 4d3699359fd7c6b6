"""The nouns of who wants what, which are the tables. Times are aware and UTC.

Of a person we keep an address, its searches, channels, a time zone and a language: no name, IP, user agent, open or
click.
"""

from datetime import UTC, date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import JSON, Index, LargeBinary, String, UniqueConstraint
from sqlmodel import Field, Relationship, col

from crawler.model import TableRow, UTCDateTime

SubscriberState = Literal["pending", "active", "bounced", "left"]
# replaced: a newer digest has its stories; returned: it was taken and came back
DeliveryState = Literal["queued", "sending", "sent", "failed", "replaced", "returned"]
# account: a link that signs in, or that proves a new address
DeliveryKind = Literal["digest", "confirm", "account", "operator", "webhook", "chat"]
ChannelKind = Literal["webhook", "chat"]
PassKind = Literal["sign in", "session", "address", "address back"]

Cadence = Literal["daily", "weekly", "instant"]

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Subscriber(TableRow, table=True):
    """An e-mail address and when it wants its digest. Its id is in links that never expire: it is never used again."""

    # Its order gives the hours that are in use, and at each who is served least, without reading everybody.
    __table_args__ = (
        Index("subscriber_due", "state", "timezone", "digest_at", "served_until"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    timezone: str  # IANA name
    digest_at: str  # local time, "07:00"
    weekday: int = 0  # on which weekly searches come; Monday = 0
    language: str = "en"
    state: SubscriberState = Field(default="pending", sa_type=String)
    # Every digest that was due by then is made or had nothing to tell. It says what was done and foretells nothing,
    # so a new time zone database or a clock set back leaves it right; who asks for another hour begins with NEVER.
    served_until: datetime = Field(default=NEVER, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # no digests since then
    paused_until: date | None = None  # the local date of the first one again; None = they say when
    pause_drops: bool = False  # what is found meanwhile is not told; else it comes in that first one
    # Mails in a row that were refused because nobody has this address, and since when.
    refusals: int = 0
    refused_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    # Mails in a row that did not arrive as the box was full or not to be reached, and since when.
    returns: int = 0
    returned_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    bounced_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # no mail goes there since then
    bounced_because: str = ""  # the code of a Why: the last refusal, or why they were let go
    bounced_because_args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Pass(TableRow, table=True):
    """A secret that lets its holder in, as a hash: a mailed link that works once, or who is signed in."""

    __tablename__ = "pass"

    hashed: str = Field(primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    kind: PassKind = Field(sa_type=String)
    issued_at: datetime = Field(sa_type=UTCDateTime)
    until: datetime = Field(sa_type=UTCDateTime)
    email: str = ""  # of an "address" or the way back from it: whither the mails go from then on


class Channel(TableRow, table=True):
    """Where else than into the mail a subscriber wants stories. Its id is in what was posted: never used again."""

    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    kind: ChannelKind = Field(sa_type=String)
    url: str  # for a chat as Apprise writes it; whoever has it may post, so it is shown and logged nowhere
    secret: str = ""  # "whsec_…", which signs what is posted; shown once, when it is made
    created_at: datetime = Field(sa_type=UTCDateTime)
    off_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # nothing goes there since then
    off_because: str = ""  # the code of a Why
    off_because_args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)

    @property
    def called(self) -> str:
        """What a person knows it by; of a chat no more than its kind, as its address is made of secrets."""
        parts = urlsplit(self.url)
        return f"{self.kind} {parts.scheme if self.kind == 'chat' else parts.hostname}"


class Subscription(TableRow, table=True):
    """One saved keyword query of a subscriber; places are part of the query."""

    __table_args__ = (UniqueConstraint("subscriber_id", "query"),)

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    query: str
    name: str = ""  # what the subscriber calls it; "" = it is said in words
    cadence: Cadence = Field(default="daily", sa_type=String, index=True)
    # The story that is followed, by whatever search it came: then the query is "story:" and its number, and meets
    # nothing else. Stories are merged and split; the match goes with them, this stays.
    story_id: int | None = Field(default=None, foreign_key="story.id", ondelete="CASCADE")
    position: int = 0  # among the sections of a mail; of two with the same the older one is first
    most: int | None = None  # of its stories a mail shows so many and counts the others; None = as limits.py says
    # Where its stories are posted; None = they come by mail. One that is gone or off leaves them to the mail.
    channel_id: int | None = Field(default=None, foreign_key="channel.id", index=True, ondelete="SET NULL")
    created_at: datetime = Field(sa_type=UTCDateTime)
    # When the owner of the address was asked whether they want it; None = they do. Until then nothing of it is told.
    asked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    generation: str = ""  # of the newest question: an answer to an older one is none
    # It rests since then: what it finds is kept and told when it goes on.
    paused_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

    @property
    def is_wanted(self) -> bool:
        """Whether what it finds is to be told now, as `WANTED` says to the database."""
        return self.asked_at is None and self.paused_at is None


WANTED = col(Subscription.asked_at).is_(None) & col(Subscription.paused_at).is_(None)


class SearchChange(TableRow, table=True):
    """That a search began, changed or ended: who keeps all searches in memory reads on from the last it knows."""

    __tablename__ = "search_change"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    subscription_id: int  # no foreign key: it may be gone


class Matching(TableRow, table=True):
    """Up to which version a story has met all subscriptions; a story without a row has met none."""

    story_id: int = Field(foreign_key="story.id", primary_key=True, ondelete="CASCADE")
    version: int
    set_aside: bool = False  # matching it failed, so at this version it met none; tried again after a start


class DigestRecord(TableRow, table=True):
    """That a subscriber's digest for a local date was made: it is made once.

    `cadence` is "daily" for the one of a day, whatever of daily and weekly searches stands in it; "instant 1", "instant
    2" … for those that came at once; "dropped" for what was found in a pause and is never sent; "early 7" for one of a
    clock that ran ahead, when its day has really come; "restored …" for what a backup that was put back had not told.
    """

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("subscriber_id", "local_date", "cadence"),)

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    local_date: date
    cadence: str = "daily"
    made_at: datetime = Field(sa_type=UTCDateTime)
    stories: int
    # What it only counted, for the page that its mail links to; dropped with the mail's text
    rest: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    # What it said of each story that a later look may show to be wrong: [story, place, kind].
    said: list[Any] = Field(default_factory=list, sa_type=JSON)


class Match(TableRow, table=True):
    """A subscription met a story."""

    __table_args__ = (UniqueConstraint("subscription_id", "story_id"), Index("match_pending", "digest_id"))

    id: int | None = Field(default=None, primary_key=True)
    subscription_id: int = Field(foreign_key="subscription.id", index=True, ondelete="CASCADE")
    story_id: int = Field(foreign_key="story.id", index=True, ondelete="CASCADE")
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE")  # the one that matched
    terms: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # each a Why: what of the search was found
    window: str = ""  # at most 25 words around the match, never the lede
    matched_at: datetime = Field(sa_type=UTCDateTime)
    # That tells it first: its mail was taken, or is on its way. Of one that was given up it is None again.
    digest_id: int | None = Field(default=None, foreign_key="digest.id", ondelete="SET NULL")
    # Mails that carried it and were refused for what they hold: the next ones only count it, and show it on their page.
    unwelcome: int = 0
    # That posted it to a channel. Of a delivery that is taken back for the mail it is None again.
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", index=True, ondelete="SET NULL")
    # The story's developed_at in the last digest that told it: None = as it was before anything developed.
    told_development_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    # The digest that told this development later than the story, and what the line above was before it.
    update_digest_id: int | None = Field(default=None, foreign_key="digest.id", index=True, ondelete="SET NULL")
    updated_from: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Told(TableRow, table=True):
    """That a subscriber was told of a story by a search that they ended since: their others do not tell it again."""

    story_id: int = Field(foreign_key="story.id", primary_key=True, ondelete="CASCADE")
    subscriber_id: int = Field(foreign_key="subscriber.id", primary_key=True, index=True, ondelete="CASCADE")
    digest_id: int | None = Field(default=None, foreign_key="digest.id", ondelete="SET NULL")  # these five as in Match
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", ondelete="SET NULL")
    told_development_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    update_digest_id: int | None = Field(default=None, foreign_key="digest.id", ondelete="SET NULL")
    updated_from: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Muted(TableRow, table=True):
    """That a subscriber wants to hear nothing more of a story."""

    subscriber_id: int = Field(foreign_key="subscriber.id", primary_key=True, ondelete="CASCADE")
    story_id: int = Field(foreign_key="story.id", primary_key=True, index=True, ondelete="CASCADE")
    muted_at: datetime = Field(sa_type=UTCDateTime)


class Payload(TableRow, table=True):
    """The bytes of a delivery. They stand apart from its state, as who changes a row writes all of it anew."""

    delivery_id: int | None = Field(default=None, primary_key=True, foreign_key="delivery.id", ondelete="CASCADE")
    message: bytes = Field(sa_type=LargeBinary)


class Delivery(TableRow, table=True):
    """One mail or posting in the queue: exactly the bytes to send, so that a retry is the same one."""

    __table_args__ = (Index("delivery_due", "state", "next_attempt_at"), Index("delivery_newest", "kind", "queued_at"))

    id: int | None = Field(default=None, primary_key=True)
    # None = to the operator, of our own troubles: that needs no subscriber and nobody can unsubscribe from it.
    subscriber_id: int | None = Field(default=None, foreign_key="subscriber.id", index=True, ondelete="CASCADE")
    digest_id: int | None = Field(default=None, foreign_key="digest.id", index=True, ondelete="CASCADE")
    # Where it is posted; of one that was sent and whose channel is gone it stays known that it was.
    channel_id: int | None = Field(default=None, foreign_key="channel.id", index=True, ondelete="SET NULL")
    kind: DeliveryKind = Field(default="digest", sa_type=String)
    message_id: str = Field(unique=True)
    recipient: str
    # Gone some weeks after it was sent or given up; that it was sent stays known.
    payload: Payload | None = Relationship(
        sa_relationship_kwargs={"lazy": "selectin", "cascade": "all, delete-orphan", "passive_deletes": True}
    )
    state: DeliveryState = Field(default="queued", sa_type=String)
    lease: str = ""  # of who is sending it; no key: one whose lease is gone was cut off in the middle
    attempts: int = 0
    in_doubt: bool = False  # it was handed over and nobody knows whether it was taken: only the same mail may follow
    queued_at: datetime = Field(sa_type=UTCDateTime)
    next_attempt_at: datetime = Field(sa_type=UTCDateTime)  # of one that was returned: when it came back
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    error: str = ""  # of the last attempt: the code of a Why
    error_args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)

    @property
    def message(self) -> bytes:
        """What is sent; empty when it is kept no more."""
        return self.payload.message if self.payload else b""


class Lease(TableRow, table=True):
    """That somebody is at work on deliveries, for as long as they count on: a count knows no clock that could leap."""

    id: str = Field(primary_key=True)
    beats: int = 1
