"""What somebody looks for, and whether a document holds it."""

from alerts.query.document import Document
from alerts.query.fields import PlaceLookup, example, kinds
from alerts.query.hit_reading import read_hit
from alerts.query.index import Hits, SearchIndex
from alerts.query.indexable import Simple, simple
from alerts.query.marks import always, place_fit, spans_in
from alerts.query.match import StoryHit, match_story
from alerts.query.misses import why_missed
from alerts.query.named import NamedPlaces
from alerts.query.opening import body_start
from alerts.query.pieces import Piece, pieces_of, states_of
from alerts.query.query import Query, parse
from alerts.query.reading import read_back
from alerts.query.standing import stands_on_words
from alerts.query.syntax import Fact, Field, InPlace, Published
from alerts.query.tokens import QUOTE, QueryError
from alerts.query.wider import asks_of_words, fields_of, widened
from alerts.query.window import Windows

__all__ = [
    "QUOTE",
    "Document",
    "Fact",
    "Field",
    "Hits",
    "InPlace",
    "NamedPlaces",
    "Piece",
    "PlaceLookup",
    "Published",
    "Query",
    "QueryError",
    "SearchIndex",
    "Simple",
    "StoryHit",
    "Windows",
    "always",
    "asks_of_words",
    "body_start",
    "example",
    "fields_of",
    "kinds",
    "match_story",
    "parse",
    "pieces_of",
    "place_fit",
    "read_back",
    "read_hit",
    "simple",
    "spans_in",
    "stands_on_words",
    "states_of",
    "why_missed",
    "widened",
]
