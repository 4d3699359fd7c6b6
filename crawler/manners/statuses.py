"""What the statuses of answers mean to who asks, and how far redirects are followed: one list for all who ask."""

GONE = (404, 410)
PAID = (402,)
BLOCKED = (401, 403, 406, 407, 451)  # readers are let in, perhaps, and we are not
PAUSING = (429, 503)  # with Retry-After, or without
REDIRECTS = (301, 302, 303, 307, 308)
PERMANENT = (301, 308)  # RFC 9110, sections 15.4.2 and 15.4.9

# At least five for a robots.txt (RFC 9309, section 2.3.1.2), and one more for http → https in front of them.
MOST_HOPS = 6
