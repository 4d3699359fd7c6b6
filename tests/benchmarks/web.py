"""How quickly the archive answers while ten ask at once: 100,000 stories in SQLite, a real server in its own process.

`python -m tests.benchmarks.web`; with `--datasette PYTHON` (an interpreter that has Datasette) the same words are asked
of Datasette, on the same table and index, in the same run. No two searches are alike, so nothing that is kept helps.
"""

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tests.benchmarks.archive import _SMALL, START, Wire
from tests.benchmarks.invented import towns
from tests.benchmarks.running import environment
from tests.benchmarks.stories import fill
from tests.makers.chromium import free_port

AT_ONCE = 10
_KINDS = ("", "raid", "arrest")
_COMMON = "agents court family lawyer police warrant raid custody protest council officers rights".split()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stories", type=int, default=100_000)
    options.add_argument("--asked", type=int, default=400, help="requests of each kind")
    options.add_argument("--database", help="a file to keep, or one that was kept; else a new one each time")
    options.add_argument("--datasette", help="an interpreter that has Datasette")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(given.database or Path(folder) / "icewire.db").resolve()
        if not file.exists():
            fill(f"sqlite:///{file}", given.stories)
        with _served([sys.executable, "-m", "tests.benchmarks.web_server", str(file)], "/health") as port:
            for name, addresses in _ours(given.stories).items():
                _tell(name, measured(port, addresses, given.asked))
        if given.datasette:
            metadata = Path(folder) / "metadata.json"
            metadata.write_text(json.dumps(_described(file.stem)), "utf-8")
            command = [given.datasette, "-m", "datasette", str(file), "--metadata", str(metadata)]
            with _served([*command, "--setting", "sql_time_limit_ms", "20000", "--port"], "/-/versions.json") as port:
                for name, addresses in _theirs(file.stem).items():
                    _tell(name, measured(port, addresses, max(100, given.asked // 4)))


def _ours(stories: int) -> dict[str, Iterator[str]]:
    """Addresses without end, by what is measured."""
    dice = random.Random(7)
    places = [f"{town.name}, {town.state}" for town in towns()]
    words = _words()
    return {
        "front page": _ever(lambda: "/"),
        "list": _ever(lambda: "/stories?older=" + _anywhere(dice, stories)),
        "search": _ever(lambda: f"/stories?q={quote(next(words))}"),
        "search, JSON": _ever(lambda: f"/stories.json?q={quote(next(words))}"),
        "search, a common word and a rare one": _ever(
            lambda: f"/stories?q={quote(f'{dice.choice(_COMMON)} {next(words)}')}"
        ),
        "search, a common word": _ever(lambda: f"/stories?q={dice.choice(_COMMON)}&older={_anywhere(dice, stories)}"),
        "filter": _ever(
            lambda: f"/stories?{urlencode({'place': dice.choice(places), 'kind': dice.choice(('', 'raid'))})}"
        ),
        "story": _ever(lambda: f"/stories/{dice.randint(1, stories)}"),
    }


def _theirs(database: str) -> dict[str, Iterator[str]]:
    words = _words()
    columns = "&".join(f"_col={name}" for name in ("id", "source_id", "title", "link", "published_at"))
    asked = f"_size=50&_sort_desc=id&{columns}"
    return {
        "Datasette, search, JSON": _ever(lambda: f"/{database}/article.json?_search={quote(next(words))}&{asked}"),
        "Datasette, search, HTML": _ever(lambda: f"/{database}/article?_search={quote(next(words))}&{asked}"),
    }


def _words() -> Iterator[str]:
    """Words as texts hold them, the frequent more often than the rare, without the smallest; one of them or two."""
    dice, wire = random.Random(11), Wire(3, 1000)
    telling = (word for _ in count() for word in wire._some(50) if word not in _SMALL)
    while True:
        yield " ".join(next(telling) for _ in range(dice.choice((1, 1, 2))))


def _anywhere(dice: random.Random, stories: int) -> str:
    from datetime import UTC, datetime

    when = START + timedelta(minutes=5 * dice.randint(stories // 2, stories))
    return f"{(when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1):x}.1"


def _ever(made: Callable[[], str]) -> Iterator[str]:
    while True:
        yield made()


def _described(database: str) -> dict[str, Any]:
    return {"databases": {database: {"tables": {"article": {"fts_table": "article_search", "fts_pk": "id"}}}}}


def measured(port: int, addresses: Iterator[str], asked: int) -> list[float]:
    """Milliseconds of each answer, of so many requests by AT_ONCE askers; each has a connection that is kept."""
    lock, taken = threading.Lock(), count()
    times: list[float] = []

    def asks() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while True:
            with lock:
                if next(taken) >= asked + AT_ONCE:
                    return
                address = next(addresses)
            began = time.perf_counter()
            connection.request("GET", address)
            answer = connection.getresponse()
            answer.read()
            took = (time.perf_counter() - began) * 1000
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {address}")
            with lock:
                times.append(took)

    threads = [threading.Thread(target=asks) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times[AT_ONCE:]  # the first of each is for warming up


@contextmanager
def _served(command: Sequence[str], ready: str) -> Iterator[int]:
    """A server on a free port, which is the command's last argument."""
    port = free_port()
    process = subprocess.Popen([*command, str(port)], env=environment())
    try:
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", ready)
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _tell(name: str, times: Sequence[float]) -> None:
    cuts = statistics.quantiles(times, n=20)
    print(f"{name:38} p50 {statistics.median(times):8.1f} ms   p95 {cuts[18]:8.1f} ms   {len(times)} asked", flush=True)


if __name__ == "__main__":
    main()
