from crawler.account import Account
from crawler.background import Background
from crawler.events import evidence_of
from tests.reports import DAY, LOWELL, WALTHAM


def test_in_a_city_with_many_stories_being_there_too_is_little_evidence() -> None:
    background = Background()
    a, b = (Account(n, n, title, "", DAY, (WALTHAM,)) for n, title in enumerate(("A vigil", "Budgets")))
    evidence = []
    for _ in range(12):
        background.add(Account(1, 1, "A raid", "", None, (WALTHAM,)))
        evidence.append(evidence_of(a, b, background))
    assert evidence == sorted(evidence, reverse=True)
    assert evidence[0] == evidence[2] == 4 * evidence[-1] > 0
    assert evidence_of(a, Account(3, 3, "Budgets", "", DAY, (LOWELL,)), background) < 0


def test_many_names_and_none_in_common_speak_for_two_events() -> None:
    def told(*names: str) -> Account:
        return Account(0, 0, "", " ".join(f"It was seen by {name}, who came by." for name in names), DAY, ())

    ours = told("Halina Brzoska", "Tobias Achebe", "Renata Okafor", "Petra Lindqvist")
    theirs = ["Colm Pettibone", "Dario Vantongeren", "Adaeze Renwick"]
    evidence = [evidence_of(ours, told(*theirs[:n]), Background()) for n in range(4)]
    assert evidence[0] == 0
    assert evidence == sorted(evidence, reverse=True)
    assert evidence[3] < evidence[1] < 0
    assert evidence_of(ours, told(*theirs, "Mayor Okafor"), Background()) == 0  # whom both name, if not by one name
    assert evidence_of(ours, told(*theirs, "Renata Okafor"), Background()) > 0
