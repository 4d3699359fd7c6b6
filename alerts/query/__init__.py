"""What somebody looks for, and whether a document holds it."""
