"""What a search is called in the mail: its own name, else its words; and one that cannot be read says so."""

from datetime import UTC, date, datetime

import pytest

from alerts.digest.compose import SourcesRead, compose
from alerts.digest.headings import LONGEST_HEADING, headings
from alerts.digest.limits import MOST_OF_A_SECTION
from alerts.digest.render import digest_text
from alerts.people import Subscription
from alerts.settings import MailSettings

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
TOWNS = ("Waltham", "Lowell", "Lynn", "Lawrence", "Worcester", "Quincy", "Fall River")


def search(query: str, name: str = "") -> Subscription:
    return Subscription(id=1, subscriber_id=1, query=query, name=name, created_at=NOW)


def heading(query: str, name: str = "") -> str:
    return headings([search(query, name)], "en")[query].title


def test_a_search_is_called_what_it_asks_for() -> None:
    assert heading("raid -hockey") == "Stories that mention raid, but not hockey"
    assert heading("") == "Every story about ICE"


def test_its_own_name_is_said_instead() -> None:
    assert heading("raid -hockey", "Raids") == "Raids"
    assert heading("", "All of it") == "All of it"


def test_a_search_that_is_read_no_more_says_so_and_its_text_is_no_heading() -> None:
    called = headings([search("lang:xx raid")], "en")["lang:xx raid"]
    assert called.title == "A search that cannot be read"
    assert called.problem.startswith("This search can be read no more, so it finds nothing: “xx” is no language")
    assert called.problem.endswith("It is: lang:xx raid")
    assert heading("lang:xx raid", "Old") == "Old"
    problem = headings([search("lang:xx raid")], "es")["lang:xx raid"].problem
    assert problem.startswith("Esta búsqueda ya no se puede leer, así que no encuentra nada: “xx” no es un idioma;")


@pytest.mark.parametrize(
    "query",
    [
        " ".join(f"word{n}" for n in range(100)),
        " OR ".join(f'"some words number {n}"' for n in range(60)),
        " OR ".join(
            f'place:"{town}, MA"'
            for town in ("Waltham", "Lowell", "Lynn", "Lawrence", "Worcester", "Quincy", "Fall River")
        ),
        "kind:arrest " + " ".join(f"-team{n}" for n in range(50)),
        "a" * 300,
    ],
)
def test_a_long_search_is_a_heading_of_two_lines_and_never_its_text(query: str) -> None:
    said = heading(query)
    assert len(said) <= LONGEST_HEADING + 1
    assert said.startswith("Stories")
    assert said.endswith(" …")
    assert " OR " not in said
    assert "place:" not in said
    assert len(heading("raid", "my own name " * 30)) <= LONGEST_HEADING + 1


def test_how_many_stories_it_shows_is_the_readers() -> None:
    one = search("raid")
    assert headings([one], "en")["raid"].most == MOST_OF_A_SECTION
    one.most = 7
    assert headings([one], "en")["raid"].most == 7


def test_the_mail_shows_it() -> None:
    one = search("lang:xx")
    found = compose(date(2026, 3, 10), "UTC", [one.query], [], SourcesRead(1), NOW, headings=headings([one], "en"))
    assert "can be read no more" in digest_text(found, MailSettings())
