"""Everything that is judged of a page, and why."""
