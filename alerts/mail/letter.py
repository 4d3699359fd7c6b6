"""A mail or a posting before it is queued, and the row that queues it."""

from dataclasses import dataclass
from datetime import datetime

from alerts.people import Delivery, DeliveryKind, Payload


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail or a posting that is ready to be queued."""

    kind: DeliveryKind
    recipient: str
    message_id: str
    message: bytes


def delivery_of(
    letter: Letter,
    subscriber_id: int | None,
    now: datetime,
    digest_id: int | None = None,
    channel_id: int | None = None,
) -> Delivery:
    """The row that queues a letter, to be added in the transaction of whatever else it records."""
    return Delivery(
        subscriber_id=subscriber_id,
        digest_id=digest_id,
        channel_id=channel_id,
        kind=letter.kind,
        message_id=letter.message_id,
        recipient=letter.recipient,
        payload=Payload(message=letter.message),
        queued_at=now,
        next_attempt_at=now,
    )
