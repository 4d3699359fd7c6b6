"""The words in which a reader is told why something happened; a language is a file beside en.toml."""

from alerts.locale.words import worded, words

__all__ = ["worded", "words"]
