"""What feedparser's own test files expect of their first entry, as far as a Reading can hold it."""

import ast
import re
from datetime import datetime

from crawler.feeds.feed import FeedItem, UnreadableFeed, read_feed
from crawler.text.plaintext import plain

_EXPECT = re.compile(rb"Expect:\s*(.*?)\n?\s*-->", re.S)
_ENTRY = re.compile(rb"<((?:[\w.-]+:)?)(?:item|entry)(?:\s[^<>]*[^<>/])?>", re.I)
_LINK = re.compile(rb"<(?:[\w.-]+:)?(?:link|guid|origlink)[\s>]", re.I)
_FIELDS = {"title", "link", "published_parsed", "updated_parsed"}

Wanted = dict[str, object]


def expected(body: bytes) -> Wanted:
    """The facts of entries[0] that the file's comment compares with a constant; {} when there are none."""
    found = _EXPECT.search(body[:4000])
    if found is None:
        return {}
    try:
        tree = ast.parse(found[1].decode("utf-8").strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return {}
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return dict(fact for part in parts if (fact := _fact(part)))


def _fact(part: ast.expr) -> tuple[str, object] | None:
    if not isinstance(part, ast.Compare) or len(part.ops) != 1 or not isinstance(part.ops[0], ast.Eq):
        return None
    name = ast.unparse(part.left).removeprefix("entries[0]")
    name = {"['title_detail']['value']": "['title']", ".title": "['title']", ".link": "['link']"}.get(name, name)
    field = name.strip("[]'")
    try:
        return (field, ast.literal_eval(part.comparators[0])) if field in _FIELDS and name != field else None
    except ValueError:
        return None


def misread(body: bytes, url: str, wanted: Wanted) -> list[str]:
    """What of the wanted facts icewire reads otherwise, for a person.

    Most cases have no link, without which there is no item: they are given one.
    """
    if not _LINK.search(body) and "link" not in wanted:
        body = _ENTRY.sub(rb'\g<0><\1link href="https://feeds.example/entry"/>', body, count=1)
    try:
        items = read_feed(body, url).items
    except UnreadableFeed:
        items = ()
    if not items:
        return [f"no item for {wanted}"]
    wrong = [name for name, value in wanted.items() if not _right(items[0], name, value)]
    return [f"{name} {wanted[name]!r} is {_said(items[0], name)!r}" for name in wrong]


def _said(item: FeedItem, name: str) -> object:
    if name.endswith("_parsed"):
        said = item.published if name.startswith("published") else item.updated
        return said and said.start  # a day's midnight, as feedparser has it
    return item.title if name == "title" else item.url


def _right(item: FeedItem, name: str, value: object) -> bool:
    said = _said(item, name)
    if isinstance(value, tuple):
        return isinstance(said, datetime) and said.timetuple()[:6] == value[:6]
    if name == "title":
        return said == plain(str(value))
    return said == value or (value is None and not said) or str(said).rstrip("/") == str(value).rstrip("/")
