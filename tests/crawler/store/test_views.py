"""StoryView: what a story's reports say together."""

from datetime import datetime

from crawler.model.story import Source, Story
from crawler.store.views import Report, StoryView
from tests.makers.making import NOON, article, verdict

LINE = "Judge grants bond to two men held in Waltham"


def report(number: int, title: str = LINE, copy_of: int | None = None, gone_at: datetime | None = None) -> Report:
    made = article(f"report-{number}", title=title, gone_at=gone_at, id=number)
    source = Source(id=f"outlet-{number}", name=f"Outlet {number}", homepage="https://outlet.example/")
    return Report(made, source, verdict(article_id=number, copy_of=copy_of))


def developed_by(*reports: Report, line: str = LINE) -> int | None:
    found = StoryView(Story(opened_at=NOON, changed_at=NOON, development=line), reports).developed_by
    return found.article.id if found else None


def test_what_happened_last_is_told_by_the_first_report_that_says_it() -> None:
    assert developed_by(report(1, "ICE detains two"), report(2), report(3)) == 2


def test_a_report_of_its_own_is_taken_before_a_copy_and_a_page_before_one_that_is_gone() -> None:
    assert developed_by(report(1, copy_of=3), report(2, gone_at=NOON), report(3)) == 3
    assert developed_by(report(1, gone_at=NOON), report(2, copy_of=1)) == 2
    assert developed_by(report(1, gone_at=NOON)) == 1


def test_words_that_no_report_says_are_nobodys() -> None:
    assert developed_by(report(1, "ICE detains two")) is None
    assert developed_by(report(1), line="") is None
