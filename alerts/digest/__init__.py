"""One subscriber, one period: a Digest, queued once."""

from alerts.digest.cadence import of_day
from alerts.digest.compose import Digest, SourcesRead
from alerts.digest.due import instant, is_known, next_digest
from alerts.digest.gather import Wanted, sources_read
from alerts.digest.post import Post
from alerts.digest.queue import preview, queue_digest, queue_due_digests
from alerts.digest.records import DigestRecords
from alerts.digest.render import digest_text

__all__ = [
    "Digest",
    "DigestRecords",
    "Post",
    "SourcesRead",
    "Wanted",
    "digest_text",
    "instant",
    "is_known",
    "next_digest",
    "of_day",
    "preview",
    "queue_digest",
    "queue_due_digests",
    "sources_read",
]
