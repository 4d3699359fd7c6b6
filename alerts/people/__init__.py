"""Every query on subscribers and subscriptions."""

from alerts.people.members import Hour, Members
from alerts.people.subscriber import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    DigestRecord,
    Match,
    Matching,
    Subscriber,
    Subscription,
)

__all__ = [
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "DigestRecord",
    "Hour",
    "Match",
    "Matching",
    "Members",
    "Subscriber",
    "Subscription",
]
