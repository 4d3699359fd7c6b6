"""A search may have a name; the words of articles are indexed as searches know them (U.S. is US, Hawai'i is Hawaii)"""

import sqlalchemy as sa
from alembic import op

from crawler.text import search_words

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    op.add_column("subscription", sa.Column("name", sa.String(), nullable=False, server_default=""))
    _index_anew()


def _index_anew() -> None:
    """The words of each article, where they are others than before."""
    words_of = [sa.column(name, sa.String) for name in ("title", "text", "folded")]
    article = sa.table("article", sa.column("id", sa.Integer), *words_of)
    change = article.update().where(article.c.id == sa.bindparam("of")).values(folded=sa.bindparam("words"))
    query = sa.select(article).order_by(article.c.id).limit(_AT_ONCE)
    bind = op.get_bind()
    rows = bind.execute(query).all()
    while rows:
        words = {row.id: " ".join(search_words(f"{row.title}\n{row.text}"))[:300_000] for row in rows}
        changed = [{"of": row.id, "words": words[row.id]} for row in rows if words[row.id] != row.folded]
        if changed:
            bind.execute(change, changed)
        rows = bind.execute(query.where(article.c.id > rows[-1].id)).all()
