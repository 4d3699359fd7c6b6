"""The nouns of what was published, which are the tables. Times are aware and UTC."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, Column, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from crawler.model.columns import UTCDateTime, no_facts, no_items
from crawler.model.why import Why, because

FeedKind = Literal["rss", "atom", "json", "news_sitemap", "section"]
FeedProblem = Literal["", "failing", "blocked", "robots-refused", "paywalled"]
EntryState = Literal["new", "fetched", "off_topic", "failed", "refused"]
Label = Literal["activity", "near", "mention", "none"]
RuledOn = Literal["topic", "place", "kind"]
UNLISTED = "unlisted"  # the kind of a source that stands for a site of nobody on the list


class TableRow(SQLModel):
    """A row of one of our tables."""

    # Pydantic's validators take as long to make as the tables, and few rows are validated: they are made when one is.
    model_config = {"defer_build": True}


class Source(TableRow, table=True):
    """An outlet we watch: the facts of the registry, as last loaded."""

    id: str = Field(primary_key=True)
    name: str
    homepage: str
    city: str = ""
    county: str = ""
    state: str = Field(default="", index=True)  # USPS code; "" = nationwide
    covers: list[str] = Field(default_factory=no_items, sa_type=JSON)  # "Waltham, MA", "Essex County, MA", "NH"
    sites: list[str] = Field(default_factory=no_items, sa_type=JSON)  # further names where its articles stand
    scope: str = "local"
    kind: str = ""
    language: str = "en"
    owner: str = ""
    headline_only: bool = False  # mails show no keyword window from this outlet
    enabled: bool = True  # a person's switch
    reason: str = ""  # why it is off
    listed: bool = Field(default=True, index=True)  # still in the registry


class Feed(TableRow, table=True):
    """One way into a source, and what the program remembers of reading it."""

    id: int | None = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True)
    url: str = Field(unique=True)
    kind: FeedKind = Field(default="rss", sa_type=String)
    listed: bool = True  # still in the registry
    etag: str = ""
    last_modified: str = ""
    last_attempt_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_success_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_new_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)  # None = now
    failures: float = 0.0  # weighted, 0 after a success
    status: str = ""  # what happened at the last attempt: the code of a Why
    status_args: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)
    habit: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)  # polling.Habit: when it brings something new
    asked_minutes: float = 0.0  # how long its own ttl, sy:updatePeriod or Cache-Control asks us to wait; 0 = not said
    full_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # last answer with a body, which no 304 is
    hurry_until: datetime | None = Field(default=None, sa_type=UTCDateTime)  # a story at this outlet or place
    moved_to: str = ""  # where a permanent redirect (301, 308) says it lives now; asked there from then on
    link_patterns: list[str] = Field(default_factory=no_items, sa_type=JSON)  # of a section page's article addresses
    problem: FeedProblem = Field(default="", sa_type=String)  # what sort of failure the last attempt was
    pages: FeedProblem = Field(default="", sa_type=String)  # what the page it last led to met with
    newest_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # the newest date among its items
    left: int = 0  # links of the last reading that had more than there was room for
    left_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # when that was
    left_since: datetime | None = Field(default=None, sa_type=UTCDateTime)  # and when it began


class Entry(TableRow, table=True):
    """One link that a feed gave us, durable from the moment it is seen."""

    __table_args__ = (
        UniqueConstraint("feed_id", "url"),
        Index("entry_due", "state", "retry_at"),
        Index("entry_of_feed", "feed_id", "state", "seen_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    feed_id: int = Field(foreign_key="feed.id", index=True)
    url: str = Field(index=True)
    title: str = ""
    published_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # what the feed said
    day_only: bool = False  # published_at names a day, by its noon UTC (moments.Moment)
    updated_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # what the feed said
    seen_at: datetime = Field(sa_type=UTCDateTime)
    state: EntryState = Field(default="new", sa_type=String)
    attempts: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reason: str = ""  # why it is off topic, failed or refused: the code of a Why
    reason_args: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)
    page: str = Field(default="", index=True)  # page_address(): entries of one page share it
    content: str = ""  # the whole text as HTML, when the feed gave it and it may be on topic; "" once settled
    article_id: int | None = Field(default=None, foreign_key="article.id", index=True)


class Host(TableRow, table=True):
    """What we remember of a server's manners: its robots.txt and how long it wants to be left alone."""

    name: str = Field(primary_key=True)  # scheme://host:port
    robots: str = ""  # the text of robots.txt, as far as RFC 9309 has us read it
    robots_status: int = 0  # the status it came with; 0 = it could not be reached
    robots_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # when it was last had
    paused_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    why: str = ""  # why it is paused: the code of a Why
    why_args: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)
    refusals: int = 0  # requests in a row that were answered with 429 or 503


class Trouble(TableRow, table=True):
    """A source that fell out of its own habit; told to the operator once, and once more when it is over."""

    id: int | None = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True)
    kind: str  # "silent", "failing", "flood", "less", "more"
    said: str  # what a person should know: the code of a Why
    said_args: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)  # with figures
    since: datetime = Field(sa_type=UTCDateTime)
    over_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    over_told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Outage(TableRow, table=True):
    """A time in which we reached nobody, so that nothing was held against anybody."""

    id: int | None = Field(default=None, primary_key=True)
    began_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # None: it goes on

    @property
    def why(self) -> Why:
        """What a person should know while it goes on."""
        return because("offline_since", at=f"{self.began_at:%Y-%m-%d %H:%M} UTC")


class CrawlCount(TableRow, table=True):
    """What the crawls of all workers counted together, by the names of `Tally`: one process alone knows its own."""

    name: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    told_at: datetime = Field(sa_type=UTCDateTime)  # when one of them last had something to add


class Article(TableRow, table=True):
    """What one outlet published at one URL, as last read. Full text stays private."""

    __table_args__ = (
        Index("article_of_story", "story_id", "source_id", "language", "published_at", "id"),
        Index("article_listed", "id", "story_id", "source_id", "language", "published_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", index=True)
    url: str = Field(unique=True)  # page_address(): its identity
    link: str  # where it was read: what a reader follows
    title: str
    text: str  # paragraphs separated by a line break
    language: str = "en"
    authors: list[str] = Field(default_factory=no_items, sa_type=JSON)
    published_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    day_only: bool = False  # published_at names a day, by its noon UTC (moments.Moment)
    old: bool = False  # dated outside crawl.max_age_days when it was found: kept for search, never told as news
    modified_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    fetched_at: datetime = Field(sa_type=UTCDateTime, index=True)
    stored_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # first; None = before this was noted
    content_hash: str  # SHA-256 of title and text, hexadecimal
    wire: str = ""  # "AP", "Reuters", "States Newsroom", …; "" = the outlet's own
    paywalled: bool = False
    image_url: str = ""
    witnesses: dict[str, str] = Field(default_factory=no_facts, sa_type=JSON)  # field → where it came from
    story_id: int | None = Field(default=None, foreign_key="story.id")  # None: a person put it off topic
    gone_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # the page answered 404 or 410
    opt_out: str = ""  # "noindex", "tdm-reservation": machines are asked not to show the page, so mails quote nothing
    look_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)  # when to look for changes again
    looks: int = 0  # how often that was done
    folded: str = ""  # the folded words of title and text, for the database's full-text index; set by the store


class Revision(TableRow, table=True):
    """An earlier version of an article that changed materially."""

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    title: str
    text: str
    content_hash: str
    fetched_at: datetime = Field(sa_type=UTCDateTime)  # when this version was read
    replaced_at: datetime = Field(sa_type=UTCDateTime)  # when the next one was
    change: str  # what changed: the code of a Why
    change_args: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)  # the page's own words and numbers
    diff: list[list[str]] = Field(default_factory=no_items, sa_type=JSON)  # word_diff(): [" "|"-"|"+", words]


class Verdict(TableRow, table=True):
    """What we judged of an article, and why."""

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    label: Label = Field(sa_type=String)
    kind: str = ""  # the main one, of those of the topic (kinds.toml)
    second_kind: str = ""  # what else it is about
    score: float = 0.0
    evidence: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JSON)  # topic.Evidence
    places: list[dict[str, Any]] = Field(default_factory=no_items, sa_type=JSON)  # places.PlaceFound, the event's first
    actors: list[dict[str, str]] = Field(default_factory=no_items, sa_type=JSON)  # who acts: actors.Named
    said_by: list[dict[str, str]] = Field(default_factory=no_items, sa_type=JSON)  # on whose word: actors.Named
    copy_of: int | None = Field(default=None, foreign_key="article.id")
    grouped_because: str = ""  # the code of a Why
    grouped_because_args: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)
    # [story, why not: a Why as JSON] of those it nearly joined.
    kept_apart: list[Any] = Field(default_factory=no_items, sa_type=JSON)
    judged_at: datetime = Field(sa_type=UTCDateTime)

    @property
    def kinds(self) -> tuple[str, ...]:
        """At most two, the main one first."""
        return tuple(kind for kind in (self.kind, self.second_kind) if kind)


class Ruling(TableRow, table=True):
    """What a person said of an article where we were wrong. It holds, whatever is judged later, until it is undone."""

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    what: RuledOn = Field(primary_key=True, sa_type=String)
    said: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)  # what the verdict holds since, by column
    judged: dict[str, Any] = Field(default_factory=no_facts, sa_type=JSON)  # the same as it was judged last
    story_id: int | None = None  # in which the article stood before; no foreign key: it may have been merged since
    made_at: datetime = Field(sa_type=UTCDateTime)


def _as_opened(context: Any) -> datetime:
    """A story of whose first report nothing is known yet."""
    opened: datetime = context.get_current_parameters()["opened_at"]
    return opened


class Story(TableRow, table=True):
    """One event: one or more articles, of which some are copies."""

    __table_args__ = (Index("story_dated", "dated_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int | None = None  # the article to show; no foreign key, as two tables cannot each be first
    opened_at: datetime = Field(sa_type=UTCDateTime, index=True)
    # When its first report was published, as far as it says and we can have seen it. It never moves: the order of the
    # archive, in which nobody who pages through it meets a story twice.
    dated_at: datetime = Field(default=None, sa_column=Column(UTCDateTime, nullable=False, default=_as_opened))
    changed_at: datetime = Field(sa_type=UTCDateTime, index=True)  # last article joined or revised
    version: int = 1  # grows with every change; matching catches up with it
    developed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # when something new happened last
    development: str = ""  # the source's own words for it
    merged_into: int | None = Field(default=None, index=True)  # the story that took its articles; it has none any more
    split_from: int | None = Field(default=None, index=True)  # the story that told of its event too, by mistake
    follows: int | None = None  # an earlier story of the same running topic
    by_hand: bool = False  # a person merged or split it: no program does so again


class Fingerprint(TableRow, table=True):
    """One sampled shingle hash of an article: how copies find each other by index."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: int = Field(sa_column=Column(BigInteger, primary_key=True))
    article_id: int = Field(foreign_key="article.id", primary_key=True)


class Clue(TableRow, table=True):
    """A hash of a word that tells much in a report: how reports of one event find each other by index."""

    __table_args__ = (Index("ix_clue_story_id", "story_id"), {"sqlite_with_rowid": False})

    hash: int = Field(sa_column=Column(BigInteger, primary_key=True))
    story_id: int = Field(foreign_key="story.id", primary_key=True)


class Whereabouts(TableRow, table=True):
    """Where an article says that it happened: `Verdict.places` of the event by index, kept by the database itself.

    Of a county `name` is "", of a state `county` as well; a city that lies in none has its name alone.
    """

    __table_args__ = (Index("ix_whereabouts_article_id", "article_id"), {"sqlite_with_rowid": False})

    state: str = Field(primary_key=True)
    county: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    article_id: int = Field(foreign_key="article.id", primary_key=True)
