"""A page whose address changes with its headline stays one article, whichever address leads to it."""

from pathlib import Path

import pytest

from tests.makers.crawling import TWO_HOURS, deploy, in_turn, outlet_at, page, rss
from tests.makers.making import BODY
from tests.makers.serving import Reply, served

KEY = "article_3f2a9c1e-77aa-4b1e-9d55-10aa22bb33cc.html"
FIRST, THEN = f"/news/ice-detains-two/{KEY}", f"/news/local/ice-detains-three-mayor-says/{KEY}"
TITLES = (
    "ICE agents detain two outside Waltham courthouse",
    "ICE agents detain three outside Waltham courthouse, mayor says",
)
MORE = BODY.replace("two men", "three men") + "\nThe mayor said on Monday night that nobody had told the city of it."


@pytest.mark.slow
@pytest.mark.parametrize("old", ["stays", "leads on", "is gone"])
def test_a_new_headline_in_the_address_is_a_revision(tmp_path: Path, old: str) -> None:
    with served() as site:
        feeds = in_turn(rss((site.url(FIRST), TITLES[0])), rss((site.url(THEN), TITLES[1])))
        revised = Reply(page(TITLES[1], MORE))
        after = {
            "stays": revised,
            "leads on": Reply(status=301, headers={"Location": THEN}),
            "is gone": Reply(status=404),
        }
        firsts = in_turn(Reply(page(TITLES[0], BODY)), after[old])
        site.pages = {"/feed": lambda: next(feeds), FIRST: lambda: next(firsts), THEN: revised}
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        counts = [place.crawl(), place.crawl("--all", offset=TWO_HOURS)]
        with place.opened() as engine, engine.connect() as connection:
            articles = connection.exec_driver_sql("SELECT id, url, link, title FROM article").all()
            entries = connection.exec_driver_sql("SELECT state, article_id FROM entry").all()
    assert [tuple(a) for a in articles] == [(1, site.url(f"/{KEY}"), site.url(THEN), TITLES[1])]
    assert [tuple(e) for e in entries] == [("fetched", 1)] * 2
    assert (counts[0]["articles"], counts[1].get("articles", 0), counts[1]["revisions"]) == (1, 0, 1)
