"""What the operator wants to know."""
