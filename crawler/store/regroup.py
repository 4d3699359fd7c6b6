"""Stories merged and split after they were told: by a person, or by an article that shows what is one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col, select

from crawler.grouping import Grouping
from crawler.model import Article, Clue, IcewireError, Story, Verdict
from crawler.store.heads import dated, lead_of


class UnknownStory(IcewireError):
    """A story or article that is not there, or cannot be taken."""


def merge_by_hand(engine: Engine, into: int, others: Sequence[int], now: datetime) -> None:
    """A person says that stories are one; no program takes them apart again, or merges them further.

    Raises UnknownStory.
    """
    if into in others:
        raise UnknownStory(f"story {into} is named twice: it is the same story already")
    with Session(engine) as session:
        for story_id in sorted({into, *others}):  # always in one order, so that nobody waits for each other
            _known(session, story_id).by_hand = True
        merge_stories(session, into, others, now)
        session.commit()


def split_by_hand(engine: Engine, story_id: int, article_ids: Sequence[int], now: datetime) -> int:
    """A person says that these articles of a story tell of another event; returns its new story.

    No program merges the two again. Raises UnknownStory, also when an article is not of the story or none would
    be left in it.
    """
    with Session(engine) as session:
        old = _known(session, story_id)
        told = session.exec(select(Article).where(Article.story_id == story_id)).all()
        leaving = [article for article in told if article.id in article_ids]
        strange = sorted(set(article_ids) - {article.id for article in leaving})
        if strange:
            raise UnknownStory(f"article {', '.join(map(str, strange))} is not of story {story_id}")
        if not leaving:
            raise UnknownStory(f"no article was named that is to leave story {story_id}")
        ids = {article.id for article in leaving}
        copies = set(session.exec(select(Verdict.article_id).where(col(Verdict.copy_of).in_(ids))))
        if all(article.id in ids | copies for article in told):
            raise UnknownStory(f"nothing would be left in story {story_id}; leave at least one article there")
        new = split_story(session, leaving, None, now)
        old.by_hand = new.by_hand = True
        session.commit()
        assert new.id is not None
        return new.id


def correct(session: Session, story_id: int, grouping: Grouping, now: datetime) -> int:
    """Move the reports that a new one shows to be misplaced, and merge the stories that it shows to be one.

    The story's id in the end: of stories that are one the oldest stays. What a person arranged stays as it is.
    """
    if not grouping.takes and not grouping.merges:
        return story_id
    free = select(Story.id).where(~col(Story.by_hand), col(Story.merged_into).is_(None))
    taken = select(Article).where(col(Article.id).in_(grouping.takes), col(Article.story_id).in_(free))
    if grouping.takes and (articles := session.exec(taken).all()):
        from_one = [article for article in articles if article.story_id == articles[0].story_id]
        split_story(session, from_one, session.get_one(Story, story_id), now)
    wanted = {story_id, *grouping.merges}
    one = sorted(i for i in session.exec(free.where(col(Story.id).in_(wanted))) if i) if grouping.merges else []
    if story_id not in one or len(one) == 1:
        return story_id
    merge_stories(session, one[0], one[1:], now)
    return one[0]


def merge_stories(session: Session, into: int, others: Sequence[int], now: datetime) -> None:
    """One story takes the articles of others. Those stay, without articles, and say where they went."""
    kept = session.get_one(Story, into, with_for_update=True)
    for story_id in others:
        gone = session.get_one(Story, story_id, with_for_update=True)
        session.exec(update(Article).where(col(Article.story_id) == story_id).values(story_id=into))
        session.exec(update(Story).where(col(Story.merged_into) == story_id).values(merged_into=into))
        session.exec(update(Story).where(col(Story.follows) == story_id).values(follows=into))
        session.exec(update(Story).where(col(Story.split_from) == story_id).values(split_from=into))
        _move_clues(session, story_id, into)
        gone.merged_into, gone.lead_id = into, None
        kept.opened_at = min(kept.opened_at, gone.opened_at)
        kept.by_hand = kept.by_hand or gone.by_hand
        if gone.developed_at and (kept.developed_at is None or gone.developed_at > kept.developed_at):
            kept.developed_at, kept.development = gone.developed_at, gone.development
    session.refresh(kept, ["follows", "split_from"])
    kept.follows = None if kept.follows == into else kept.follows
    kept.split_from = None if kept.split_from == into else kept.split_from
    _touch(session, kept, now)


def split_story(session: Session, articles: Sequence[Article], into: Story | None, now: datetime) -> Story:
    """Articles leave their story, with what copies them, for another or a new one; all come from one story.

    A copy that leaves its original behind is an original from now on.
    """
    ids = {article.id for article in articles}
    copies = select(Article).join(Verdict, col(Verdict.article_id) == Article.id).where(col(Verdict.copy_of).in_(ids))
    moving = {article.id: article for article in (*articles, *session.exec(copies))}
    old = session.get_one(Story, articles[0].story_id)
    if into is None:
        into = Story(opened_at=now, dated_at=dated(articles, now), changed_at=now)
        session.add(into)
        session.flush()
    assert into.id is not None
    into.split_from = old.id
    known = set(session.exec(select(Clue.hash).where(Clue.story_id == into.id)))
    for clue in session.exec(select(Clue).where(Clue.story_id == old.id)).all():
        if clue.hash not in known:  # which of them is whose nobody noted: likeness tells them apart
            session.add(Clue(hash=clue.hash, story_id=into.id))
    for article_id, article in moving.items():
        article.story_id = into.id
        verdict = session.get_one(Verdict, article_id)
        if verdict.copy_of not in moving:
            verdict.copy_of = None
    session.flush()
    _touch(session, old, now)
    _touch(session, into, now)
    return into


def _known(session: Session, story_id: int) -> Story:
    """The story with this id. Raises UnknownStory, with where it went."""
    story = session.get(Story, story_id, with_for_update=True)
    if story is None:
        raise UnknownStory(f"there is no story {story_id}; `icewire stories` lists those there are")
    if story.merged_into is not None:
        raise UnknownStory(f"story {story_id} was merged into story {story.merged_into}; use that number")
    return story


def _move_clues(session: Session, old: int, new: int) -> None:
    known = select(Clue.hash).where(Clue.story_id == new)
    session.exec(delete(Clue).where(col(Clue.story_id) == old, col(Clue.hash).in_(known)))
    session.exec(update(Clue).where(col(Clue.story_id) == old).values(story_id=new))


def _touch(session: Session, story: Story, now: datetime) -> None:
    assert story.id is not None
    story.changed_at, story.version = now, story.version + 1
    story.lead_id = lead_of(session.connection(), story.id)
