"""Until when each subscriber is served, so that a tick finds who is not without reading everybody"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: the table made anew would give an id out twice (see Subscriber).
    op.add_column(
        "subscriber",
        sa.Column("served_until", UTCDateTime(), nullable=False, server_default="1970-01-01 00:00:00.000000"),
    )
    op.drop_index("ix_subscriber_state", "subscriber")  # the next begins with it
    op.create_index("subscriber_due", "subscriber", ["state", "timezone", "digest_at", "served_until"])
    op.create_index("delivery_newest", "delivery", ["kind", "queued_at"])
