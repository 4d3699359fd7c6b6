"""Every query on subscribers and subscriptions."""

from alerts.people.channels import Channels
from alerts.people.members import Hour, Members
from alerts.people.searches import Searches
from alerts.people.subscriber import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryKind,
    DeliveryState,
    DigestRecord,
    Match,
    Matching,
    SearchChange,
    Subscriber,
    Subscription,
)

__all__ = [
    "Channel",
    "ChannelKind",
    "Channels",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "DigestRecord",
    "Hour",
    "Match",
    "Matching",
    "Members",
    "SearchChange",
    "Searches",
    "Subscriber",
    "Subscription",
]
