"""What lists ask of an article that holds a word or is of a place, without its text"""

from alembic import op

revision = "0063"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("article_listed", "article", ["id", "story_id", "source_id", "language", "published_at"])
