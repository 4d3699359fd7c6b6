"""Who wants what, and telling them."""
