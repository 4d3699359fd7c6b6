"""The web pages: thin, no rule inside."""
