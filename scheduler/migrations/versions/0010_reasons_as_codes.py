"""Why something happened is a code with arguments; sentences become codes where they are known, else stay as written"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = (
    ("entry", "id", "reason"),
    ("feed", "id", "status"),
    ("host", "name", "why"),
    ("trouble", "id", "said"),
    ("verdict", "article_id", "grouped_because"),
    ("delivery", "id", "error"),
    ("revision", "id", "change"),
)
AT_ONCE = 5000  # rows
TERMS = (
    ("place ", "term_place", "place"), ("kind ", "term_kind", "value"), ("source ", "term_source", "value"),
    ("language ", "term_language", "value"),
)  # fmt: skip

# The sentences of icewire before this, for good: whole sentences by their code, then patterns whose groups are the
# arguments. `last`, `status` and `why` are sentences themselves.
SENTENCES = {
    "ok": "ok",
    "it redirects to what is no address": "redirects_to_no_address",
    "it redirects without end": "redirects_without_end",
    "the host name was not found": "host_not_found",
    "nothing answers at that address (connection refused)": "connection_refused",
    "no answer in time": "no_answer_in_time",
    "larger than crawl.max_page_bytes": "too_large",
    "the answer was cut off": "cut_off",
    "the answer is packed in a way that nobody can unpack": "cannot_unpack",
    "the connection was cut": "connection_cut",
    "no connection could be made": "no_connection",
    "the secure connection failed (TLS)": "tls_failed",
    "refused": "refused",
    "robots.txt does not allow it": "robots_refused",
    "robots.txt could not be had, so nothing is asked before it can be read": "robots_not_had",
    "asked us to wait": "asked_to_wait",
    "does not answer and is left alone": "left_alone",
    "the process that read it has ended": "worker_lost",
    "the process that was to read it was ended for another page": "worker_ended",
    "the page's own text never mentions the topic": "never_mentioned",
    "its address leads to something else now": "something_else_now",
    "the address gives a file, not a web page": "a_file",
    "the page is not HTML": "not_html",
    "the page is empty": "empty_page",
    "the page has no title": "no_title",
    "the page is a front page": "front_page",
    "the page is a list of pages": "list_page",
    "no answer": "no_answer",
    "the first report of this event that we know": "first_report",
    "shows that another report tells of its event, not of that of its story": "takes_reports",
    "held back: set mail.postal_address and mail.contact before mail goes to anybody but the operator": "held_back",
}
_SEEN = r" \(score (?P<score>-?\d+\.\d\d)(?:; seen: (?P<seen>“.*”))?\)"
PATTERNS = tuple(
    (code, re.compile(pattern, re.DOTALL))
    for code, pattern in (
        ("answered", r"answered (?P<status>\d{3})"),
        ("given_up", r"given up after (?P<attempts>\d+) attempts: (?P<last>.+)"),
        ("given_up_waiting", r"given up after (?P<days>\d+) days: (?P<last>.+)"),
        ("too_old", r"published (?P<published>\d{4}-\d\d-\d\d), more than (?P<days>\d+) days before it was seen"),
        ("about_near", "near the topic, but not ICE activity" + _SEEN),
        ("about_mention", "mentions ICE, but is not about it" + _SEEN),
        ("about_none", "not about ICE" + _SEEN),
        ("about_activity", "about ICE activity" + _SEEN),
        ("no_text", r"the page holds no article text \((?P<words>\d+) words\)"),
        ("site_answered", r"the site answered “(?P<title>.*)”"),
        ("too_many_elements", r"the page has more than (?P<most>\d+) elements, which no article has"),
        ("other_type", r"the address gives (?P<type>.+), not a web page"),
        ("no_web_address", r"“(?P<url>.*)” is no web address"),
        ("not_a_page", r"not a page but (?P<kind>.*)"),
        ("no_address", r"no address that can be asked: (?P<error>.*)"),
        ("icewire_failed", r"icewire failed on it: (?P<error>.*)"),
        ("extraction_too_long", r"extracting it took more than (?P<seconds>\d+) seconds"),
        ("robots_answered", r"robots\.txt answered (?P<status>\d+), so nothing is asked before it can be read"),
        ("private_address", r"(?P<host>\S+) is on a private or loopback network;"
         r" set crawl\.allow_private_addresses = true to allow it"),
        ("host_paused", r"(?P<host>\S+) (?P<why>asked us to wait|does not answer and is left alone)"
         r" until (?P<until>\d\d:\d\d:\d\d UTC)"),
        ("same_text", r"same text as “(?P<title>.*)”: (?P<share>\d+%) of the shorter one's passages"),
        ("days_apart", r"(?P<days>\d+) days apart"),
        ("too_little_in_common",
         r"too little in common \((?P<score>\d+\.\d\d); (?P<enough>\d+\.\d+) makes one event\)"),
        ("never_read", r"never read yet: (?P<status>.+)"),
        ("mail_answered", r"the mail server answered (?P<code>\d{3}) (?P<said>.*)"),
        ("outbox_unwritable", r"the outbox (?P<folder>.+?) cannot be written: (?P<error>.*)"),
        ("no_mail_address", r"(?P<recipient>\S+) is no address that mail can be sent to: (?P<error>.*)"),
    )
)  # fmt: skip


def coded(sentence: str) -> tuple[str, dict[str, Any]]:
    """The code and arguments of a sentence; what no pattern knows is as it was written."""
    if not sentence:
        return "", {}
    if sentence in SENTENCES:
        return SENTENCES[sentence], {}
    for code, pattern in PATTERNS:
        if found := pattern.fullmatch(sentence):
            args = found.groupdict(default="")
            return code, {name: _argument(name, text) for name, text in args.items() if text or name == "seen"}
    return "as_written", {"text": sentence}


def _argument(name: str, text: str) -> Any:
    if name in ("last", "status", "why") and not text.isdecimal():
        code, args = coded(text)
        return {"code": code, "args": args}
    if name in ("status", "attempts", "days", "words", "most", "seconds", "code"):
        return int(text)
    if name in ("score", "enough"):
        return float(text)
    if name == "share":
        return int(text.rstrip("%")) / 100
    if name == "seen":
        return text.strip("“”").split("”, “") if text else []
    return text


def upgrade() -> None:
    for name, _, column in COLUMNS:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column(f"{column}_args", sa.JSON(), nullable=False, server_default="{}"))
    for name, key, column in COLUMNS:
        _recode(name, key, column)
    _recode_lists("verdict", "article_id", "kept_apart", lambda pair: [pair[0], _as_json(pair[1])])
    _recode_lists("match", "id", "terms", _term)


def _recode(name: str, key: str, column: str) -> None:
    """Most rows say one of a few whole sentences: one statement. The others are read a part of the table at a time."""
    bind = op.get_bind()
    args = f"{column}_args"
    table = sa.table(name, sa.column(key), sa.column(column), sa.column(args, sa.JSON()))
    told = table.c[column]
    differing = {sentence: code for sentence, code in SENTENCES.items() if sentence != code}
    bind.execute(sa.update(table).where(told.in_(differing)).values({column: sa.case(differing, value=told)}))
    change = sa.update(table).where(table.c[key] == sa.bindparam("of"))
    change = change.values({column: sa.bindparam("code"), args: sa.bindparam("args", type_=sa.JSON())})
    others = sa.select(table.c[key], told).where(told.not_in(["", *SENTENCES.values()]))
    for rows in _parts(others, table.c[key]):
        read = ((of, *coded(sentence)) for of, sentence in rows)
        bind.execute(change, [{"of": of, "code": code, "args": found} for of, code, found in read])


def _recode_lists(name: str, key: str, column: str, recode: Callable[[Any], Any]) -> None:
    bind = op.get_bind()
    table = sa.table(name, sa.column(key), sa.column(column, sa.JSON()))
    change = sa.update(table).where(table.c[key] == sa.bindparam("of"))
    change = change.values({column: sa.bindparam("now", type_=sa.JSON())})
    held = sa.select(table.c[key], table.c[column]).where(sa.cast(table.c[column], sa.Text()) != "[]")
    for rows in _parts(held, table.c[key]):
        bind.execute(change, [{"of": of, "now": [recode(one) for one in told]} for of, told in rows])


def _parts(query: sa.Select[Any], key: sa.ColumnClause[Any]) -> Iterator[Sequence[Any]]:
    """The rows of a query in the order of their key, so many at once: an entry table may hold millions."""
    bind = op.get_bind()
    rows = bind.execute(query.order_by(key).limit(AT_ONCE)).all()
    while rows:
        yield rows
        rows = bind.execute(query.where(key > rows[-1][0]).order_by(key).limit(AT_ONCE)).all()


def _as_json(sentence: str) -> dict[str, Any]:
    code, args = coded(sentence)
    return {"code": code, "args": args}


def _term(term: str) -> dict[str, Any]:
    """What of a search was found: a field's name and value, or words."""
    for prefix, code, name in TERMS:
        if term.startswith(prefix):
            return {"code": code, "args": {name: term.removeprefix(prefix)}}
    return {"code": "as_written", "args": {"text": term}}
