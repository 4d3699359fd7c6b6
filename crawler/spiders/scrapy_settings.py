"""Our manners in Scrapy's words: what it may do, and which of its parts are off."""

from typing import Any

from crawler.manners import MOST_HOPS
from crawler.settings import CrawlSettings, user_agent

# Scrapy's servers, on by default, that run whatever Python they are sent.
# Scrapy's, of which each costs every answer a step; what they would do is done by the spider or not wanted.
NO_SPIDER_MIDDLEWARES = tuple(
    f"scrapy.spidermiddlewares.{name}"
    for name in (
        "httperror.HttpErrorMiddleware",
        "referer.RefererMiddleware",
        "urllength.UrlLengthMiddleware",
        "depth.DepthMiddleware",
    )
)
NO_DOWNLOADER_MIDDLEWARES = tuple(
    f"scrapy.downloadermiddlewares.{name}"
    for name in (
        "offsite.OffsiteMiddleware",
        "httpauth.HttpAuthMiddleware",
        "httpcompression.HttpCompressionMiddleware",  # Unpacking holds more bounds
        "stats.DownloaderStats",
        "redirect.MetaRefreshMiddleware",  # it would decode every page
    )
)


def scrapy_settings(settings: CrawlSettings) -> dict[str, Any]:
    """Our manners in Scrapy's words."""
    middlewares: dict[str, int | None] = {
        "crawler.spiders.courtesy.Courtesy": 100,
        "crawler.spiders.unpacking.Unpacking": 590,  # in the place of Scrapy's
        **dict.fromkeys(NO_DOWNLOADER_MIDDLEWARES),
    }
    chosen: dict[str, Any] = {
        "USER_AGENT": user_agent(settings),
        "ROBOTSTXT_OBEY": False,  # Courtesy does, and remembers from crawl to crawl
        # Without a limit, since one that only waits for its site's turn would count; PatientHandler limits the others.
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 1,  # an answer yields one page at most, and Scrapy would start a task for each it might
        "DOWNLOAD_DELAY": settings.delay_seconds or 0.001,  # Courtesy sets each site's own
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        "DOWNLOAD_MAXSIZE": settings.max_page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNS_TIMEOUT": 10,
        # A name that is not answered keeps a thread for longer than we wait for it.
        "REACTOR_THREADPOOL_MAXSIZE": 4 * settings.concurrent_hosts,
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.spiders.courtesy.PatientHandler"),
        "HTTPERROR_ALLOW_ALL": True,  # the spider records every answer; redirects are still followed
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,  # an entry's retry is in the database, where a restart finds it
        "REDIRECT_MAX_TIMES": MOST_HOPS,
        "SPIDER_MIDDLEWARES": dict.fromkeys(NO_SPIDER_MIDDLEWARES),
        "DOWNLOADER_MIDDLEWARES": middlewares,
        "EXTENSIONS_BASE": {},  # doors for others (telnet, remote control), of which one loads a web server when off
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # we count ourselves
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it would parse our source for each answer
        "LOG_INSTALL_ROOT_HANDLER": False,  # whoever runs us decides what is shown
    }
    if not settings.allow_private_addresses:
        middlewares["crawler.spiders.addresses.RefusePrivateAddresses"] = 50
        chosen["TWISTED_DNS_RESOLVER"] = "crawler.spiders.addresses.PublicOnlyResolver"
    return chosen
