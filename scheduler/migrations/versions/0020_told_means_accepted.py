"""What a digest told goes back when no server took its mail; addresses that do not exist are left alone"""

import sqlalchemy as sa
from alembic import op

from crawler.model import UTCDateTime

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: a table of millions would be made anew. Both databases add such columns in place.
    for table in ("match", "told"):
        op.execute(
            f'ALTER TABLE "{table}" ADD COLUMN update_digest_id INTEGER REFERENCES digest (id) ON DELETE SET NULL'
        )
        op.add_column(table, sa.Column("updated_from", UTCDateTime(), nullable=True))
    op.create_index("ix_match_update_digest_id", "match", ["update_digest_id"])
    op.create_index("ix_delivery_digest_id", "delivery", ["digest_id"])
    op.add_column("delivery", sa.Column("in_doubt", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("subscriber", sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("subscriber", sa.Column("refused_since", UTCDateTime(), nullable=True))
    op.add_column("subscriber", sa.Column("bounced_at", UTCDateTime(), nullable=True))
    op.add_column("subscriber", sa.Column("bounced_because", sa.String(), nullable=False, server_default=""))
    op.add_column("subscriber", sa.Column("bounced_because_args", sa.JSON(), nullable=False, server_default="{}"))
