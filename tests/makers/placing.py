"""Invented reports that a test file holds as text: "STATE | Place", headline and lines, an empty line between two."""


def read_reports(told: str) -> list[tuple[str, str, str, str]]:
    """(state, place, title, text) of each."""
    read = []
    for report in told.strip().split("\n\n"):
        head, title, *lines = report.split("\n")
        state, _, place = head.partition(" | ")
        read.append((state.removeprefix("US"), place, title, " ".join(lines)))
    return read
