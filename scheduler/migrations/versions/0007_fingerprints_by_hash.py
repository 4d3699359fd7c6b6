"""A fingerprint is found by its hash alone: one index instead of a table and two"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fingerprint_by_hash",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("hash", "article_id"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO fingerprint_by_hash (hash, article_id)"
        " SELECT hash, article_id FROM fingerprint ORDER BY hash, article_id"
    )
    op.drop_table("fingerprint")
    op.rename_table("fingerprint_by_hash", "fingerprint")
    if op.get_bind().dialect.name == "postgresql":
        for kind in ("pkey", "article_id_fkey"):
            op.execute(f"ALTER TABLE fingerprint RENAME CONSTRAINT fingerprint_by_hash_{kind} TO fingerprint_{kind}")
