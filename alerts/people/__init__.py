"""Every query on subscribers and subscriptions."""

from alerts.people.asking import Consent, Consents
from alerts.people.bounces import forget_refusals, note_complaint, note_refusal, note_return, refused_reader
from alerts.people.channels import Channels
from alerts.people.choices import StoryChoices
from alerts.people.disclosure import disclose
from alerts.people.members import Members
from alerts.people.passes import ADDRESS_BACK_WITHIN, ADDRESS_WITHIN, SIGN_IN_WITHIN, SIGNED_IN_FOR, Passes
from alerts.people.pauses import Pauses, is_paused, today_of
from alerts.people.restored import Mended, erase_everybody, left_since, mend, skip_numbers, still_left
from alerts.people.rounds import Hour, Rounds
from alerts.people.searches import Searches
from alerts.people.subscriber import (
    NEVER,
    WANTED,
    Cadence,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryKind,
    DeliveryState,
    DigestRecord,
    Lease,
    Match,
    Matching,
    Muted,
    Pass,
    Payload,
    SearchChange,
    Subscriber,
    Subscription,
    Told,
)
from alerts.people.told import mark_told, put_back
from alerts.people.unreached import Unreached

__all__ = [
    "ADDRESS_BACK_WITHIN",
    "ADDRESS_WITHIN",
    "NEVER",
    "SIGNED_IN_FOR",
    "SIGN_IN_WITHIN",
    "WANTED",
    "Cadence",
    "Channel",
    "ChannelKind",
    "Channels",
    "Consent",
    "Consents",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "DigestRecord",
    "Hour",
    "Lease",
    "Match",
    "Matching",
    "Members",
    "Mended",
    "Muted",
    "Pass",
    "Passes",
    "Pauses",
    "Payload",
    "Rounds",
    "SearchChange",
    "Searches",
    "StoryChoices",
    "Subscriber",
    "Subscription",
    "Told",
    "Unreached",
    "disclose",
    "erase_everybody",
    "forget_refusals",
    "is_paused",
    "left_since",
    "mark_told",
    "mend",
    "note_complaint",
    "note_refusal",
    "note_return",
    "put_back",
    "refused_reader",
    "skip_numbers",
    "still_left",
    "today_of",
]
