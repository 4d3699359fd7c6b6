from dataclasses import replace

from alerts.locale import in_words
from crawler.grouping.corrections import misplaced, same_stories
from crawler.grouping.events import standings
from crawler.grouping.gist import Account, Candidate
from crawler.grouping.rarity import Background
from tests.makers.reports import (
    FRESNO,
    LOWELL,
    LOWELL_TEXT,
    LOWELL_TITLE,
    OWN,
    OWN_TITLE,
    WIRE,
    WIRE_TITLE,
    grouped,
    known,
)

VIGIL_TITLE = "Neighbors keep vigil for workers of the Golden Sheaf bakery"
VIGIL = """\
About sixty neighbors stood on the common on Wednesday evening for the five workers of the Golden Sheaf bakery on Moody
Street who were arrested by immigration agents. Halina Brzoska, the owner, read out their names. Mayor Renata Okafor
said the city had asked the agency for an answer and had none. Tobias Achebe, their lawyer, said a judge would hear his
petition on Friday. Neighbors brought flowers and loaves to the bakery's door."""
BOTH_TITLE = "Bakery workers arrested on Moody Street: neighbors, mayor and lawyer wait for answers"
BOTH = f"{WIRE[:420]} {VIGIL[:330]}"


def accounts(*told: Candidate) -> tuple[dict[int, list[Account]], Background]:
    """The stories of stored reports, and their background."""
    stories: dict[int, list[Account]] = {}
    background = Background()
    for one in told:
        if one.story_id not in stories:
            background.add(Account.of(one))
        stories.setdefault(one.story_id, []).append(Account.of(one))
    return stories, background


def test_two_stories_of_one_raid_are_seen_to_be_one_when_a_report_tells_of_both() -> None:
    stories, background = accounts(
        known(1, WIRE_TITLE, WIRE, story=10),
        known(2, OWN_TITLE, OWN, story=10),
        known(3, VIGIL_TITLE, VIGIL, story=20, days=1),
        known(4, f"{VIGIL_TITLE}, again", VIGIL.replace("sixty", "seventy"), story=20, days=1),
    )
    account = Account.of(known(0, BOTH_TITLE, BOTH, days=1))
    near = standings(account, stories, background)
    assert same_stories(account, near[0], near[1:], background) == [s.story_id for s in near[1:]]
    assert {s.story_id for s in near} == {10, 20}


def test_raids_in_two_towns_stay_two_stories_however_alike() -> None:
    stories, background = accounts(
        known(1, WIRE_TITLE, WIRE, story=10),
        known(2, OWN_TITLE, OWN, story=10),
        known(3, LOWELL_TITLE, LOWELL_TEXT, LOWELL, story=20),
        known(4, f"{LOWELL_TITLE} yard", LOWELL_TEXT, LOWELL, story=20),
    )
    account = Account.of(known(0, WIRE_TITLE, WIRE, days=1))
    near = standings(account, stories, background)
    assert same_stories(account, near[0], near[1:], background) == []


def test_a_story_of_a_single_report_is_not_merged_but_compared_as_it_came() -> None:
    stories, background = accounts(
        known(1, WIRE_TITLE, WIRE, story=10), known(2, OWN_TITLE, OWN, story=10), known(3, VIGIL_TITLE, VIGIL, story=20)
    )
    account = Account.of(known(0, BOTH_TITLE, BOTH))
    near = standings(account, stories, background)
    assert same_stories(account, near[0], near[1:], background) == []


def test_a_report_in_the_wrong_story_goes_with_the_next_one_of_its_own_event() -> None:
    stories, background = accounts(
        known(1, WIRE_TITLE, WIRE, story=10),
        known(2, OWN_TITLE, OWN, story=10),
        known(3, LOWELL_TITLE, LOWELL_TEXT, LOWELL, story=10),
    )
    again = "Roofing company's yard raided, four held by ICE in Lowell"
    text = LOWELL_TEXT.replace("said.", "told reporters.").replace("Their families", "Relatives")
    account = Account.of(known(0, again, text, LOWELL))
    assert misplaced(account, standings(account, stories, background), background) == [3]


def test_the_first_report_is_what_the_story_tells_and_never_leaves_it() -> None:
    stories, background = accounts(
        known(1, LOWELL_TITLE, LOWELL_TEXT, LOWELL, story=10),
        known(2, WIRE_TITLE, WIRE, story=10),
        known(3, OWN_TITLE, OWN, story=10),
    )
    account = Account.of(known(0, f"{LOWELL_TITLE} yard", LOWELL_TEXT, LOWELL))
    assert 1 not in misplaced(account, standings(account, stories, background), background)


def test_what_is_told_of_one_place_and_matter_months_later_is_a_chain_of_stories() -> None:
    first = known(1, WIRE_TITLE, WIRE)
    found = grouped(OWN_TITLE, OWN, [first], days=60)
    assert (found.story_id, found.follows) == (None, 10)
    assert grouped(OWN_TITLE, OWN, [replace(first, places=(FRESNO,))], days=60).follows is None
    links = [first, known(2, WIRE_TITLE, WIRE[:500], days=60), known(3, LOWELL_TITLE, LOWELL_TEXT, LOWELL, days=90)]
    assert grouped(OWN_TITLE, OWN, links, days=120).follows == 20
    assert grouped(OWN_TITLE, OWN, links, days=-60).follows is None


def test_a_matter_told_on_over_weeks_goes_on_in_a_story_of_its_own() -> None:
    vigil = "A vigil for the bakers of the Golden Sheaf was held on Moody Street. Halina Brzoska lit the first candle."
    told = [known(1, WIRE_TITLE, WIRE), known(2, "Vigil for bakers", vigil, days=12, story=10)]
    found = grouped(OWN_TITLE, OWN, told, days=30)
    assert (found.story_id, found.follows) == (None, 10)
    assert [(story, in_words(why)) for story, why in found.apart] == [(10, "30 days apart")]


def test_what_an_article_was_kept_apart_from_is_told_with_the_reason() -> None:
    title = "Bakery workers arrested by immigration agents"
    text = "Five workers of a bakery were arrested on Tuesday morning, its owner said. Agents came in unmarked vans."
    assert [
        (story, in_words(why)) for story, why in grouped(title, text, [known(1, WIRE_TITLE, WIRE)], FRESNO).apart
    ] == [(10, "Fresno, CA, not Waltham, MA")]
    assert [
        (story, in_words(why)) for story, why in grouped(OWN_TITLE, OWN, [known(1, WIRE_TITLE, WIRE)], days=60).apart
    ] == [(10, "60 days apart")]
