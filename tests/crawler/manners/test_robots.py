"""What robots.txt allows us: groups, paths, statuses, delays, sitemaps, and files that are broken."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.manners.robots import FAILED_FRESH, FRESH, LIMIT, LONGEST_DELAY, MOST_RULES, Robots

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITE = "https://valleynews.example"


def read(text: str, status: int = 200) -> Robots:
    return Robots.read(status, text.encode(), NOW)


def allows(text: str, path: str) -> bool:
    return read(text).allows(SITE + path)


@pytest.mark.parametrize("status", [200, 206, 301, 400, 401, 403, 404, 410])
def test_without_rules_everything_is_allowed(status: int) -> None:
    robots = read("", status)
    assert robots.allows(f"{SITE}/news/1")
    assert robots.fresh_until == NOW + FRESH


@pytest.mark.parametrize("status", [None, 0, 429, 500, 502, 503, 599])
def test_while_the_server_fails_nothing_is_allowed_and_it_is_soon_asked_again(status: int | None) -> None:
    robots = Robots.read(status, b"User-agent: *\nAllow: /\nSitemap: https://a.example/s.xml", NOW)
    assert not robots.allows(f"{SITE}/news/1")
    assert robots.failed
    assert robots.sitemaps == ()
    assert robots.fresh_until == NOW + FAILED_FRESH


def test_rules_behind_an_error_page_do_not_count() -> None:
    assert read("User-agent: *\nDisallow: /", 404).allows(f"{SITE}/news/1")


@pytest.mark.parametrize(
    ("agents", "ours"),
    [
        ("icewire", True),
        ("IceWire", True),
        ("icewire/2.0", True),
        ("otherbot, icewire", True),
        ("*icewire*", True),
        ("*", True),
        ("* # everyone", True),
        ("*otherbot*", False),
        ("ice", False),
        ("wire", False),
        ("icewirebot", False),
        ("otherbot", False),
        ("", False),
    ],
)
def test_a_group_speaks_to_us_when_it_names_our_token_or_everyone(agents: str, ours: bool) -> None:
    assert allows(f"User-agent: {agents}\nDisallow: /", "/news/1") is not ours


def test_our_own_group_replaces_the_one_for_everyone() -> None:
    text = "User-agent: *\nDisallow: /\nCrawl-delay: 60\n\nUser-agent: icewire\nDisallow: /private"
    assert allows(text, "/news/1")
    assert not allows(text, "/private/1")
    assert read(text).crawl_delay is None


def test_an_empty_group_of_our_own_allows_everything() -> None:
    assert allows("User-agent: *\nDisallow: /\n\nUser-agent: icewire\nDisallow:", "/news/1")


def test_groups_of_one_agent_are_joined() -> None:
    text = "User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: *\nDisallow: /b"
    assert [allows(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]


@pytest.mark.parametrize(
    "between", ["Crawl-delay: 10", "Sitemap: https://a.example/s.xml", "Clean-param: x", "\n# note\n"]
)
def test_other_lines_do_not_end_the_list_of_agents(between: str) -> None:
    assert not allows(f"User-agent: *\n{between}\nUser-agent: otherbot\nDisallow: /a", "/a")


def test_rules_before_any_agent_do_not_count() -> None:
    assert allows("Disallow: /\nUser-agent: otherbot\nDisallow: /", "/news/1")


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /news\nAllow: /news/local", "/news/local/1", True),
        ("Allow: /news\nDisallow: /news/local", "/news/local/1", False),
        ("Disallow: /news\nAllow: /news", "/news/1", True),
        ("Disallow: /*.pdf$", "/report.pdf", False),
        ("Disallow: /*.pdf$", "/report.pdf?page=2", True),
        ("Disallow: /*?", "/news/1?print=1", False),
        ("Disallow: /*?", "/news/1", True),
        ("Disallow: /a/*/b", "/a/x/y/b", False),
        ("Disallow: /caf%C3%A9", "/café/1", False),
        ("Disallow: /café", "/caf%c3%a9/1", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /News", "/news/1", True),
        ("Disallow: /%3Ma", "/news", True),
        ("Disallow: /", "/robots.txt", True),
        ("Dissalow : /a", "/a", False),
        ("disallow /a", "/a", False),
        ("Disallow: /a # not for machines", "/a/b", False),
    ],
)
def test_the_longest_rule_decides_and_a_tie_allows(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}", path) is allowed


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_byte_order_marks_charsets_and_line_ends_do_not_matter(coding: str, end: str) -> None:
    body = end.join(["User-agent: *", "Disallow: /a"]).encode(coding)
    robots = Robots.read(200, body, NOW)
    assert not robots.allows(f"{SITE}/a")
    assert robots.allows(f"{SITE}/b")


def test_one_wrong_byte_leaves_the_other_rules() -> None:
    assert not Robots.read(200, b"# caf\xe9\nUser-agent: *\nDisallow: /x\xe9\nDisallow: /a", NOW).allows(f"{SITE}/a")


def test_a_page_in_place_of_the_file_has_no_rules() -> None:
    page = "<!doctype html>\n<title>Not here</title>\nUser agent *\nDisallow /\n</html>"
    assert allows(page, "/news/1")
    assert read(page).text == ""


def test_rules_wrapped_in_a_page_are_rules() -> None:
    assert not allows("<html><pre>\nUser-agent: *\nDisallow: /\n</pre>", "/news/1")


def test_an_over_long_file_is_read_up_to_its_last_whole_line() -> None:
    text = "User-agent: *\nDisallow: /b\n" + "#" * (LIMIT - 45) + "\nDisallow: /private\n"
    assert len(text.encode()) > LIMIT
    robots = read(text)
    assert robots.allows(f"{SITE}/news/1")
    assert not robots.allows(f"{SITE}/b")
    assert len(robots.text.encode()) <= LIMIT


def test_an_over_long_file_ends_at_a_whole_line_also_when_it_shrinks() -> None:
    rules = "User-agent: *\nDisallow: /b\n#"
    begun = "\nDisallow: /"
    filler = "\ufeff" + "-" * (LIMIT - len((rules + begun).encode()) - 3)  # what is dropped makes room
    robots = read(rules + filler + begun + "private\n")
    assert robots.allows(f"{SITE}/news/1")
    assert not robots.allows(f"{SITE}/b")


def test_many_agents_and_many_rules_are_read_at_once() -> None:
    agents = "".join(f"User-agent: b{n}\n" for n in range(15_000))
    assert not allows(agents + "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(10_000)), "/77")


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("Crawl-delay: 10", 10.0),
        ("Crawl-delay: .5", 0.5),
        ("crawl delay: [5]", 5.0),
        ("Crawl-delay: 20 # seconds", 20.0),
        ("Crawl-delay: 86400", LONGEST_DELAY),
        ("Crawl-delay: 0", None),
        ("Crawl-delay: soon", None),
        ("Request-rate: 1/10", 10.0),
        ("Request-rate: 30/1m 0600-0845", 2.0),
        ("Request-rate: 1/" + "9" * 400, LONGEST_DELAY),
        ("Request-rate: 2/1s\nCrawl-delay: 3", 3.0),
        ("Request-rate: fast", None),
    ],
)
def test_delays_and_rates_are_seconds_between_requests(line: str, seconds: float | None) -> None:
    assert read(f"User-agent: *\n{line}\nDisallow:").crawl_delay == seconds


def test_sitemaps_are_whole_addresses_each_once_and_belong_to_no_group() -> None:
    text = (
        "Sitemap: https://a.example/News-sitemap.xml\nUser-agent: x\nDisallow: /\nSitemap: /relative.xml\n"
        "sitemap: https://a.example/News-sitemap.xml\nSitemap: ftp://a.example/s.xml\nSitemap: http://[bad\n"
        "Site-map: http://b.example/s.xml.gz"
    )
    assert read(text).sitemaps == ("https://a.example/News-sitemap.xml", "http://b.example/s.xml.gz")


def test_a_cached_copy_stands_in_while_the_server_fails() -> None:
    cached, later = read("User-agent: *\nDisallow: /a"), NOW + timedelta(days=2)
    failed = Robots.read(503, b"", later)
    used = failed.or_cached(cached)
    assert used.allows(f"{SITE}/b")
    assert not used.allows(f"{SITE}/a")
    assert used.fresh_until == later + FAILED_FRESH
    assert failed.or_cached(None) is failed
    assert failed.or_cached(Robots.read(None, b"", NOW)) is failed
    new = Robots.read(404, b"", later)
    assert new.or_cached(cached) is new


@pytest.mark.parametrize("url", ["", "news", "http://[", "https://valleynews.example"])
def test_any_address_gets_an_answer(url: str) -> None:
    assert isinstance(read("User-agent: *\nDisallow: /a").allows(url), bool)


_PIECES = st.sampled_from(
    [
        "User-agent: *",
        "User-agent: icewire",
        "Disallow: /",
        "Allow: /a$",
        "\n",
        "\r",
        "\x85",
        "\x00",
        "\ufeff",
        "Crawl-delay: ",
        "7",
        "*",
    ]
)


@given(
    st.one_of(st.binary(), st.lists(_PIECES | st.text()).map(lambda p: "".join(p).encode(errors="replace"))), st.text()
)
def test_any_bytes_are_read_and_what_is_stored_gives_the_same_answers(body: bytes, path: str) -> None:
    robots = Robots.read(200, body, NOW)
    again = Robots.read(robots.status, robots.text.encode(), NOW)
    assert again == robots
    assert again.allows(f"{SITE}/{path}") == robots.allows(f"{SITE}/{path}")


@pytest.mark.slow
def test_of_endless_rules_what_is_left_unread_forbids() -> None:
    rules = "".join(f"Disallow: /*{n}$\n" for n in range(MOST_RULES))
    assert allows(f"User-agent: *\nAllow: /news\n{rules[:100]}", "/other")
    assert allows(f"User-agent: *\nAllow: /news\n{rules}Disallow: /private", "/news/a")
    assert not allows(f"User-agent: *\nAllow: /news\n{rules}Disallow: /private", "/other")
