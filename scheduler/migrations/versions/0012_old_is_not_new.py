"""An article that was old already when it was first read says so"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

DAYS = 7  # as crawl.max_age_days is by default; a day lasts until it is over everywhere


def upgrade() -> None:
    with op.batch_alter_table("article") as rows:
        rows.add_column(sa.Column("old", sa.Boolean(), nullable=False, server_default="0"))
    read = "COALESCE(stored_at, (SELECT opened_at FROM story WHERE story.id = article.story_id))"
    if op.get_bind().dialect.name == "postgresql":
        is_old = f"published_at + INTERVAL '{DAYS + 1} days' < {read}"
    else:
        is_old = f"julianday(published_at) + {DAYS + 1} < julianday({read})"
    rows_of = sa.table("article", sa.column("old", sa.Boolean()))
    op.execute(sa.update(rows_of).values(old=True).where(sa.text(is_old)))
