"""What somebody looks for, and whether a document holds it."""

from alerts.query.match import StoryHit, match_story
from alerts.query.misses import why_missed
from alerts.query.query import Document, PlaceLookup, Query, QueryError, parse

__all__ = ["Document", "PlaceLookup", "Query", "QueryError", "StoryHit", "match_story", "parse", "why_missed"]
