"""Our manners in Scrapy's words."""

from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list

from crawler.settings import CrawlSettings
from crawler.spiders.scrapy_settings import scrapy_settings


def test_a_crawl_opens_no_door_to_the_outside() -> None:
    settings = Settings(scrapy_settings(CrawlSettings()))
    enabled = build_component_list(settings.getwithbase("EXTENSIONS"))
    assert not [name for name in enabled if "telnet" in str(name) or "remote_control" in str(name)]
