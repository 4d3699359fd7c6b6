"""Issues of a series: one form, filled in for another week, month or day."""

import pytest

from alerts.locale import in_words
from crawler.grouping.assign import Grouping
from tests.makers.reports import WIRE, WIRE_TITLE, grouped, known

HOTLINE = """The count is made from calls to a hotline and from videos that our reporters have checked.
ICE does not publish arrests by county. A spokeswoman did not answer questions about the count.
If you saw an arrest, call our tip line. We do not publish names without consent, and we never have."""
FIELD = """The group counts people in chains who board the white jets; it does not know their names.
The authority that owns the field says that it has no say over federal charters, and ICE did not answer questions.
The group meets at the fence at six on weekdays and asks for volunteers with long lenses and some patience."""
LIST = """Reports that could not be confirmed are left out. Call the hotline if you see agents, and keep your distance.
This list is updated every evening; what is missing here may still be looked into by our volunteers."""


def weekly(first: str, last: str, count: int, where: str) -> tuple[str, str]:
    return (
        f"ICE arrests in Middlesex County this week: {count}",
        f"This is our weekly count of ICE arrests in Middlesex County, from {first} to {last}.\n"
        f"Volunteers logged {count} arrests, most of them {where}. {HOTLINE}",
    )


def monthly(month: str, count: int, to: str) -> tuple[str, str]:
    return (
        f"ICE flights from Hanscom Field: {count} in {month}",
        f"BEDFORD — {count} ICE flights left Hanscom Field in {month}, according to a group that watches it.\n"
        f"Most went to {to}. {FIELD}",
    )


def daily(day: str, spots: str) -> tuple[str, str]:
    return (
        f"Where ICE was seen on {day}",
        f"Here is where ICE agents were seen on {day}, by the reports that the hotline confirmed.\n{spots}. {LIST}",
    )


def journal(day: str, what: str) -> tuple[str, str]:
    return (
        "Registro de redadas",
        f"Estos son los operativos de ICE que la red confirmó el {day} en el condado.\n{what}.\n"
        "La red no publica nombres sin permiso. Si ve agentes, llame a la línea y guarde distancia, por favor.\n"
        "Los avisos que no se pudieron confirmar no están en esta lista, que se renueva cada tarde a las seis.",
    )


def blotter(count: str, what: str) -> tuple[str, str]:
    return (
        "Waltham police log",
        f"The department answered {count} calls on this week's log, one of them with ICE.\n{what}.\n"
        "The log is compiled from records that the department releases. A charge is no proof, and everybody on it is "
        "presumed innocent. Calls for medical help are left out, as are the names of children and of witnesses.",
    )


SERIES = {
    "weekly": (weekly("Nov. 14", "Nov. 20", 31, "at the courthouse in Lowell"), 7,
               weekly("Nov. 21", "Nov. 27", 12, "at a mill in Waltham")),
    "weekly over a month's end": (weekly("October 25", "October 31", 31, "at a court"), 7,
                                  weekly("November 1", "November 7", 30, "at a court")),
    "monthly": (monthly("October", 14, "Alexandria, Louisiana"), 30, monthly("November", 22, "El Paso, Texas")),
    "monthly, sooner": (monthly("October", 14, "Alexandria, Louisiana"), 20, monthly("November", 22, "El Paso")),
    "daily": (daily("Monday", "Moody Street, two men taken"), 4, daily("Friday", "Pine Street, four women taken")),
    "the next day": (daily("May 13", "Moody Street, two men taken"), 1, daily("May 14", "A gym, one man taken")),
    "Spanish": (journal("lunes", "En la calle Moody, dos hombres"), 2, journal("miércoles", "En un gimnasio, uno")),
    "by its numbers": (blotter("112", "Officers stood by"), 7, blotter("97", "A man was taken from a bus stop")),
}  # fmt: skip


def second(name: str) -> Grouping:
    """What is said of the next issue, when the first one is stored."""
    first, days, issue = SERIES[name]
    return grouped(*issue, [known(1, *first)], days=days)


@pytest.mark.parametrize("name", SERIES)
def test_the_next_issue_is_no_copy_of_the_last_and_not_its_event(name: str) -> None:
    found = second(name)
    assert (found.story_id, found.copy_of) == (None, None)


def test_the_next_issue_follows_the_last_and_says_why_it_stands_alone() -> None:
    found = second("weekly")
    assert found.follows == 10
    assert [in_words(why) for _, why in found.apart] == ["another issue of the same series"]


@pytest.mark.parametrize("name", SERIES)
def test_the_same_issue_elsewhere_a_day_later_is_a_copy(name: str) -> None:
    first, _, _ = SERIES[name]
    assert grouped("From our partners", first[1], [known(1, *first)], days=1).copy_of == 1


COLUMN = (
    ("Daily Memo: Who drives when the drivers are gone", "Farm buses near Fresno ran half empty."),
    ("Daily Memo: A judge reads the fine print", "A federal judge asked how a warrant was signed."),
    ("Daily Memo: The price of a bond", "Families pooled money for a bond that nobody had foreseen."),
)
ASIDE = " ICE and immigration agents have made arrests in the county, as readers of this column know. Write to us."


def test_a_column_is_another_story_every_day() -> None:
    stored = [known(n, title, text + ASIDE, days=n) for n, (title, text) in enumerate(COLUMN[:2], 1)]
    assert grouped(COLUMN[2][0], COLUMN[2][1] + ASIDE, stored, days=3).story_id is None
    assert grouped(COLUMN[1][0], COLUMN[1][1] + ASIDE, stored[:1], days=2).story_id is None


UPDATES = {
    "another number": (WIRE_TITLE.replace("five", "seven"), WIRE.replace("arrested five", "arrested seven")),
    "a day more": (WIRE_TITLE, WIRE.replace("Tuesday morning, the", "Tuesday morning, the mayor said Thursday, the")),
    "a dateline": (WIRE_TITLE, f"WALTHAM, May 14 — {WIRE}"),
    "a stamp": (WIRE_TITLE, f"Updated May 14, 2026 09:12 AM\n{WIRE}"),
}  # fmt: skip


@pytest.mark.parametrize("name", UPDATES)
def test_a_text_that_was_brought_up_to_date_is_a_copy_still(name: str) -> None:
    stored = known(1, WIRE_TITLE, f"Published May 13, 2026 04:40 PM\n{WIRE}")
    assert grouped(*UPDATES[name], [stored], days=1).copy_of == 1


def test_two_reports_that_asked_the_agency_on_other_days_tell_of_one_event() -> None:
    asked = "ICE did not answer a request for comment on {}."
    stored = known(1, WIRE_TITLE, f"{WIRE}\n{asked.format('Tuesday')}")
    told = "Workers at the Golden Sheaf bakery on Moody Street spoke of the arrests. Halina Brzoska wept."
    found = grouped("Bakery owner on arrest of five", f"{told}\n{asked.format('Thursday')}", [stored])
    assert found.story_id == 10
