"""Invented reports that a test file holds as text: "STATE | Place", headline and lines, an empty line between two.

Several places stand in the order in which they come out, a semicolon between two. One behind a question mark comes out
though nothing happened there.
"""


def read_reports(told: str) -> list[tuple[str, str, str, str]]:
    """(state, place, title, text) of each."""
    read = []
    for report in told.strip().split("\n\n"):
        head, title, *lines = report.split("\n")
        state, _, place = head.partition(" | ")
        read.append((state.removeprefix("US"), place, title, " ".join(lines)))
    return read


def come_out(places: str) -> list[str]:
    """The places that come out of a report, whether something happened there or not."""
    return [place.removeprefix("?") for place in places.split("; ")]
