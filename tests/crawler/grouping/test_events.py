import pytest

from crawler.grouping.evidence import evidence_of
from crawler.grouping.gist import Account
from crawler.grouping.rarity import Background
from crawler.places.place import Place
from tests.makers.reports import DAY, FRESNO, LOWELL, WALTHAM


def test_in_a_city_with_many_stories_being_there_too_is_no_evidence_and_more_is_asked() -> None:
    background = Background()
    a, b = (Account(n, n, title, "", DAY, (WALTHAM,)) for n, title in enumerate(("A vigil", "Budgets")))
    evidence = []
    for _ in range(12):
        background.add(Account(1, 1, "A raid", "", None, (WALTHAM,)))
        evidence.append(evidence_of(a, b, background))
    assert evidence == sorted(evidence, reverse=True)
    assert evidence[0] == evidence[2] > evidence[3] > 0 > evidence[-1]
    assert evidence_of(a, Account(3, 3, "Budgets", "", DAY, (LOWELL,)), background) < 0


def test_a_busy_city_says_little_also_when_both_name_a_second_place_of_one_county() -> None:
    background = Background()
    for _ in range(12):
        background.add(Account(1, 1, "A raid", "", None, (LOWELL,)))
    second = [Place(name, "city", "Worcester County", "MA") for name in ("Leominster", "Gardner")]
    a, b = (Account(n, n, "", "", DAY, (LOWELL, place)) for n, place in enumerate(second))
    here, there = (Account(n, n, "", "", DAY, (LOWELL,)) for n in range(2))
    assert evidence_of(a, b, background) == evidence_of(here, there, background)


def told(*names: str) -> Account:
    """An account that names them."""
    return Account(0, 0, "", " ".join(f"It was seen by {name}, who came by." for name in names), DAY, ())


OURS = told("Halina Brzoska", "Tobias Achebe", "Renata Okafor", "José García")
THEIRS = ("Colm Pettibone", "Dario Vantongeren", "Adaeze Renwick")


def test_many_names_and_none_in_common_speak_for_two_events() -> None:
    evidence = [evidence_of(OURS, told(*THEIRS[:n]), Background()) for n in range(4)]
    assert evidence[0] == 0
    assert evidence == sorted(evidence, reverse=True)
    assert evidence[3] < evidence[1] < 0


@pytest.mark.parametrize("known", ["Mayor Okafor", "Okafor", "Jose Garcia", "Ana García"])
def test_who_is_told_again_by_the_surname_is_no_stranger(known: str) -> None:
    assert evidence_of(OURS, told(*THEIRS, known), Background()) == 0


def test_a_name_in_common_speaks_for_one_event() -> None:
    assert evidence_of(OURS, told(*THEIRS, "Renata Okafor"), Background()) > 0


def test_a_street_is_not_somebody_whom_both_tell_of() -> None:
    background = Background()
    for n in range(5):
        background.add(Account(n, n, "", f"It was on number {n} of a street.", None, ()))
    ours, theirs = told("Halina Brzoska", "Moody Street"), told("Colm Pettibone", "Main Street")
    assert evidence_of(ours, theirs, background) < 0


BAKER = "Halina Brzoska, {}, was taken from her bakery on Moody Street. Brzoska had no record, said a cousin of hers."


@pytest.mark.parametrize("ours", ["aged 44", "a 44-year-old", "44"])
@pytest.mark.parametrize(
    "theirs", ["Ana, 31, was led away.", "A man aged 27 was led away.", "A 61-year-old was led away."]
)
def test_people_of_other_ages_speak_for_two_events(ours: str, theirs: str) -> None:
    a, b, unsaid = (Account(0, 0, "", text, DAY, ()) for text in (BAKER.format(ours), theirs, "Ana was led away."))
    assert evidence_of(a, b, Background()) < evidence_of(a, unsaid, Background()) - 0.1


@pytest.mark.parametrize("theirs", ["aged 44", "a 45-year-old", "43"])
def test_newsrooms_err_by_a_year(theirs: str) -> None:
    a, b = (Account(0, 0, "", BAKER.format(age), DAY, ()) for age in ("44", theirs))
    assert evidence_of(a, b, Background()) > 0


def test_one_person_of_whom_both_tell_bridges_two_towns() -> None:
    here, there = (Account(0, 0, "", BAKER.format("44"), DAY, (place,)) for place in (WALTHAM, FRESNO))
    strange = Account(0, 0, "", "A vigil was held by a church.", DAY, (FRESNO,))
    assert evidence_of(here, there, Background()) > evidence_of(here, strange, Background()) / 2


def test_whom_everybody_tells_of_bridges_nothing() -> None:
    background = Background()
    here, there = (Account(0, 0, "", BAKER.format("44"), DAY, (place,)) for place in (WALTHAM, FRESNO))
    before = evidence_of(here, there, background)
    for _ in range(9):
        background.add(here)
    assert evidence_of(here, there, background) < before - 0.2


def county(name: str) -> Place:
    return Place(f"{name} County", "county", f"{name} County", "WI")


def signing(place: Place, title: str, text: str = "It lets deputies serve warrants in the jail.") -> Account:
    return Account(0, 0, title, text, DAY, (place,))


def test_the_sheriffs_of_two_counties_are_two() -> None:
    ours, theirs = (
        signing(county(name), "Sheriff signs deal with federal agents") for name in ("Ozaukee", "Fond du Lac")
    )
    same = signing(county("Ozaukee"), "Sheriff signs deal with federal agents")
    assert evidence_of(ours, theirs, Background()) < evidence_of(ours, same, Background()) - 0.3


def test_headlines_that_each_name_another_place_speak_for_two_events_however_alike() -> None:
    background = Background()
    deal = "Sheriff signs deal with federal agents in {} County"
    ours, theirs, moved = (
        signing(county(name), deal.format(named), text)
        for name, named, text in (
            ("Ozaukee", "Ozaukee", "It lets deputies serve warrants in the jail."),
            ("Fond du Lac", "Fond du Lac", "It lets deputies serve warrants in the jail."),
            ("Fond du Lac", "Fond du Lac", "It is the one that Ozaukee has."),
        )
    )
    assert evidence_of(ours, theirs, background) < -0.5
    assert evidence_of(ours, moved, background) > evidence_of(ours, theirs, background) + 0.4
