"""Every query on subscribers and subscriptions."""

from alerts.people.members import Hour
from alerts.people.register import Letter, Register
from alerts.people.subscriber import Delivery, DigestRecord, Match, Matching, Subscriber, Subscription

__all__ = ["Delivery", "DigestRecord", "Hour", "Letter", "Match", "Matching", "Register", "Subscriber", "Subscription"]
