"""Other ways to read the same pages, each a process of its own: PYTHON tests/benchmarks/peers.py WAY URLS OUT

WAY is bare (Scrapy and trafilatura.extract), bare_no_extract (Scrapy alone), sequential (one page after another, as
fundus reads an outlet, with trafilatura and metadata), news_please or fundus. URLS holds an address a line; OUT gets a
line of JSON a page. Needs nothing of this project, so that another interpreter can run it. Exit code 3: not installed.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

HOSTS_AT_ONCE = 16
NOT_INSTALLED = 3


def read_with_scrapy(urls: list[str], out: IO[str], extract: bool) -> None:
    """A plain spider, as many hosts at once as icewire reads and one request at a time to each."""
    import scrapy
    import trafilatura
    from scrapy.crawler import CrawlerProcess

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            for url in urls:
                yield scrapy.Request(url)

        def parse(self, response: Any) -> None:
            text = trafilatura.extract(response.text) if extract else None
            out.write(json.dumps({"url": response.url, "text": text}) + "\n")

    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": HOSTS_AT_ONCE,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue",
            "EXTENSIONS": {"scrapy.extensions.telnet.TelnetConsole": None},
            "LOG_LEVEL": "ERROR",
        }
    )
    process.crawl(Bare)
    process.start()


def read_sequentially(urls: list[str]) -> Iterator[dict[str, Any]]:
    """One request and one extraction at a time."""
    import trafilatura
    import urllib3

    pool = urllib3.PoolManager(headers={"Accept-Encoding": "gzip"})
    for url in urls:
        found = trafilatura.bare_extraction(pool.request("GET", url).data, url=url, with_metadata=True)
        yield {"url": url, "text": getattr(found, "text", None)}


def read_with_news_please(urls: list[str]) -> Iterator[dict[str, Any]]:
    """news-please as a library, one page after another."""
    from newsplease import NewsPlease  # type: ignore[import-not-found]

    for url in urls:
        article = NewsPlease.from_url(url)
        yield {"url": url, "text": getattr(article, "maintext", None)}


def read_with_fundus(urls: list[str]) -> Iterator[dict[str, Any]]:
    """fundus by the outlets' feeds, with a parser like its own ones: XPath for text, metadata for the rest."""
    import datetime

    from fundus import Crawler, RSSFeed  # type: ignore[import-not-found]
    from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute, utility  # type: ignore[import-not-found]
    from fundus.publishers.base_objects import Publisher  # type: ignore[import-not-found]
    from lxml.etree import XPath

    paragraphs = XPath("//article//p | //div[@class='entry-content']//p | //section//p")

    class Parser(ParserProxy):  # type: ignore[misc]
        class V1(BaseParser):  # type: ignore[misc]
            @attribute  # type: ignore[untyped-decorator]
            def body(self) -> ArticleBody | None:
                return utility.extract_article_body_with_selector(self.precomputed.doc, paragraph_selector=paragraphs)

            @attribute  # type: ignore[untyped-decorator]
            def authors(self) -> list[str]:
                return list(utility.generic_author_parsing(self.precomputed.ld.bf_search("author")))

            @attribute  # type: ignore[untyped-decorator]
            def publishing_date(self) -> datetime.datetime | None:
                return utility.generic_date_parsing(self.precomputed.ld.bf_search("datePublished"))  # type: ignore[no-any-return]

            @attribute  # type: ignore[untyped-decorator]
            def title(self) -> str | None:
                return self.precomputed.ld.bf_search("headline")  # type: ignore[no-any-return]

    homes = sorted({f"http://{urlsplit(url).netloc}" for url in urls})
    publishers = [Publisher(home, f"{home}/", Parser, [RSSFeed(f"{home}/feed")]) for home in homes]
    for article in Crawler(*publishers, delay=0.0).crawl(max_articles=len(urls), only_complete=False):
        yield {"url": article.html.requested_url, "text": str(article.body)}


def main(way: str, urls_file: str, out_file: str) -> None:
    """Read every address and write what was found."""
    sys.path.remove(str(Path(__file__).resolve().parent))  # our neighbours bear names that others import
    urls = Path(urls_file).read_text("utf-8").split()
    ways = {"sequential": read_sequentially, "news_please": read_with_news_please, "fundus": read_with_fundus}
    with Path(out_file).open("w", encoding="utf-8") as out:
        try:
            if way in ways:
                out.writelines(json.dumps(page) + "\n" for page in ways[way](urls))
            else:
                read_with_scrapy(urls, out, extract=way == "bare")
        except ImportError as error:
            print(error, file=sys.stderr)
            sys.exit(NOT_INSTALLED)


if __name__ == "__main__":
    main(*sys.argv[1:])
