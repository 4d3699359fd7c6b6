"""Ask servers, politely: robots.txt, pauses, no private network. Without Scrapy."""

from crawler.manners.asker import Asker, Had, Over, Refused, reason
from crawler.manners.claims import Claims, ClaimsLost
from crawler.manners.hosts import Hosts, forget_hosts, host_name
from crawler.manners.outage import MANY, Fault, is_ours, is_proof
from crawler.manners.pace import Pace
from crawler.manners.public import is_public, why_private
from crawler.manners.robots import NOT_ALLOWED, Robots
from crawler.manners.statuses import BLOCKED, GONE, MOST_HOPS, PAID, PAUSING, PERMANENT
from crawler.manners.transport import post
from crawler.manners.unpacking import MOST_MEMBERS, Inflating
from crawler.manners.waits import NOWHERE, HostPaused, back_off, pace_name, retry_after, site_to_ask

__all__ = [
    "BLOCKED",
    "GONE",
    "MANY",
    "MOST_HOPS",
    "MOST_MEMBERS",
    "NOT_ALLOWED",
    "NOWHERE",
    "PAID",
    "PAUSING",
    "PERMANENT",
    "Asker",
    "Claims",
    "ClaimsLost",
    "Fault",
    "Had",
    "HostPaused",
    "Hosts",
    "Inflating",
    "Over",
    "Pace",
    "Refused",
    "Robots",
    "back_off",
    "forget_hosts",
    "host_name",
    "is_ours",
    "is_proof",
    "is_public",
    "pace_name",
    "post",
    "reason",
    "retry_after",
    "site_to_ask",
    "why_private",
]
