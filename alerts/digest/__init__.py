"""One subscriber, one period: a Digest, queued once."""

from alerts.digest.bursts import due_bursts
from alerts.digest.compose import Digest, SourcesRead
from alerts.digest.due import around, instant, is_known, next_digest
from alerts.digest.gather import Wanted, sources_read, wanted_now
from alerts.digest.headings import heading_of
from alerts.digest.limits import MOST_ENTRIES, MOST_OF_A_SECTION
from alerts.digest.matched import development_of, differences, first_report
from alerts.digest.post import Post
from alerts.digest.queue import preview, queue_bursts, queue_digest, queue_digests_of, queue_due_digests, unserved
from alerts.digest.records import DigestRecords
from alerts.digest.render import digest_html, digest_text
from alerts.digest.rest import forget_rests, kept_rest
from alerts.digest.sample import sample_digest
from alerts.digest.story import Development, Difference

__all__ = [
    "MOST_ENTRIES",
    "MOST_OF_A_SECTION",
    "Development",
    "Difference",
    "Digest",
    "DigestRecords",
    "Post",
    "SourcesRead",
    "Wanted",
    "around",
    "development_of",
    "differences",
    "digest_html",
    "digest_text",
    "due_bursts",
    "first_report",
    "forget_rests",
    "heading_of",
    "instant",
    "is_known",
    "kept_rest",
    "next_digest",
    "preview",
    "queue_bursts",
    "queue_digest",
    "queue_digests_of",
    "queue_due_digests",
    "sample_digest",
    "sources_read",
    "unserved",
    "wanted_now",
]
