"""What a search is called in the mail: its own name, else its words; and one that cannot be read says so."""

from datetime import UTC, date, datetime

from alerts.digest.compose import Digest, SourcesRead, compose
from alerts.digest.headings import headings
from alerts.digest.render import digest_text
from alerts.people import Subscription
from alerts.settings import MailSettings

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def search(query: str, name: str = "") -> Subscription:
    return Subscription(id=1, subscriber_id=1, query=query, name=name, created_at=NOW)


def mail(*searches: Subscription) -> str:
    queries = [one.query for one in searches]
    called = headings(searches, "en")
    digest: Digest = compose(date(2026, 3, 10), "UTC", queries, [], SourcesRead(1), NOW, headings=called)
    assert [section.search for section in digest.sections] == queries
    return "\n".join(f"{s.heading} | {s.beneath} | {s.called.problem}" for s in digest.sections)


def test_a_search_is_said_in_words_with_itself_beneath() -> None:
    assert mail(search("raid -hockey")) == (
        "Stories that mention raid (raids, raided, raiding), but not hockey | raid -hockey | "
    )


def test_its_own_name_is_said_instead() -> None:
    assert mail(search("raid -hockey", "Raids")) == "Raids | raid -hockey | "
    assert mail(search("", "All of it")) == "All of it |  | "
    assert mail(search("")) == "Every story |  | "


def test_a_search_that_is_read_no_more_says_so() -> None:
    said = mail(search("lang:xx raid", "Old"))
    assert said.startswith(
        "Old | lang:xx raid | This search can be read no more, so it finds nothing: “xx” is no language"
    )
    assert mail(search("lang:xx raid")).startswith("lang:xx raid |  | This search can be read no more")


def test_an_endless_search_is_not_said_in_words() -> None:
    long = " ".join(f"word{n}" for n in range(100))
    assert mail(search(long)) == f"{long} |  | "


def test_the_mail_shows_it() -> None:
    one = search("lang:xx")
    found = compose(date(2026, 3, 10), "UTC", [one.query], [], SourcesRead(1), NOW, headings=headings([one], "en"))
    assert "can be read no more" in digest_text(found, MailSettings())
