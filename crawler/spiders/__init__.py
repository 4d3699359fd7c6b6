"""One crawl in this process, from what is due to what is stored: the only room that knows Scrapy."""
