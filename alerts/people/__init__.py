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
    Told,
)
from alerts.people.told import mark_told

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
    "Told",
    "mark_told",
]
