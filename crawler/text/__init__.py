"""Words, sentences, dates, addresses, charsets: read one way by all."""
