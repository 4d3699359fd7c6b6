from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crawler.events import Account, _by_story, _likeness, _Scale
from crawler.words import words

told = st.lists(st.sampled_from("agents bakery vans lawyer judge petition court mayor oven ladder ice held".split()))


def account(number: int, title: str, text: str, story: int = 0) -> Account:
    when = datetime(2026, 5, 13, 14, number % 60, tzinfo=UTC)
    return Account(story or number, number, title, text, words(title), words(text), when, ())


@given(st.tuples(told, told), st.lists(st.tuples(st.integers(1, 4), told, told), min_size=1, max_size=8))
def test_no_story_is_more_alike_than_the_quick_look_says(
    mine: tuple[list[str], list[str]], known: list[tuple[int, list[str], list[str]]]
) -> None:
    me = account(0, " ".join(mine[0]), " ".join(mine[1]))
    others = [account(n, " ".join(a), " ".join(b), story) for n, (story, a, b) in enumerate(known, 1)]
    stories = _by_story(others)
    scale = _Scale(stories, me)
    vector = scale.vector(me)
    for reports in stories.values():
        alike, together = _likeness(vector, [scale.vector(report) for report in reports])
        assert max(alike[0], together) <= scale.most_alike(vector, reports) + 1e-9
