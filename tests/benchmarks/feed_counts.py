"""What a stranger would count in a feed, reader by reader: entries, and those with a link, a title and a date."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.benchmarks.feed_readers import Said

WHAT: Mapping[str, Callable[[Said], bool]] = {
    "entries": lambda one: True,
    "links": lambda one: bool(one.raw_link),
    "titles": lambda one: bool(one.raw_title),
    "dates": lambda one: one.dated,
}
REASON = "worse for "
_ADDRESS = ("http://", "https://", "/")


def _key(whose: str, what: str) -> str:
    return f"{whose}{what}" if what == "entries" else f"plain_{whose}{what}"


PLAIN = (*(_key(whose, what) for what in WHAT for whose in ("", "peer_")), *(f"plain_worse_{what}" for what in WHAT))


def plain_counts(ours: Sequence[Said], peers: Iterable[Sequence[Said]]) -> tuple[Counter[str], list[str]]:
    """How many entries have what, ours and the better peer's; and for each count that is worse why, with an example.

    Nothing is judged: a link is whatever a reader calls so, a date any date.
    """
    counts: Counter[str] = Counter()
    told = []
    peers = list(peers)
    for what, has in WHAT.items():
        best = max(peers, key=lambda said: sum(map(has, said)))
        own, theirs = sum(map(has, ours)), sum(map(has, best))
        counts[_key("", what)], counts[_key("peer_", what)] = own, theirs
        if own < theirs:
            counts[f"plain_worse_{what}"] = 1
            why, shown = _why(what, ours, [one for one in best if has(one)])
            counts[f"{REASON}{what}: {why}"] = 1
            told.append(f"{own} {what}, a peer {theirs}: {why}: {shown!r:.100}")
    counts["plain_worse_files"] = int(bool(told))
    return counts, told


def _why(what: str, ours: Sequence[Said], theirs: Sequence[Said]) -> tuple[str, str]:
    """Why ours has fewer, as far as what the peer gives shows it, with an example."""
    if what == "links":
        known = {one.raw_link for one in ours} - {""}
        lost = [one.raw_link for one in theirs if not {one.raw_link, one.link} & known]
        names = [link for link in lost if not link.startswith(_ADDRESS)]
        return ("a name is no address", names[0]) if lost == names and names else ("not found", (lost or [""])[0])
    if what == "titles":
        bare = [one.raw_title for one in theirs if not one.title]
        titles = {one.raw_title for one in ours}
        lost = [one.raw_title for one in theirs if one.title and one.title not in titles]
        return ("a title without words", bare[0]) if bare and not lost else ("not found", (lost or bare or [""])[0])
    if what == "dates":
        never = [one.written for one in theirs if one.date is None]
        dates = {one.date for one in ours}
        lost = [one.written or str(one.date) for one in theirs if one.date and one.date not in dates]
        return ("a date that means none", never[0]) if never and not lost else ("not read", (lost or never or [""])[0])
    return "not found", theirs[-1].raw_title
