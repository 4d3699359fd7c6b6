"""The nouns, which are the tables."""
