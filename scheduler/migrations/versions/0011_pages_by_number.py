"""A page whose address holds the article's own number is known by that; more tracking parameters go"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from crawler.text import page_address

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_AT_ONCE = 5000


def upgrade() -> None:
    bind = op.get_bind()
    entry = sa.table("entry", sa.column("id", sa.Integer), sa.column("page", sa.String))
    change = entry.update().where(entry.c.id == sa.bindparam("of")).values(page=sa.bindparam("address"))
    for rows in _parts(sa.select(entry.c.id, entry.c.page), entry.c.id):
        changed = [{"of": of, "address": new} for of, page in rows if (new := page_address(page)) != page]
        if changed:
            bind.execute(change, changed)
    _addresses_of_known_articles()


def _addresses_of_known_articles() -> None:
    """Of several that are one page under several headlines, the one that was read last gets the page's address."""
    article = sa.table(
        "article", sa.column("id", sa.Integer), sa.column("url", sa.String), sa.column("fetched_at", sa.String)
    )
    bind = op.get_bind()
    query = sa.select(article.c.id, article.c.url).order_by(article.c.fetched_at.desc(), article.c.id.desc())
    known = {row.id: row.url for row in bind.execute(query)}
    taken = set(known.values())
    change = article.update().where(article.c.id == sa.bindparam("of")).values(url=sa.bindparam("address"))
    for article_id, url in known.items():
        address = page_address(url)
        if address not in taken:
            taken.add(address)
            bind.execute(change, {"of": article_id, "address": address})


def _parts(query: sa.Select[Any], key: sa.ColumnClause[Any]) -> Iterator[Sequence[Any]]:
    """The rows of a query in the order of their key, so many at once: an entry table may hold millions."""
    bind = op.get_bind()
    rows = bind.execute(query.order_by(key).limit(_AT_ONCE)).all()
    while rows:
        yield rows
        rows = bind.execute(query.where(key > rows[-1][0]).order_by(key).limit(_AT_ONCE)).all()
