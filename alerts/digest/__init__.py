"""One subscriber, one period: a Digest, queued once."""

from alerts.digest.compose import Digest, SourcesRead
from alerts.digest.due import moment, next_digest
from alerts.digest.send import (
    Post,
    Wanted,
    deliver,
    held_back,
    preview,
    queue_confirmation,
    queue_digest,
    queue_due_digests,
    sources_read,
)

__all__ = [
    "Digest",
    "Post",
    "SourcesRead",
    "Wanted",
    "deliver",
    "held_back",
    "moment",
    "next_digest",
    "preview",
    "queue_confirmation",
    "queue_digest",
    "queue_due_digests",
    "sources_read",
]
