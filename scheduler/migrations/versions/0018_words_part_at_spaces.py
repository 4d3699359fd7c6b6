"""The full-text indexes part words at spaces alone, and are told of words and texts that are too long for them"""

import sqlalchemy as sa
from alembic import op

from crawler.store.fulltext import LONGEST_WORD, UNCUT, indexed

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_AT_ONCE = 500
_CUT_BEFORE = 300_000  # characters, after which a text was cut without a word


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX article_search")
        op.execute("ALTER TABLE article DROP COLUMN search")
        _cut_anew()
        words = "array_to_tsvector(array_remove(string_to_array(folded, ' '), ''))"
        op.execute(f"ALTER TABLE article ADD COLUMN search tsvector GENERATED ALWAYS AS ({words}) STORED")
        op.execute("CREATE INDEX article_search ON article USING gin (search)")
    else:
        for trigger in ("add", "remove", "change"):
            op.execute(f"DROP TRIGGER article_search_{trigger}")
        op.execute("DROP TABLE article_search")
        _cut_anew()
        _search_sqlite()


def _search_sqlite() -> None:
    """The index reads the words from the article itself; triggers keep it up to date."""
    options = "folded, content='article', content_rowid='id', tokenize='ascii'"  # each other letter is of a word
    op.execute(f"CREATE VIRTUAL TABLE article_search USING fts5({options})")
    op.execute("INSERT INTO article_search(article_search) VALUES ('rebuild')")
    remove = "INSERT INTO article_search(article_search, rowid, folded) VALUES ('delete', old.id, old.folded);"
    add = "INSERT INTO article_search(rowid, folded) VALUES (new.id, new.folded);"
    op.execute(f"CREATE TRIGGER article_search_add AFTER INSERT ON article BEGIN {add} END")
    op.execute(f"CREATE TRIGGER article_search_remove AFTER DELETE ON article BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER article_search_change AFTER UPDATE OF folded ON article BEGIN {remove} {add} END")


def _cut_anew() -> None:
    """Words and texts that are too long, as the store cuts them now."""
    article = sa.table("article", sa.column("id", sa.Integer), sa.column("folded", sa.String))
    change = article.update().where(article.c.id == sa.bindparam("of")).values(folded=sa.bindparam("words"))
    query = sa.select(article).where(sa.func.length(article.c.folded) > LONGEST_WORD).order_by(article.c.id)
    bind, last = op.get_bind(), -1
    while rows := bind.execute(query.where(article.c.id > last).limit(_AT_ONCE)).all():
        words = {row.id: indexed(row.folded.split(" ")) for row in rows}
        words |= {r.id: f"{UNCUT} {words[r.id]}" for r in rows if len(r.folded) >= _CUT_BEFORE > len(words[r.id])}
        changed = [{"of": row.id, "words": words[row.id]} for row in rows if words[row.id] != row.folded]
        if changed:
            bind.execute(change, changed)
        last = rows[-1].id
