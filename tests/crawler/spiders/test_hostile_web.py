"""One real crawl over nearly a hundred outlets that break every rule of the web, with a good one among them.

The crawl ends, the good outlet's story is stored, and of every other outlet the reason is told.
"""

import json
import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.model.story import Entry
from tests.makers.certificates import own_certificate
from tests.makers.crawling import Place, Snapshot, deploy, outlet_at, page, rss
from tests.makers.hazards import FEEDS, PAGES, RAID, ROBOTS, XML, Hazard, external, items, to
from tests.makers.hostile import Line, Trap, Traps, http, trapped
from tests.makers.making import BODY, outlet
from tests.makers.saying import reason
from tests.makers.serving import Reply, served

TIMEOUT = 20  # enough for ten megabytes while all others ask for attention, too
LONGEST = 200  # seconds for the whole crawl; alone on a machine it takes a tenth of that
MOST_MEMORY = 600  # megabytes, of the crawl or any of its workers
SETTINGS = {
    "ICEWIRE_CRAWL__CONCURRENT_HOSTS": "32",
    "ICEWIRE_CRAWL__MAX_PAGE_BYTES": "12000000",
    "ICEWIRE_CRAWL__WORKERS": "1",
}
pytestmark = pytest.mark.slow
SECRET = "the-key-under-the-mat"
RUN = "\nfrom scheduler.cli import main\nmain()\n"

# Writes down the most memory that it and its workers took. ru_maxrss of its own begins with that of whoever started it.
MEASURED = """
import atexit, pathlib, resource
def note():
    own = pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    pathlib.Path("peak").write_text(str(max(int(own), workers)))
atexit.register(note)
"""

# All of loopback is private, so a redirect from a public address to a private one cannot be had in a test as it is.
# Here 127.0.0.2 counts as public, and a few names resolve as we say; one changes its mind with each question. The rest
# is the real thing.
PUBLIC_AND_PRIVATE = """
import socket
names = {"rebind.example": ["127.0.0.3"], "mixed.example": ["127.0.0.3", "127.0.0.2"]}
turns = [["127.0.0.2"], ["127.0.0.3"]]
real = socket.getaddrinfo
def resolve(host, *rest, **more):
    if host == "turning.example":
        names[host] = turns.pop(0) if turns else names[host]
    return [row for address in names.get(host, [host]) for row in real(address, *rest, **more)]
socket.getaddrinfo = resolve
import crawler.spiders.addresses
judge = crawler.spiders.addresses.is_public
crawler.spiders.addresses.is_public = lambda address: address == "127.0.0.2" or judge(address)
"""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a crawl left behind."""

    counts: Mapping[str, int]
    seconds: float
    megabytes: float
    known: Snapshot
    listed: Mapping[str, Mapping[str, Any]]  # `sources list` by outlet
    traps: Mapping[str, Trap]
    canary: Trap  # where nobody has any business

    def page(self, name: str) -> Entry:
        """The entry of an outlet's page."""
        return next(e for e in self.entries if e.url == self.traps[name].url("/page"))

    @property
    def entries(self) -> list[Entry]:
        """All of them."""
        return [entry for entries in self.known.entries.values() for entry in entries]


def command(place: Place, preamble: str, *words: str) -> str:
    """What an icewire command prints, in a process of its own that begins with these lines; it must not complain."""
    ran = subprocess.run(
        [sys.executable, "-c", preamble + RUN, "--config", "icewire.toml", *words],
        cwd=place.folder,
        env={**os.environ, **SETTINGS},
        capture_output=True,
        text=True,
        timeout=LONGEST + 20,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def crawled(place: Place, preamble: str, traps: Mapping[str, Trap], canary: Trap) -> Aftermath:
    """Crawl, and ask what is known then."""
    began = time.monotonic()
    counts = json.loads(command(place, MEASURED + preamble, "crawl", "--json"))
    seconds = time.monotonic() - began
    rows = {row["id"]: row for row in json.loads(command(place, "", "sources", "list", "--json"))}
    megabytes = int((place.folder / "peak").read_text()) / 1000
    return Aftermath(counts, seconds, megabytes, place.snapshot(), rows, traps, canary)


def set_trap(traps: Traps, hazard: Hazard, path: str) -> Trap:
    """A server that does this at one path, and is a good one elsewhere."""
    trap = traps.add()
    trap.answers = {"/robots.txt": http(status="404 No"), "/feed": http(items("The fair"), XML)}
    if path == "/page":
        trap.answers["/feed"] = http(rss((trap.url("/page"), RAID)).content, XML)
    trap.answers[path] = hazard.answer
    if hazard.anywhere:
        trap.answers["*"] = hazard.answer
    return trap


def set_tls_traps(traps: Traps, folder: Path) -> dict[str, Trap]:
    """Servers at https addresses that cannot be trusted, or speak something else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(folder))

    def self_signed(line: Line) -> None:
        with context.wrap_socket(line.socket, server_side=True) as secure:
            secure.recv(1000)
            secure.sendall(http(items("The fair"), XML))

    greetings = {
        "tls-self-signed": self_signed,
        "tls-none": lambda line: line.send(http(items("The fair"), XML)),
        "tls-reset": lambda line: line.reset(),
        "tls-silent": lambda line: line.dawdle() and None,
    }
    made = {name: traps.add(scheme="https") for name in greetings}
    for name, trap in made.items():
        trap.greet = greetings[name]
    return made


TLS = {
    "tls-self-signed": "the secure connection failed (TLS)",
    "tls-none": "the secure connection failed (TLS)",
    "tls-reset": "the connection was cut",
    "tls-silent": "no answer in time",
}


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "secret").write_text(SECRET)
    with trapped() as traps, served() as good:
        good.pages = {"/feed": rss((good.url("/raid"), RAID)), "/raid": Reply(page(RAID, BODY))}
        canary = traps.add({"*": http(SECRET)})
        made = {
            name: set_trap(traps, hazard, path)
            for path, hazards in (("/feed", FEEDS), ("/page", PAGES), ("/robots.txt", ROBOTS))
            for name, hazard in hazards.items()
        }
        for name, address in (("entity-file", (folder / "secret").as_uri()), ("entity-web", canary.url("/entity"))):
            made[name] = set_trap(traps, Hazard(external(address), "ok"), "/feed")
        made |= set_tls_traps(traps, folder)
        kinds = {name: hazard.kind for name, hazard in FEEDS.items()}
        outlets = [
            outlet(name, homepage=trap.url("/"), feeds=[{"kind": kinds.get(name, "rss"), "url": trap.url("/feed")}])
            for name, trap in made.items()
        ]
        place = deploy(folder, [*outlets, outlet_at("good", good.base)], timeout=TIMEOUT)
        made["good"] = Trap(good.base)
        yield crawled(place, "", made, canary)


def test_the_crawl_ends_in_time_and_within_its_memory(aftermath: Aftermath) -> None:
    print(f"{aftermath.seconds:.1f} s, {aftermath.megabytes:.0f} MB")
    assert aftermath.seconds < LONGEST
    assert aftermath.megabytes < MOST_MEMORY


def test_every_feed_was_tried_and_the_story_of_the_good_outlet_is_stored(aftermath: Aftermath) -> None:
    assert aftermath.counts["feeds"] == aftermath.counts["feeds_read"] + aftermath.counts["feeds_failed"]
    assert aftermath.counts["feeds"] == len(aftermath.traps)
    assert aftermath.listed["good"]["state"] == "ok"
    [entry] = aftermath.known.entries["/raid"]
    assert entry.state == "fetched"
    assert entry.article_id


@pytest.mark.parametrize("name", [*FEEDS, *ROBOTS])
def test_the_list_of_sources_says_what_a_feed_does(aftermath: Aftermath, name: str) -> None:
    hazard, row = {**FEEDS, **ROBOTS}[name], aftermath.listed[name]
    assert re.fullmatch(hazard.state, row["state"]), row
    assert re.search(hazard.said, row["status"])
    assert row["status"].isprintable()


@pytest.mark.parametrize("name", PAGES)
def test_the_reason_of_an_entry_says_what_a_page_does(aftermath: Aftermath, name: str) -> None:
    hazard, entry = PAGES[name], aftermath.page(name)
    assert re.fullmatch(hazard.state, entry.state)
    assert re.search(hazard.said, reason(entry))
    assert bool(entry.reason) == bool(hazard.said)
    assert reason(entry).isprintable()


@pytest.mark.parametrize("name", TLS)
def test_a_connection_that_is_not_secure_is_not_used(aftermath: Aftermath, name: str) -> None:
    row = aftermath.listed[name]
    assert (row["state"], TLS[name] in row["status"]) == ("failing", True), row["status"]


def test_external_entities_are_never_asked_for(aftermath: Aftermath) -> None:
    assert aftermath.canary.log == []
    titles = [e.title for e in aftermath.entries if e.title.startswith("News:")]
    assert titles == ["News: &x;"] * 2
    assert not any(SECRET in e.title for e in aftermath.entries)


def test_entities_are_not_expanded(aftermath: Aftermath) -> None:
    assert [e.title for e in aftermath.known.entries["/laughs"]] == ["Ha &l9;"]


@pytest.mark.parametrize("name", ["endless-feed", "endless-sections", "endless-sitemaps"])
def test_a_list_without_end_is_not_followed(aftermath: Aftermath, name: str) -> None:
    assert (
        len([path for path in aftermath.traps[name].log if path != "/robots.txt"]) <= 13
    )  # an index, three of its children, and three of each


FENCED = "is on a private or loopback network; set crawl.allow_private_addresses = true to allow it"


def ways_in(port: str) -> dict[str, str]:
    """Addresses of 127.0.0.3 in all spellings, of a name that leads there, and others of this machine."""
    hosts = {"literal": "127.0.0.3", "short": "127.3", "decimal": "2130706435", "hexadecimal": "0x7f.0.0.3"}
    hosts |= {"octal": "0177.0.0.03", "mapped": "[::ffff:127.0.0.3]", "ipv6": "[::1]", "localhost": "localhost"}
    hosts |= {"name": "rebind.example"}
    return {name: f"http://{host}:{port}/x" for name, host in hosts.items()}


REDIRECTED = [*ways_in("80"), "robots"]


@pytest.fixture(scope="module")
def fenced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """A crawl that may not ask private addresses, over outlets that lead it there."""
    with trapped() as traps:
        canary = traps.add({"*": http(page(RAID, BODY))}, "127.0.0.3")
        port = int(canary.base.rpartition(":")[2])
        missing = http(status="404 No")
        made = {
            name: traps.add({"/feed": to(url), "*": missing}, "127.0.0.2") for name, url in ways_in(str(port)).items()
        }
        made["robots"] = traps.add({"/robots.txt": to(canary.url("/robots.txt"))}, "127.0.0.2")
        made["linking"] = linking = traps.add(host="127.0.0.2")
        links = (linking.url("/page"), RAID), (canary.url("/direct"), RAID)
        linking.answers = {"/feed": http(rss(*links).content, XML), "/page": to(canary.url("/raid"))}
        feed = http(rss(("/page", RAID)).content, XML)
        traps.add({"/feed": feed, "/page": http(page(RAID, BODY)), "*": missing}, "127.0.0.2", port)
        names = ("rebind", "turning", "mixed")
        made |= {name: Trap(f"http://{name}.example:{port}") for name in names}
        outlets = [outlet_at(name, trap.base) for name, trap in made.items()]
        place = deploy(tmp_path_factory.mktemp("fenced"), outlets, allow=False, timeout=TIMEOUT)
        yield crawled(place, PUBLIC_AND_PRIVATE, made, canary)


def test_nothing_leads_a_crawl_to_a_private_address(fenced: Aftermath) -> None:
    assert fenced.canary.log == []


@pytest.mark.parametrize("name", [*REDIRECTED, "rebind"])
def test_a_feed_that_leads_to_a_private_address_says_so(fenced: Aftermath, name: str) -> None:
    row = fenced.listed[name]
    assert (row["state"], FENCED in row["status"]) == ("failing", True), row["status"]
    if name in REDIRECTED:
        assert fenced.traps[name].log


def test_a_page_that_leads_to_a_private_address_is_refused(fenced: Aftermath) -> None:
    for path in ("/page", "/direct"):
        [told] = [(e.state, reason(e)) for e in fenced.known.entries[path] if ".example" not in e.url]
        assert told == ("refused", f"127.0.0.3 {FENCED}")


@pytest.mark.parametrize("name", ["turning", "mixed"])
def test_a_name_with_a_public_address_is_asked_there_only(fenced: Aftermath, name: str) -> None:
    assert fenced.listed[name]["state"] == "ok"
    assert fenced.page(name).state == "fetched"
