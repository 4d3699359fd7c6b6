"""Every query on subscribers and subscriptions."""

from alerts.people.bounces import note_refusal, note_taken
from alerts.people.channels import Channels
from alerts.people.members import Hour, Members
from alerts.people.searches import Searches
from alerts.people.subscriber import (
    NEVER,
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
from alerts.people.told import mark_told, put_back

__all__ = [
    "NEVER",
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
    "note_refusal",
    "note_taken",
    "put_back",
]
