"""Every query on subscribers and subscriptions."""
