"""Ways into a source: feeds, news sitemaps, section pages."""
