"""Which stored articles a new one is compared with: found by index, and kept in memory while they stand unchanged."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Select, bindparam, exists, func, insert, select
from sqlmodel import Session, col

from crawler.database import hold_lock, reading
from crawler.grouping import (
    FAR_DAYS,
    MOST_STORIES,
    OPENING_CHARACTERS,
    Account,
    Background,
    Candidate,
    Grouping,
    Prepared,
    group,
    likeness,
)
from crawler.model import Article, Clue, Story, Verdict, Why
from crawler.store.holders import with_passages_of
from crawler.store.turn import LOCK
from crawler.store.walks import listed, of_each

if TYPE_CHECKING:
    from crawler.places import Place

MOST_STORIES_COMPARED = 15
MOST_OF_OTHER_TIMES = 5  # of them; a new one may follow such a story, but tells of another event
MOST_LOOKED_UP = 60  # stories of which it is asked when they were told
MOST_REPORTS = 12  # of one story: the first to come say what it is about, so that it cannot drift
MOST_SHARING = 100  # stories of late that share one clue, newest first
MOST_SHARING_BEFORE = 10  # earlier ones: a chain that a new story may follow, or what is still told after long
_MOST_TOLD = 200  # articles of late whose accounts are not made anew from what is stored
MOST_RECALLED = 1000  # accounts kept in memory, some 20 KB each

_MANY_CLUES = 12  # one in common of so many is chance; of a headline's few it may be all there is
_SHARE_OF_BEST = 0.2  # a story that shares less than this part of what the likeliest shares is not compared
_MUCH = 0.2  # of what clues can add; of a story that shares less, and whose first report is less like
_AT_ALL_LIKE = 0.06  # than this cosine, no other report is read

_FAR = timedelta(FAR_DAYS)
_NO_STORY = 2**31 - 1  # has this id

AccountMark = tuple[Any, ...]  # what changes when an account does
AccountKey = tuple[str, str, datetime | None, "tuple[Place, ...]"]

_SAME = col(Verdict.article_id) == col(Article.id)
_HEADS: tuple[Any, ...] = (Article.id, Article.story_id, Article.title, Article.published_at, Verdict.places)
_BEGINNING: tuple[Any, ...] = (func.substr(Article.text, 1, OPENING_CHARACTERS), Story.by_hand)
_OPENINGS: Select[Any] = (
    select(*_HEADS, *_BEGINNING)
    .join(Verdict, _SAME)
    .join(Story, col(Story.id) == col(Article.story_id))
    .where(col(Article.id).in_(bindparam("ids", expanding=True)), col(Article.story_id).is_not(None))
    .order_by(col(Article.story_id))
)
_OPENED_SINCE = (
    select(col(Story.id))
    .where(col(Story.opened_at) >= bindparam("since"))
    .order_by(col(Story.opened_at), col(Story.id))
    .limit(50)  # not the first alone: opened while the clock was set back, it may have come after all others
)
# Walks along an index, see walks.py.
_SHARING = (
    "SELECT hash, story_id AS id FROM clue WHERE hash = {key} AND story_id %s ORDER BY story_id DESC LIMIT {limit}"
)
_OPENED = "SELECT id, lead_id FROM story WHERE id > {key} ORDER BY id DESC LIMIT {limit}"
_TIMES = "SELECT id, opened_at, changed_at FROM story WHERE id = {key} LIMIT {limit}"
# No column of an article beside the two that its index holds: the others stand behind its text.
_REPORTS = (
    "SELECT article.id, story_id, judged_at, by_hand FROM article JOIN verdict ON article_id = article.id"
    " JOIN story ON story.id = story_id WHERE story_id = {key} AND copy_of IS NULL ORDER BY article.id LIMIT {limit}"
)


class Candidates:
    """Groups articles with those in the database. One for each process; no other may open stories meanwhile, which is
    what `grouping_turn()` is for."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.readers = engine, reading(engine)
        self._background = Background()
        self._newest_story = 0  # that the background knows
        self._since: tuple[datetime, int] | None = None  # a day, and the first story opened since then
        self._told: OrderedDict[AccountKey, Account] = OrderedDict()  # of the articles grouped last
        self._accounts: OrderedDict[int, tuple[AccountMark, Account]] = OrderedDict()

    def group(
        self, article: Article, places: "Sequence[Place]", turn: Session | None = None, prepared: Prepared | None = None
    ) -> Grouping:
        """The story that an article, which happened at these places, belongs to. It is not yet stored itself.

        `turn`: as `grouping_turn()` gave it. `prepared`: the article's own, where it was made already.
        """
        prepared = prepared or Prepared.of(article, places)
        passages, account = prepared.passages, prepared.account
        new = Candidate(0, 0, article.title, article.text, article.published_at, tuple(places))
        times = [when for when in (article.published_at, article.fetched_at) if when]
        with self._connected(turn) as connection:
            self._catch_up(connection)
            known = with_passages_of(connection, new, passages)
            found = group(new, known, lambda *told: self._alike(connection, times, *told), self._background, account)
        self._remember(prepared)
        return replace(found, passages=passages)

    def learn(self, since: datetime) -> int:
        """Give clues to stories that changed since then and have none: they were stored before there were any."""
        without = select(col(Story.id)).where(
            col(Story.changed_at) >= since,
            col(Story.merged_into).is_(None),
            ~exists().where(col(Clue.story_id) == col(Story.id)),
        )
        with self.engine.begin() as connection:
            hold_lock(connection, LOCK)
            ids = connection.execute(without).scalars().all()
            if not ids:
                return 0
            self._catch_up(connection)
            marks = of_each(connection, _REPORTS, [i for i in ids if i], MOST_REPORTS)
            told = {(h, a.story_id) for a in self._known(connection, marks) for h in self._background.clues(a)}
            if told:
                connection.execute(insert(Clue), [{"hash": h, "story_id": story_id} for h, story_id in sorted(told)])
            return len(ids)

    def clues(
        self, article: Article, places: "Sequence[Place]", turn: Session | None = None, prepared: Prepared | None = None
    ) -> Grouping:
        """By what a stored article, which was read again and keeps its story, is found from now on."""
        passages, account, _ = prepared or Prepared.of(article, places)
        with self._connected(turn) as connection:
            self._catch_up(connection)
        return Grouping(None, None, Why(), tuple(self._background.clues(account)), passages=passages)

    def _connected(self, turn: Session | None) -> AbstractContextManager[Connection]:
        return nullcontext(turn.connection()) if turn else self.readers.connect()

    def _catch_up(self, connection: Connection) -> None:
        """Let the background know the stories opened since, by whomever."""
        stories = of_each(connection, _OPENED, [self._newest_story], MOST_STORIES)
        if not stories:
            return
        for row in connection.execute(_OPENINGS, {"ids": [lead_id for _, lead_id in stories]}):
            self._background.add(self._account(*tuple(row)))
        self._newest_story = stories[0][0]

    def _alike(
        self, connection: Connection, times: Sequence[datetime], account: Account, clues: Mapping[int, float]
    ) -> dict[int, list[Account]]:
        """The stories that share most of these clues and are at all like the account, with their first reports."""
        shared = _sharing(connection, clues, self._first_since(connection, min(times) - _FAR))
        likeliest = _of_the_time(connection, _likeliest(shared, len(clues)), times)
        like = {story_id for story_id in likeliest if sum(shared[story_id]) >= _MUCH}
        marks: dict[int, list[AccountMark]] = {}
        for mark in of_each(connection, _REPORTS, likeliest, MOST_REPORTS):
            marks.setdefault(mark[1], []).append(mark)
        mine, vector = self._background.vector(account), self._background.vector
        firsts = self._known(connection, [told[0] for told in marks.values()])
        first_of = zip(marks, firsts, strict=True)
        like |= {i for i, first in first_of if first.by_hand or likeness(mine, vector(first)) >= _AT_ALL_LIKE}
        found: dict[int, list[Account]] = {}
        for report in self._known(connection, [mark for i, told in marks.items() if i in like for mark in told]):
            found.setdefault(report.story_id, []).append(report)
        return found

    def _known(self, connection: Connection, marks: Sequence[AccountMark]) -> list[Account]:
        """The accounts with these marks; only those that changed are read."""
        unknown = {mark[0]: mark for mark in marks if self._accounts.get(mark[0], (None,))[0] != mark}
        if unknown:
            for row in connection.execute(_OPENINGS, {"ids": list(unknown)}):
                self._accounts[row[0]] = unknown[row[0]], self._account(*tuple(row))
        for mark in marks:
            self._accounts.move_to_end(mark[0])
        found = [self._accounts[mark[0]][1] for mark in marks]
        while len(self._accounts) > MOST_RECALLED:
            self._accounts.popitem(last=False)
        return found

    def _first_since(self, connection: Connection, since: datetime) -> int:
        """The first story opened since the beginning of that day."""
        day = since.replace(hour=0, minute=0, second=0, microsecond=0)  # one question the whole day stays prepared
        if self._since is None or self._since[0] != day:
            first = min((i for i in connection.scalars(_OPENED_SINCE, {"since": day}) if i), default=None)
            if first is None:
                return _NO_STORY
            self._since = day, first
        return self._since[1]

    def _remember(self, prepared: Prepared) -> None:
        """What an article tells that is about to be stored: it will be met again."""
        from crawler.changes import keep

        keep(prepared.tidings)
        self._told[_key(prepared.account)] = prepared.account
        if len(self._told) > _MOST_TOLD:
            self._told.popitem(last=False)

    def _account(
        self,
        article_id: int,
        story_id: int,
        title: str,
        published_at: datetime | None,
        places: Iterable[Mapping[str, Any]],
        opening: str,
        by_hand: bool,
    ) -> Account:
        """What a stored article tells."""
        from crawler.places import places_from

        stored = Account(article_id, story_id, title, opening, published_at, places_from(places), by_hand)
        told = self._told.get(_key(stored))
        return self._background.same(told, told.stored_as(article_id, story_id, by_hand)) if told else stored


def _key(account: Account) -> AccountKey:
    """What two accounts have in common that tell the same."""
    return account.title, account.opening, account.published_at, account.places


def _sharing(connection: Connection, clues: Mapping[int, float], first: int) -> dict[int, list[float]]:
    """What each clue adds that a story shares, by the story: of those since the `first`, and of some earlier ones.

    How many stories are stored does not matter, only how many were opened of late.
    """
    shared: dict[int, list[float]] = defaultdict(list)
    for which, most in ((f">= {first}", MOST_SHARING), (f"< {first}", MOST_SHARING_BEFORE)):
        for clue, stories in listed(connection, _SHARING % which, clues, most).items():
            for story_id in stories:
                shared[story_id].append(clues[clue])
    return shared


def _likeliest(shared: Mapping[int, Sequence[float]], clues: int) -> list[int]:
    """The stories that share most of so many clues, by what each shared one adds; the newest first of equal ones."""
    needed = 2 if clues >= _MANY_CLUES else 1
    sums = {story_id: sum(parts) for story_id, parts in shared.items() if len(parts) >= needed}
    enough = _SHARE_OF_BEST * max(sums.values(), default=0.0)
    return nsmallest(
        MOST_LOOKED_UP,
        (story_id for story_id in sums if sums[story_id] >= enough),
        key=lambda story_id: (-sums[story_id], -story_id),
    )


def _of_the_time(connection: Connection, stories: Sequence[int], times: Sequence[datetime]) -> list[int]:
    """The first of the stories that were told around one of these times, and a few others: earlier before later."""
    near: list[int] = []
    earlier: list[int] = []
    later: list[int] = []
    for story_id, *told in of_each(connection, _TIMES, stories, 1):
        opened, changed = map(_aware, told)
        is_near = any(opened - _FAR <= when <= changed + _FAR for when in times)
        (near if is_near else earlier if opened < min(times) else later).append(story_id)
    others = (earlier + later)[:MOST_OF_OTHER_TIMES]
    return near[: MOST_STORIES_COMPARED - len(others)] + others


def _aware(stored: datetime | str) -> datetime:
    """A time as the driver gives it: SQLite's is text, in UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored
