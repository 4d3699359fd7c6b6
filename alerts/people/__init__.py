"""Every query on subscribers and subscriptions."""

from alerts.people.register import Letter, Register
from alerts.people.subscriber import Delivery, DigestRecord, Match, Matching, Subscriber, Subscription

__all__ = ["Delivery", "DigestRecord", "Letter", "Match", "Matching", "Register", "Subscriber", "Subscription"]
