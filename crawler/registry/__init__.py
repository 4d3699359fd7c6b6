"""The outlets as people write them."""

from crawler.registry.files import Outlet, entry_of, load_registry, remove_outlet, write_outlets
from crawler.registry.opml import read_opml, write_opml
from crawler.registry.outlet import check_outlet, feed_key, make_id
from crawler.registry.switching import switch_off, switch_on

__all__ = [
    "Outlet",
    "check_outlet",
    "entry_of",
    "feed_key",
    "load_registry",
    "make_id",
    "read_opml",
    "remove_outlet",
    "switch_off",
    "switch_on",
    "write_opml",
    "write_outlets",
]
