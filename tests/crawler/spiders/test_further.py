"""A story on several pages is read whole and kept as one article."""

from pathlib import Path

import pytest

from crawler.extract.parts import joined
from tests.makers.crawling import deploy, outlet_at, page, rss
from tests.makers.making import BODY, article
from tests.makers.serving import Reply, served

RAID = "ICE agents detain two men outside Waltham courthouse"
MORE = [
    f"Neighbor number {n} said that the street had been loud until the evening, and quiet after that."
    for n in range(10)
]


def pages(path: str, last: int) -> dict[str, Reply]:
    """A story of so many pages, each with a link to the next."""
    found = {}
    for n in range(1, last + 1):
        text = BODY if n == 1 else MORE[n]
        link = f"<a rel='next' href='{path}{n + 1}/'>Next page</a>" if n < last else ""
        found[path if n == 1 else f"{path}{n}/"] = Reply(page(RAID, text).replace("</article>", f"</article>{link}"))
    return found


def test_the_lines_that_other_pages_say_more_are_added_in_order() -> None:
    first, second = article(title=RAID), article(title=RAID, text=f"{BODY.splitlines()[0]}\n{MORE[1]}", paywalled=True)
    was = first.content_hash
    got = joined(first, [second, article(title="The library roof is done", text="The roof is done.")])
    assert got.text == f"{BODY}\n{MORE[1]}"
    assert got.paywalled
    assert got.content_hash != was


@pytest.mark.slow
def test_a_story_is_read_to_its_end_but_not_for_ever(tmp_path: Path) -> None:
    with served() as site:
        paths = "/raid/ /long/ /lost/ /whole/".split()
        site.pages = {"/robots.txt": Reply("User-agent: *\nDisallow: /lost/3\n", kind="text/plain")}
        site.pages |= pages("/raid/", 2) | pages("/long/", 9) | pages("/lost/", 4)
        whole = "<a href='/whole/2/'>2</a><a href='/whole/?view=all'>View all</a>"
        site.pages["/whole/"] = Reply(page(RAID, BODY).replace("</article>", f"</article>{whole}"))
        site.pages["/whole/?view=all"] = Reply(page(RAID, f"{BODY}\n{MORE[1]}\n{MORE[2]}"))
        site.pages["/feed"] = rss(*((site.url(path), RAID) for path in paths))
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        place.crawl()
        with place.opened() as engine, engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT url, text FROM article").all()
        told = {url.rpartition("/")[2]: [line for line in text.split("\n") if line in MORE] for url, text in rows}
        assert told == {"raid": MORE[2:3], "long": MORE[2:6], "lost": MORE[2:3], "whole": MORE[1:3]}
        asked = [a.path for a in site.log]
        assert "/long/6/" not in asked
        assert "/lost/3/" not in asked
        assert "/whole/2/" not in asked
