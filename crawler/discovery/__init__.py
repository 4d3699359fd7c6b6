"""Find a site's feeds and choose among them."""

from crawler.discovery.choosing import FoundFeed
from crawler.discovery.discovery import Discovery, discover, read_named

__all__ = ["Discovery", "FoundFeed", "discover", "read_named"]
