"""The archive: stories in an order that never moves, and articles by where it happened"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None

_DATED = """
    UPDATE story SET dated_at =
        (SELECT COALESCE(MIN(published_at), opened_at) FROM article WHERE story_id = story.id)"""
# Of the event; an old verdict kept no other places.
_WHERE = """
    INSERT INTO whereabouts (state, county, name, article_id)
    SELECT DISTINCT {state}, CASE {kind} WHEN 'county' THEN {name} WHEN 'city' THEN COALESCE({county}, '') ELSE '' END,
        CASE {kind} WHEN 'city' THEN {name} ELSE '' END, {article}
    FROM {source} WHERE COALESCE({role}, 'event') = 'event' AND {state} IS NOT NULL AND {name} IS NOT NULL"""
# Rows as a foreign hand leaves them are of nowhere.
_EACH_IN_SQLITE = "json_each(CASE WHEN json_valid({0}) AND json_type({0}) = 'array' THEN {0} ELSE '[]' END) AS p"
_EACH_IN_POSTGRESQL = "json_array_elements(CASE WHEN json_typeof({0}) = 'array' THEN {0} ELSE '[]' END) AS p"
_FUNCTION = """
    CREATE FUNCTION keep_whereabouts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN DELETE FROM whereabouts WHERE article_id = old.article_id; END IF;
        IF TG_OP <> 'DELETE' THEN ADD; END IF;
        RETURN NULL;
    END $$"""
_FACTS = ("state", "kind", "name", "county", "role")


def upgrade() -> None:
    long_ago = "1970-01-01 00:00:00.000000"
    op.add_column("story", sa.Column("dated_at", sa.DateTime(timezone=True), nullable=False, server_default=long_ago))
    op.execute(_DATED)
    op.execute("UPDATE story SET dated_at = opened_at WHERE dated_at > opened_at")
    op.create_index("story_dated", "story", ["dated_at", "id"])
    # What lists ask of an article, without its text: a reader of the table passes over that.
    op.create_index("article_of_story", "article", ["story_id", "source_id", "language", "published_at", "id"])
    op.drop_index("ix_article_story_id", "article")
    op.create_table(
        "whereabouts",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("county", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("state", "county", "name", "article_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_whereabouts_article_id", "whereabouts", ["article_id"])
    if op.get_bind().dialect.name == "postgresql":
        _kept_by_postgresql()
    else:
        _kept_by_sqlite()


def _kept_by_sqlite() -> None:
    op.execute(_in_sqlite(article="verdict.article_id", source=f"verdict, {_EACH_IN_SQLITE.format('verdict.places')}"))
    remove = "DELETE FROM whereabouts WHERE article_id = old.article_id;"
    add = _in_sqlite(article="new.article_id", source=_EACH_IN_SQLITE.format("new.places")) + ";"
    op.execute(f"CREATE TRIGGER whereabouts_add AFTER INSERT ON verdict BEGIN {add} END")
    op.execute(f"CREATE TRIGGER whereabouts_remove AFTER DELETE ON verdict BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER whereabouts_change AFTER UPDATE OF places ON verdict BEGIN {remove} {add} END")


def _kept_by_postgresql() -> None:
    every = f"verdict, {_EACH_IN_POSTGRESQL.format('verdict.places')}"
    op.execute(_in_postgresql(article="verdict.article_id", source=every))
    add = _in_postgresql(article="new.article_id", source=_EACH_IN_POSTGRESQL.format("new.places"))
    op.execute(_FUNCTION.replace("ADD", add))
    op.execute("CREATE TRIGGER whereabouts_kept AFTER INSERT OR DELETE OR UPDATE OF places ON verdict"
               " FOR EACH ROW EXECUTE FUNCTION keep_whereabouts()")  # fmt: skip


def _in_sqlite(article: str, source: str) -> str:
    facts = {name: f"CASE WHEN p.type = 'object' THEN json_extract(p.value, '$.{name}') END" for name in _FACTS}
    return _WHERE.format(article=article, source=source, **facts)


def _in_postgresql(article: str, source: str) -> str:
    return _WHERE.format(article=article, source=source, **{name: f"p ->> '{name}'" for name in _FACTS})
