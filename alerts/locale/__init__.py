"""The words in which a reader is told why something happened; a language is a file beside en.toml."""

from alerts.locale.dates import said_day, said_time
from alerts.locale.phrases import Phrasebook, phrasebook
from alerts.locale.wording import in_words, worded

__all__ = ["Phrasebook", "in_words", "phrasebook", "said_day", "said_time", "worded"]
