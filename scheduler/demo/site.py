"""One outlet as a web site: every path and what it answers."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.demo.outlets import DemoArticle, DemoFeed, WrittenOutlet

FEED_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "news_sitemap": "application/xml",
    "section": "text/html",
}
_MONTHS_ES = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one path returns. Only feeds have validators."""

    body: bytes
    content_type: str
    etag: str = ""
    last_modified: str = ""
    busy_once: bool = False  # the first request gets 429


def build_site(outlet: WrittenOutlet, base: str, environment: Environment) -> dict[str, Reply]:
    """Path (with its query) → Reply. `base` is scheme, host and port, without a slash at the end."""
    shown = sorted(outlet.articles, key=lambda article: article.changed, reverse=True)
    listed = [_view(outlet, article, base) for article in shown]
    standing = [item for item in listed if item["behaviour"] != "not_found"]
    common = {"outlet": outlet, "base": base, "articles": standing, "feed_types": FEED_TYPES}
    page = environment.get_template(f"{outlet.template}.html")

    def html(**values: Any) -> Reply:
        text = page.render(**common, **values)
        charset = "; charset=utf-8" if outlet.charset == "utf-8" else ""  # others say it in the page only
        return Reply(text.encode(outlet.charset, "xmlcharrefreplace"), f"text/html{charset}")

    site = {"/robots.txt": Reply(_robots(outlet, base).encode(), "text/plain; charset=utf-8")}
    site["/"] = html(article=None, heading=outlet.tagline)
    for tag in ("immigration", "sports", "weather"):
        site[f"/tag/{tag}"] = html(article=None, heading=tag.capitalize())
    for number, item in enumerate(standing):
        answer = html(article=item, related=_related(standing, number))
        busy = item["behaviour"] == "busy_once"
        site[item["path"]] = Reply(answer.body, answer.content_type, busy_once=busy)
    for feed in outlet.feeds:
        links = listed if feed.kind != "section" else standing
        body = _feed(outlet, feed, base, links, environment) or html(article=None, heading="Latest").body
        site[feed.path] = _with_validators(body, FEED_TYPES[feed.kind], shown)
    return site


def site_environment() -> Environment:
    """The templates and the ways they write a date."""
    environment = Environment(
        loader=PackageLoader("scheduler.demo"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"iso": datetime.isoformat, "rfc822": format_datetime, "long": _long, "fecha": _fecha}
    return environment


def _view(outlet: WrittenOutlet, article: DemoArticle, base: str) -> dict[str, Any]:
    path = outlet.path_of(article)
    tracking = f"?{outlet.tracking.format(slug=article.slug)}" if outlet.tracking else ""
    return {
        **article.model_dump(),
        "paragraphs": article.paragraphs,
        "excerpt": article.paragraphs[0] if article.paragraphs else article.title,
        "changed": article.changed,
        "path": path,
        "url": base + path,
        "tracked_url": base + path + tracking,
    }


def _related(items: Sequence[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The three neighbours that a site would offer next."""
    return [items[(number + step) % len(items)] for step in (1, 2, 3)]


def _feed(
    outlet: WrittenOutlet, feed: DemoFeed, base: str, items: list[dict[str, Any]], environment: Environment
) -> bytes | None:
    """The feed's document; None for a section page, which is a page like others."""
    if feed.kind == "section":
        return None
    if feed.kind == "json":
        return _json_feed(outlet, feed, base, items)
    template = environment.get_template(f"{feed.kind}.xml")
    return template.render(outlet=outlet, base=base, url=base + feed.path, articles=items).encode()


def _json_feed(outlet: WrittenOutlet, feed: DemoFeed, base: str, items: list[dict[str, Any]]) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/",
        "feed_url": base + feed.path,
        "language": outlet.language,
        "items": [
            {
                "id": item["url"],
                "url": item["url"],
                "title": item["title"],
                "summary": item["excerpt"],
                "date_published": item["published"].isoformat(),
                "date_modified": item["changed"].isoformat(),
                "authors": [{"name": item["author"]}],
                "tags": [item["section"]],
            }
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _with_validators(body: bytes, content_type: str, articles: Sequence[DemoArticle]) -> Reply:
    newest = max(article.changed for article in articles)
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Reply(body, content_type, etag, _http_date(newest))


def _robots(outlet: WrittenOutlet, base: str) -> str:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in outlet.disallow)]
    lines += [f"Sitemap: {base}{feed.path}" for feed in outlet.feeds if feed.kind == "news_sitemap"]
    return "\n".join(lines) + "\n"


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _long(moment: datetime) -> str:
    """March 9, 2026, 1:10 p.m."""
    half = "a.m." if moment.hour < 12 else "p.m."
    return f"{moment:%B} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M} {half}"


def _fecha(moment: datetime) -> str:
    """9 de marzo de 2026, 15:30."""
    return f"{moment.day} de {_MONTHS_ES[moment.month - 1]} de {moment.year}, {moment:%H:%M}"
