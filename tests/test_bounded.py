"""No pattern and no loop of ours grows faster than what it is given: each reader is given its worst."""

import os
import resource
import signal
import time
from collections.abc import Callable, Mapping

import pytest

from crawler.changes import development, figures, material_change, word_diff
from crawler.extract import opt_out
from crawler.extract.byline import people
from crawler.extract.jsonld import clean
from crawler.extract.script_data import values_in
from crawler.extract.scripted import story_in
from crawler.glance import more_will_come, next_page, redirect_in, stand_in, whole_story
from crawler.grouping import fingerprint
from crawler.text import (
    absolute,
    canonical_url,
    decoded,
    fold,
    moments_in,
    numbers_mended,
    page_address,
    parse,
    read_once,
    search_words,
    sentences,
    spans_of_words,
    unescaped,
    visible,
    words,
)  # fmt: skip
from crawler.text.plaintext import plain
from crawler.topic import chosen
from tests.makers.worst import filled

pytestmark = pytest.mark.slow

SMALL = 5_000  # characters of any unit, for each reader
SMALL_BYTES = 500_000  # of its own worst; four times as much is what a crawl takes of a page
MOST = 6.5  # times as long for four times as much: n log n and a cache that is full
FLOOR = 0.06  # seconds: below nothing is told by a ratio
HANG = 20  # seconds: the system ends what takes longer
URL = "https://gazette.example/2026/03/09/ice-agents-detain-two-men"
HEADLINE = "ICE agents detain two men outside Waltham courthouse"

READERS: dict[str, Callable[[str], object]] = {
    "unescaped": unescaped, "numbers_mended": numbers_mended, "visible": visible, "plain": plain,
    "read_once": read_once,
    "fold": fold, "words": words, "sentences": sentences, "spans_of_words": spans_of_words,
    "search_words": search_words,
    "moments_in": moments_in, "absolute": lambda text: absolute(text, URL), "parse": parse, "clean": clean,
    "people": people, "figures": lambda text: figures("", text), "fingerprint": lambda text: fingerprint("", text),
    "decoded": lambda text: decoded(b"\xff" + _bytes(text), text, lambda body: []),
    "opt_out": lambda text: opt_out(_bytes(text), {"x-robots-tag": text}),
    "redirect_in": lambda text: redirect_in(_bytes(text[:20_000]), URL),
    "stand_in": lambda text: stand_in(_bytes(text), [HEADLINE], "Gazette"),
    "next_page": lambda text: next_page(_bytes(text), URL), "whole_story": lambda text: whole_story(_bytes(text), URL),
    "more_will_come": lambda text: more_will_come(_bytes(text)),
    "values_in": lambda text: list(values_in([text])), "story_in": lambda text: story_in([text], HEADLINE),
    "material_change": lambda text: material_change("", text, "", f"{text[:-20]} Two men came."),
    "development": lambda text: development(HEADLINE, text[:20_000], [(HEADLINE, "Two men were detained in Waltham.")]),
    "word_diff": lambda text: word_diff(text, text[::-1]),
    "kinds": lambda text: chosen().kinds.told("", f"The county paid its bill {text} last year"),
    "addresses": lambda text: [_addresses(text[at : at + 3900]) for at in range(0, len(text), 20_000)],
}  # fmt: skip


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _addresses(text: str) -> list[str]:
    starts = ("https://gazette.example/", "https://", "https://www.google.com/amp/s/")
    return [page_address(canonical_url(start + text)) for start in starts]


# What has made some reader grow, here or elsewhere.
ANY = (
    ".amp",
    "www.",
    "<",
    "<!--",
    "<script>",
    "<style>",
    "<aside>",
    "<title>",
    "<meta ",
    "<p>",
    "&#",
    "&amp",
    '"',
    "“",
    "\\",
    '\\"',
    "[",
    '{"a":',
    ",",
    "a",
    "Ab ",
    "é",
    "â€™",
    "x’",
    "\u0301",
    "\u200b",
    "\x1b]",
    " ",
    "\n",
    ". ",
    "A.",
    "U.S. ",
    "0",
    "1,",
    "12:30 ",
    "1/1/2026 ",
    "Nov. 5, ",
    "-",
    "--",
    " - ",
    "/",
    "%",
    "a@",
    "http://",
    "by ",
    "ICE ",
    "updated ",
    "’",
    "x’",
    "a b ",
    '"I am," he said. ',
    "(",
    "12:30 99/99/2026 ",
    "Correction: he said it. ",
    "99 ",
)
HEADS = ("Jan 1", "<meta ", '"headline": ', "By ", "1")
RUNS = (" ", "\n", "a", "0", ".", ",", "-")
# Of each reader the worst that we know, 2 MB of it.
OWN: dict[str, tuple[tuple[str, str], ...]] = {
    "opt_out": (("<meta ", ""), ("<meta a=" + "b " * 900 + ">", ""), ("<!--", ""), ("a ", "<meta ")),
    "stand_in": (("<title", ""), ("<h1 ", ""), ("og:title ", "<meta "), ("<script>", ""), ("<p>gone ", "")),
    "next_page": (('href="/2026/03/09/ice-agents-detain-two-men"', ""), ("href= ", ""), (" ", "href=")),
    "more_will_come": (("<p>", "this is a developing story"), ("developing ", "")),
    "moments_in": ((" ", "Jan 1"),),
    "values_in": (('\\"', '"{'), ("=[1=", "{"), ('={"a":=', "{"), ('["', "=")),
    "story_in": (("<script>", '{"headline":"' + HEADLINE + '","body":"'),),
    "numbers_mended": (("&#0", ""), ("&#1", ""), ("1", "&#")),
    "visible": (("\x1b]", ""), ("\x1b[", ""), ("’", "\x1b]")),
    "plain": (("<script>", ""), ("<!--", ""), ("<a ", ""), ("&amp;", "")),
    "material_change": ((",", ""), ("Correction: he said it.\n", "")),
    "sentences": (('"', "."), (" ", "."), ('. "', "")),
    "absolute": (("\n ", ""), ("www.", "")),
}


def _inputs() -> dict[str, tuple[str, str]]:
    """Unit and head of each, by what it is called."""
    return {repr(unit): (unit, "") for unit in ANY} | {
        f"{head!r}, {run!r}": (run, head) for head in HEADS for run in RUNS
    }


def _seconds(read: Callable[[str], object], text: str) -> float:
    before = time.process_time()
    read(text)
    return time.process_time() - before


def _grows(read: Callable[[str], object], inputs: Mapping[str, tuple[str, str]], small: int, floor: float) -> list[str]:
    """The inputs for which a reader takes too much longer when they are larger."""
    told = []
    for name, (unit, head) in inputs.items():
        large = filled(unit, 4 * small, head)
        if (long := _seconds(read, large)) < floor:
            continue
        short = min(_seconds(read, filled(unit, small, head)) for _ in range(2))
        long = min(long, _seconds(read, large))
        if long > floor and long > MOST * short:
            told.append(f"{name}: {short:.3f} s, four times as much {long:.3f} s")
    return told


def _in_time(work: Callable[[], list[str]]) -> list[str]:
    """What it gives, in a process that the system ends when it hangs."""
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 4 * HANG, resource.RLIM_INFINITY))
            os.write(writer, "\n".join(work())[:60_000].encode("utf-8", "backslashreplace"))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
    os.close(writer)
    with os.fdopen(reader) as said:
        told = said.read()
    ended = os.waitpid(process, 0)[1]
    return ["it hangs"] if os.WTERMSIG(ended) != signal.SIGTERM else [line for line in told.split("\n") if line]


@pytest.mark.parametrize("name", READERS)
def test_no_reader_grows_faster_than_its_input(name: str) -> None:
    assert _in_time(lambda: _grows(READERS[name], _inputs(), SMALL, FLOOR)) == []


@pytest.mark.parametrize("name", OWN)
def test_two_megabytes_of_the_worst_take_a_second(name: str) -> None:
    worst = {f"{head!r}, {unit!r}": (unit, head) for unit, head in OWN[name]}
    assert _in_time(lambda: _grows(READERS[name], worst, SMALL_BYTES, 1.0)) == []
