"""Invented reports of raids in real places, and makers to group them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.grouping.assign import Grouping, group
from crawler.grouping.gist import Account, Candidate
from crawler.grouping.rarity import Background
from crawler.places.place import Place

WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")
LOWELL = Place("Lowell", "city", "Middlesex County", "MA")
FRESNO = Place("Fresno", "city", "Fresno County", "CA")
DAY = datetime(2026, 5, 13, 14, 0, tzinfo=UTC)

WIRE_TITLE = "Immigration agents arrest five at Waltham bakery"
WIRE = """\
Federal immigration agents arrested five workers at a bakery on Moody Street on Tuesday morning, the
owner said. Agents in two unmarked vans pulled up behind the Golden Sheaf bakery shortly after six,
while the first loaves were coming out of the ovens, owner Halina Brzoska said. They showed a paper
at the back door and asked for the staff by name. "I have known these people for eleven years,"
Brzoska said. "Nobody told me where they were going." A spokesman for Immigration and Customs
Enforcement confirmed an operation in the city but declined to name those held. Lawyer Tobias
Achebe, who represents two of the workers, said both had hearings scheduled for the autumn and no
criminal record. He filed a petition in federal court in Boston late on Tuesday. Mayor Renata Okafor
said the city had not been told in advance. Neighbors left flowers at the door during the day, and a
vigil was planned for Wednesday at the common."""
OWN_TITLE = "Five bakery workers taken from Moody Street by ICE, owner says"
OWN = """\
The ovens at the Golden Sheaf were still hot when the vans came. By half past six, five of the
bakery's employees had been driven away, and Halina Brzoska was left on Moody Street with trays of
rye and a telephone that would not stop. It is the first immigration arrest at a Waltham business
this year, according to the volunteers who keep count. Achebe, a lawyer from Newton, drove over as
soon as a cousin called him. Okafor, the mayor, said she learned of it from the radio."""
LOWELL_TITLE = "ICE arrests four at Lowell roofing company"
LOWELL_TEXT = """\
Federal immigration agents arrested four roofers in the yard of a Lowell company on Tuesday morning,
a manager said. The men were loading ladders on Chelmsford Street when three cars blocked the gate,
said Petra Lindqvist, who runs the office of Mill City Roofing. An agency spokesman confirmed an
operation in the city but declined to name those held. Their families gathered at a church in the
afternoon. Lindqvist said work on a school would stop for the week."""


def known(
    number: int,
    title: str,
    text: str,
    place: Place | None = WALTHAM,
    days: float = 0,
    story: int = 0,
    copy_of: int | None = None,
) -> Candidate:
    """A stored article."""
    places = (place,) if place else ()
    return Candidate(number, story or number * 10, title, text, DAY + timedelta(days=days), places, copy_of)


def grouped(
    title: str, text: str, candidates: list[Candidate], place: Place | None = WALTHAM, days: float = 0
) -> Grouping:
    """What group() says of an article, when these are stored and all their stories are asked about."""
    stories: dict[int, list[Account]] = {}
    for candidate in sorted(candidates, key=lambda c: c.article_id):
        if candidate.copy_of is None:
            stories.setdefault(candidate.story_id, []).append(Account.of(candidate))
    background = Background()
    for reports in stories.values():
        background.add(reports[0])
    return group(replace(known(0, title, text, place, days), story_id=0), candidates, lambda *_: stories, background)
