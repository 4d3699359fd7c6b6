"""What is new in a text: revisions and developments."""
