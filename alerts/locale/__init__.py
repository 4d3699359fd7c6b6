"""The words in which a reader is told things, in the reader's language."""

from alerts.locale.dates import full_day, hour_there, said_day, said_hour, said_time, said_zone
from alerts.locale.phrases import Phrasebook, phrasebook
from alerts.locale.translation import LANGUAGES, asked_language, known_language, marked, said_list, translations
from alerts.locale.unsaid import Called, Filling, Saying, as_it_is, one_of, saying
from alerts.locale.wording import in_words, worded

__all__ = [
    "LANGUAGES",
    "Called",
    "Filling",
    "Phrasebook",
    "Saying",
    "as_it_is",
    "asked_language",
    "full_day",
    "hour_there",
    "in_words",
    "known_language",
    "marked",
    "one_of",
    "phrasebook",
    "said_day",
    "said_hour",
    "said_list",
    "said_time",
    "said_zone",
    "saying",
    "translations",
    "worded",
]
