"""A page's bytes become an Article; the only room that knows trafilatura."""
