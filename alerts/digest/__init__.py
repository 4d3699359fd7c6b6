"""One subscriber, one period: a Digest, queued once."""
