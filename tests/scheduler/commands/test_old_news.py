"""The whole way of stories that a feed dates anew: kept, found by search, never mailed."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.makers.crawling import deploy, outlet_at, page
from tests.makers.making import BODY
from tests.makers.serving import Reply, served

pytestmark = pytest.mark.slow

OLD = "ICE agents detain two men outside Waltham courthouse"
NEW = "ICE raid empties a Framingham car wash"
SILENT = "Three ICE arrests shut a Lowell bakery"
CAR_WASH = (
    "Federal immigration agents arrested five workers at a car wash on Waverly Street in Framingham on Friday.\n"
    "The owner said that the Immigration and Customs Enforcement officers showed no warrant and stayed for an hour.\n"
    "A neighbor who runs the shop next door saw the workers led away in handcuffs to two unmarked vans."
)
BAKERY = (
    "Immigration and Customs Enforcement took three bakers from Merrimack Street in Lowell before dawn, a nun said.\n"
    "Sister Ruth Lavoie heard the ovens beep for minutes after the agents had gone, and called the parish lawyer.\n"
    "ICE would not say why the three were arrested. One has lived in Lowell since she was four years old."
)


def dated(title: str, text: str, when: str) -> Reply:
    return Reply(page(title, text).replace("</h1>", f"</h1><p>{when}</p>"))


def test_a_story_of_2020_that_its_feed_dates_today_is_kept_and_never_mailed(tmp_path: Path) -> None:
    with served() as site:
        today = datetime.now().astimezone()
        said = {"/old": "Published July 15, 2020", "/new": f"{today:%B} {today.day}, {today.year}", "/silent": ""}
        titles = {"/old": OLD, "/new": NEW, "/silent": SILENT}
        items = "".join(
            f"<item><title>{titles[path]}</title><link>{site.url(path)}</link>"
            f"<pubDate>{today:%a, %d %b %Y %H:%M:%S %z}</pubDate></item>"
            for path in ("/old", "/new")
        )
        items += f"<item><title>{titles['/silent']}</title><link>{site.url('/silent')}</link></item>"
        site.pages = {
            "/feed": Reply(f"<rss><channel>{items}</channel></rss>", kind="application/rss+xml"),
            "/old": dated(OLD, BODY, said["/old"]),
            "/new": dated(NEW, CAR_WASH, said["/new"]),
            "/silent": dated(SILENT, BAKERY, ""),
        }
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        assert place.crawl()["articles"] == 3
        stored = place.told("stories")[1]
        assert all(title in stored for title in titles.values())
        assert OLD in place.told("search", "courthouse OR waltham")[1]
        place.told("subscribe", "reader@example.org", "ice")
        preview = place.told("digest", "--preview")[1]
        assert OLD not in preview
        assert NEW in preview
        assert SILENT in preview
        assert "too old to be news when they were found" in place.told("explain", site.url("/old"))[1]
