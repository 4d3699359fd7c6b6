"""Find a story, understand it, keep it."""
