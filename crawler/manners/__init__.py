"""Ask servers, politely: robots.txt, pauses, no private network. Without Scrapy."""
