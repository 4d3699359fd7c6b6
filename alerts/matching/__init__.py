"""Stories meet subscriptions."""
