"""What a person ruled of an article where we were wrong, and what the database holds of it because of that.

A ruling is about a text: it holds for the page and for all that copy it. What is judged later is noted beside it, so
that undoing it brings back what is judged by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.grouping import Candidate, find_copy, fingerprint
from crawler.model import Article, Fingerprint, IcewireError, RuledOn, Ruling, Story, Verdict
from crawler.store.heads import lead_of, standing_story

# What of a verdict each ruling holds.
COLUMNS: Mapping[RuledOn, tuple[str, ...]] = {
    "topic": ("label",),
    "place": ("places",),
    "kind": ("kind", "second_kind"),
}

_SCENIC = ("activity", "near")  # only of such an article it is asked what happened where, and who acts
_FOUND_IN_SCENES = ("kind", "second_kind", "places", "actors", "said_by")
_MOST_COPIES = 30  # articles with passages in common that are compared


class NoRuling(IcewireError):
    """There is nothing to undo."""


@dataclass(frozen=True, slots=True)
class RuledArticle:
    """An article of which a person ruled, and what."""

    article: Article
    verdict: Verdict
    rulings: tuple[Ruling, ...]


def is_off(ruling: Ruling) -> bool:
    """Whether a ruling puts its article off topic."""
    return ruling.what == "topic" and ruling.said["label"] != "activity"


def value_of(columns: Mapping[str, Any]) -> str:
    """What columns of a ruling say, as a person writes it: "Lynn, MA; Salem, MA"; "" when it is that there is none."""
    if "places" in columns:
        from crawler.places import places_from  # brings all that finds them in a text

        return "; ".join(map(str, places_from(columns["places"])))
    return ", ".join(filter(None, columns.values()))


def rule(engine: Engine, article_id: int, what: RuledOn, said: Mapping[str, Any], now: datetime) -> None:
    """A person says what is right of a text, and that holds from now on; `said` gives the columns of COLUMNS.

    Off topic its articles leave their stories; on topic they come back, or open one. One transaction.
    """
    with Session(engine) as session:
        moved = _Moves(session, now)
        for article, verdict in _of_text(session, article_id):
            judged = {name: getattr(verdict, name) for name in COLUMNS[what]}
            fresh = Ruling(
                article_id=verdict.article_id, what=what, judged=judged, story_id=article.story_id, made_at=now
            )
            ruling = session.get(Ruling, (verdict.article_id, what)) or fresh
            ruling.said, ruling.made_at = dict(said), now
            session.add(ruling)
            verdict.sqlmodel_update(ruling.said)
            if what == "topic":
                moved.settle(article, ruling.story_id, leaves=is_off(ruling))
            moved.touch(article)
        moved.end()
        session.commit()


def note_ruling(engine: Engine, ruling: Ruling) -> None:
    """Store the ruling by which an article came in that had been left out."""
    with Session(engine) as session:
        session.merge(ruling)
        session.commit()


def undo(engine: Engine, article_id: int, what: Sequence[RuledOn], now: datetime) -> list[RuledOn]:
    """What was ruled of a text holds no longer, and what is judged of it does; returns what that was about.

    Raises NoRuling when there is none of these.
    """
    undone: set[RuledOn] = set()
    with Session(engine) as session:
        moved = _Moves(session, now)
        for article, verdict in _of_text(session, article_id):
            for ruling in _rulings(session, verdict.article_id):
                if ruling.what in what:
                    undone.add(ruling.what)
                    verdict.sqlmodel_update(ruling.judged)
                    if ruling.what == "topic":
                        moved.settle(article, ruling.story_id, leaves=ruling.story_id is None)
                    moved.touch(article)
                    session.delete(ruling)
        moved.end()
        session.commit()
    if not undone:
        raise NoRuling(f"nobody has corrected the {' or '.join(what)} of this page")
    return [one for one in what if one in undone]


def rulings_on(engine: Engine, article_id: int) -> list[Ruling]:
    """What holds of an article because a person said so."""
    with Session(reading(engine)) as session:
        return _rulings(session, article_id)


def all_ruled(engine: Engine) -> list[RuledArticle]:
    """Every text of which a person ruled, the first ruled on first; of copies only one."""
    query = (
        select(Ruling, Article, Verdict)
        .join(Article, col(Article.id) == Ruling.article_id)
        .join(Verdict, col(Verdict.article_id) == Ruling.article_id)
        .order_by(col(Ruling.made_at), col(Ruling.article_id), col(Ruling.what))
    )
    with Session(reading(engine)) as session:
        rows = session.exec(query).all()
    texts: dict[int, int] = {}
    for _, _, verdict in rows:
        texts.setdefault(verdict.copy_of or verdict.article_id, verdict.article_id)
    found = {v.article_id: (a, v) for _, a, v in rows if v.article_id in texts.values()}
    return [
        RuledArticle(article, verdict, tuple(r for r, a, _ in rows if a.id == article_id))
        for article_id, (article, verdict) in found.items()
    ]


def held(session: Session, stored: Verdict, judged: Verdict, grouped: set[str]) -> dict[str, Any]:
    """What to write of an article that was judged again: as it was judged, but for what a person said.

    What is judged now is noted with each ruling. All but the columns `grouped`.
    """
    columns = judged.model_dump(exclude=grouped)
    rulings = _rulings(session, stored.article_id)
    for ruling in rulings:
        ruling.judged = {name: columns[name] for name in COLUMNS[ruling.what]}
    if any(r.what == "topic" and not is_off(r) for r in rulings) and judged.label not in _SCENIC:
        columns |= {name: getattr(stored, name) for name in _FOUND_IN_SCENES}
    for ruling in rulings:
        columns |= ruling.said
    return columns


def inherited(session: Session, original: int, verdict: Verdict) -> list[Ruling]:
    """What was ruled of a text holds for a copy of it that comes later: changes its verdict, and gives the rulings."""
    rulings = [r for r in _rulings(session, original) if r.what != "topic"]
    copies = []
    for ruling in rulings:
        judged = {name: getattr(verdict, name) for name in COLUMNS[ruling.what]}
        verdict.sqlmodel_update(ruling.said)
        copies.append(Ruling(**ruling.model_dump(exclude={"article_id", "judged"}), article_id=0, judged=judged))
    return copies


def put_off(engine: Engine, article: Article) -> str:
    """The headline of a text that a person put off topic and that this article copies; "" when there is none."""
    off = select(Ruling.article_id).join(Article, col(Article.id) == Ruling.article_id)
    off = off.where(Ruling.what == "topic", col(Article.story_id).is_(None))
    with Session(reading(engine)) as session:
        ids = session.exec(off).all()
        if not ids:
            return ""
        shared = select(Fingerprint.article_id).where(col(Fingerprint.article_id).in_(ids))
        shared = shared.where(col(Fingerprint.hash).in_(fingerprint(article.title, article.text)))
        alike = select(Article).where(col(Article.id).in_(shared.distinct().limit(_MOST_COPIES)))
        known = [Candidate(a.id or 0, 0, a.title, a.text, a.published_at, ()) for a in session.exec(alike)]
    copied = find_copy(Candidate(0, 0, article.title, article.text, article.published_at, ()), known)
    return copied.candidate.title if copied else ""


class _Moves:
    """Articles that leave their stories and come back, in one transaction; the stories know in the end."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._touched: dict[int, Story] = {}
        self._opened: Story | None = None

    def settle(self, article: Article, story_id: int | None, leaves: bool) -> None:
        """Let an article stand in its story, that with this number or a new one, or in none."""
        self.touch(article)
        if leaves:
            article.story_id = article.look_at = None
        elif article.story_id is None:
            article.story_id, article.look_at = self._standing(story_id).id, self._now
            self.touch(article)

    def touch(self, article: Article) -> None:
        """The article's story, if it is in one, is another from now on."""
        if article.story_id is not None and article.story_id not in self._touched:
            self._touched[article.story_id] = self._session.get_one(Story, article.story_id, with_for_update=True)

    def end(self) -> None:
        """Write it down."""
        self._session.flush()
        for story_id, story in self._touched.items():
            story.changed_at, story.version = self._now, story.version + 1
            story.lead_id = lead_of(self._session.connection(), story_id)

    def _standing(self, story_id: int | None) -> Story:
        """The story with this number, or that which took its articles; else a new one for all that want one."""
        row = standing_story(self._session.connection(), story_id)
        if row is not None:
            return self._session.get_one(Story, row.id, with_for_update=True)
        if self._opened is None:
            self._opened = Story(opened_at=self._now, changed_at=self._now)
            self._session.add(self._opened)
            self._session.flush()
        return self._opened


def _rulings(session: Session, article_id: int) -> list[Ruling]:
    wanted = select(Ruling).where(Ruling.article_id == article_id)
    return sorted(session.exec(wanted), key=lambda ruling: list(COLUMNS).index(ruling.what))


def _of_text(session: Session, article_id: int) -> Iterable[tuple[Article, Verdict]]:
    """The articles that hold the same text as this one, with their verdicts; their stories are locked first."""
    copied = session.exec(select(Verdict.copy_of).where(Verdict.article_id == article_id)).one()
    text_id = copied or article_id
    same = or_(col(Article.id).in_({text_id, article_id}), col(Verdict.copy_of) == text_id)
    is_of = col(Verdict.article_id) == Article.id
    stories = session.exec(select(Article.story_id).join(Verdict, is_of).where(same)).all()
    session.exec(select(Story).where(col(Story.id).in_(stories)).order_by(col(Story.id)).with_for_update()).all()
    return session.exec(select(Article, Verdict).join(Verdict, is_of).where(same).order_by(col(Article.id))).all()
