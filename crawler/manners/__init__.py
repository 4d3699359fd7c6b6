"""Ask servers, politely: robots.txt, pauses, no private network. Without Scrapy."""

from crawler.manners.hosts import Hosts, forget_hosts, host_name
from crawler.manners.pace import Pace
from crawler.manners.public import is_public
from crawler.manners.robots import Robots
from crawler.manners.transport import Answer, ask, fetch
from crawler.manners.visit import Had, Over, Refused, Visit
from crawler.manners.waits import PAUSING, HostPaused, back_off, ip_literal, pace_name, retry_after

__all__ = [
    "PAUSING",
    "Answer",
    "Had",
    "HostPaused",
    "Hosts",
    "Over",
    "Pace",
    "Refused",
    "Robots",
    "Visit",
    "ask",
    "back_off",
    "fetch",
    "forget_hosts",
    "host_name",
    "ip_literal",
    "is_public",
    "pace_name",
    "retry_after",
]
