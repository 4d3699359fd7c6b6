"""Find a site's feeds and choose among them."""

from crawler.discovery.choosing import Found
from crawler.discovery.discovery import Discovery, discover, read_named

__all__ = ["Discovery", "Found", "discover", "read_named"]
