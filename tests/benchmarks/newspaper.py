"""Pages like a local paper's: 50 to 300 KB of markup around 300 to 900 words.

Each paper has its own template, deterministic from seed and number. With `mentions` the template speaks of ICE on
every page, in navigation, most-read box, footer or scripts, as those of many outlets do; without, never.
"""

import html
import json
import random
from datetime import UTC, datetime

from tests.benchmarks.invented import Story, Town, known, write_chatter, write_headline

_WORDS = (
    "ad article author bar body box button byline caption card clear column copy cover date deck dock feed flag fold "
    "font footer form frame gallery grid group hat head hero hide hover item label lead left line link list logo main "
    "media menu meta mini modal nav news note page panel photo play plus promo quote rail read right row rule search "
    "share shop show side slide slot small social story strip tab tag teaser text time tip title top topic wide wrap"
).split()
_SECTIONS = "News Local Politics Crime Schools Business Sports Weather Opinion Obituaries Events Food Archive".split()
_QUIET = "council school sports police business roads fair".split()  # kinds without any word of the topic
_BODIES = (
    "<main id='content'><article class='story'><header>{top}</header>{lead}<div class='story-body'>{text}</div>{end}"
    "</article></main>",
    "<div id='page' class='wrap'><div class='column-main'>{top}{lead}<div class='entry-content' itemprop='articleBody'>"
    "{text}</div>{end}</div></div>",
    "<div class='container'><section class='post article-page'>{top}{lead}{text}</section>{end}</div>",
)


class Paper:
    """One outlet's template; `page` and `rss` are what it serves."""

    def __init__(self, seed: int, number: int, town: Town, base: str, mentions: bool) -> None:
        rng = random.Random(f"{seed}/paper {number}")
        self.seed, self.number, self.town, self.base, self.mentions = seed, number, town, base, mentions
        self.name = f"{town.name} {rng.choice(('Ledger', 'Herald', 'Courier', 'Beacon', 'Record', 'Telegraph', 'Sun'))}"
        self._weight = rng.uniform(0.3, 2.6)
        self._body = rng.choice(_BODIES)
        self._comments = rng.choice((0, 4, 15, 40))
        self._in_data = rng.random() < 0.25  # the article's text also in its JSON-LD
        topics = [*_SECTIONS, "ICE", "Immigration"] if mentions else _SECTIONS
        self._style = _style(rng, int(500 * self._weight))
        self._script = _script(rng, int(200 * self._weight), topics)
        self._header, self._footer = self._make_header(rng, topics), self._make_footer(rng)

    def url(self, page: int) -> str:
        """The address of a page."""
        return f"{self.base}/news/story-{page}.html"

    def page(self, page: int, story: Story, when: datetime) -> str:
        """A story in this paper's template."""
        rng = random.Random(f"{self.seed}/page {page}")
        title, stamp = html.escape(story.title), when.astimezone(UTC).isoformat(timespec="seconds")
        paragraphs = [f"<p>{_linked(rng, html.escape(p))}</p>" for p in story.paragraphs]
        for at in range(3, len(paragraphs), 4):
            paragraphs.insert(at, f"<div class='ad-slot' id='ad-{at}' data-sizes='[[300,250],[728,90]]'></div>")
        top = (
            f"<h1 class='headline'>{title}</h1><div class='byline'>By <a rel='author' href='/staff/{self.number}'>"
            f"{story.author}</a></div><time datetime='{stamp}'>{when:%B %d, %Y}</time>{_share(title)}"
        )
        lead = (
            f"<figure><img src='/img/{page}.jpg' alt=''><figcaption>{self.town.name}. File photo</figcaption></figure>"
        )
        body = self._body.format(top=top, lead=lead, text="\n".join(paragraphs), end=self._after(rng))
        return (
            "<!DOCTYPE html>\n<html lang='en-US'><head>"
            f"{self._head(self.url(page), story, title, stamp)}{self._style}</head><body class='single'>"
            f"{self._header}{body}{self._aside(rng)}{self._footer}{self._script}</body></html>"
        )

    def rss(self, items: list[tuple[int, Story, datetime]]) -> str:
        """The paper's feed, newest first; items are (page, story, when)."""
        entries = "\n".join(
            f"<item><title>{html.escape(story.title)}</title><link>{self.url(page)}</link>"
            f"<guid isPermaLink='true'>{self.url(page)}</guid><pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<description>{html.escape(story.paragraphs[0])}</description></item>"
            for page, story, when in sorted(items, key=lambda item: item[2], reverse=True)
        )
        return (
            f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>{self.name}</title>"
            f"<link>{self.base}/</link><description>News of {self.town.name}</description>{entries}</channel></rss>"
        )

    def _head(self, url: str, story: Story, title: str, stamp: str) -> str:
        lede = html.escape(story.paragraphs[0])
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": stamp,
            "author": [{"@type": "Person", "name": story.author}],
            "publisher": {"@type": "NewsMediaOrganization", "name": self.name},
            "mainEntityOfPage": url,
        }
        if self._in_data:
            data["articleBody"] = "\n".join(story.paragraphs)
        metas = {
            "og:title": title,
            "og:type": "article",
            "og:site_name": self.name,
            "og:url": url,
            "og:description": lede,
            "article:published_time": stamp,
            "twitter:card": "summary_large_image",
        }
        return (
            f"<meta charset='utf-8'><title>{title} | {self.name}</title><meta name='description' content='{lede}'>"
            f"<link rel='canonical' href='{url}'><link rel='alternate' type='application/rss+xml' href='/feed'>"
            + "".join(f"<meta property='{name}' content='{value}'>" for name, value in metas.items())
            + f"<script type='application/ld+json'>{json.dumps(data)}</script>"
        )

    def _make_header(self, rng: random.Random, topics: list[str]) -> str:
        items = "".join(
            f"<li class='menu-item item-{n}'><a href='/section/{name.lower()}'>{_icon(rng)}<span>{name}</span></a><ul>"
            + "".join(
                f"<li><a href='/section/{name.lower()}/{word}'>{word.title()}</a></li>"
                for word in rng.sample(_WORDS, 6)
            )
            + "</ul></li>"
            for n, name in enumerate(topics)
        )
        return (
            f"<header class='site-head'><a class='logo' href='/'>{_icon(rng)}{self.name}</a><nav><ul>{items}</ul></nav>"
            "<form action='/search'><input name='q' placeholder='Search'></form><a href='/subscribe'>Subscribe</a>"
            "</header>"
        )

    def _make_footer(self, rng: random.Random) -> str:
        more = "<li><a href='/tag/ice'>More on ICE in our state</a></li>" if self.mentions else ""
        links = "".join(
            f"<li><a href='/about/{word}'>{word.title()} {self.town.name}</a></li>" for word in rng.sample(_WORDS, 40)
        )
        return (
            f"<footer class='site-foot'><ul>{more}{links}</ul><p>© {self.name}. Use of this site means that you agree "
            "to its terms. Your privacy choices.</p><div class='newsletter'><h4>Get our newsletter</h4><form><input "
            "type='email'></form></div></footer>"
        )

    def _aside(self, rng: random.Random) -> str:
        kinds = ["arrest", "raid"] if self.mentions else _QUIET
        most_read = [write_headline(rng, self.town, kinds)] + [write_headline(rng, self.town, _QUIET) for _ in range(9)]
        items = "".join(f"<li><a href='/news/read-{n}.html'>{html.escape(t)}</a></li>" for n, t in enumerate(most_read))
        return f"<aside class='rail'><h3>Most read</h3><ol>{items}</ol><div class='ad-slot'></div></aside>"

    def _after(self, rng: random.Random) -> str:
        """Related stories and readers' comments."""
        kinds = [*_QUIET, *known()["on_topic"]] if self.mentions else _QUIET
        cards = "".join(
            f"<div class='card card-{n}'><div class='card-media'><a href='/news/more-{n}.html'><picture><source "
            f"data-srcset='/img/{n}-600.webp'><img data-src='/img/{n}-300x200.jpg' alt=''></picture></a></div>"
            f"<div class='card-text'><span class='label'><a href='/section/news'>{rng.choice(_SECTIONS)}</a></span>"
            f"<h4><a href='/news/more-{n}.html'>{html.escape(write_headline(rng, self.town, kinds))}</a></h4>"
            f"<p class='teaser'>{html.escape(write_chatter(rng, self.town, 3))}</p><time>{rng.randint(1, 23)} hours ago"
            f"</time></div>{_share('')}</div>"
            for n in range(int(8 + 10 * self._weight))
        )
        comments = "".join(
            f"<li class='comment' id='c{n}'><b>reader{rng.randint(10, 999)}</b><div>"
            f"<p>{html.escape(write_chatter(rng, self.town, rng.randint(2, 9)))}</p></div><span>{rng.randint(0, 40)} "
            "likes</span><button>Reply</button></li>"
            for n in range(rng.randint(0, self._comments))
        )
        return (
            f"<section class='related'><h3>Related</h3>{cards}</section>"
            f"<section id='comments'><ol>{comments}</ol></section>"
        )


def _style(rng: random.Random, rules: int) -> str:
    def rule() -> str:
        name = "-".join(rng.sample(_WORDS, 2))
        color = f"#{rng.randint(0, 0xFFFFFF):06x}"
        return f".{name}__{rng.choice(_WORDS)}{{margin:{rng.randint(0, 40)}px auto;color:{color};display:flex}}"

    return "<style>" + "".join(rule() for _ in range(rules)) + "</style>"


def _script(rng: random.Random, functions: int, topics: list[str]) -> str:
    def function() -> str:
        a, b, c = rng.sample(_WORDS, 3)
        return (
            f"function {a}{rng.randint(1, 99)}(e,t){{return e.{b}&&t.{c}({rng.randint(1, 999)})||"
            f"window.{a}Queue.push(['{b}',e.id,{rng.randint(1, 9999)},function(n){{n.{c}='{a}'}}])}}"
        )

    state = json.dumps({"menu": [{"id": n, "label": name, "slug": name.lower()} for n, name in enumerate(topics)]})
    code = "".join(function() for _ in range(functions))
    return f"<script>window.__SITE__={state};</script><script>(function(){{{code}}})()</script>"


def _linked(rng: random.Random, paragraph: str) -> str:
    """A paragraph with a few words marked up, as most have."""
    words = paragraph.split(" ")
    if len(words) > 12 and rng.random() < 0.6:
        at = rng.randrange(len(words) - 3)
        link = f"<a href='/tag/{rng.choice(_WORDS)}'>{' '.join(words[at : at + 3])}</a>"
        words[at : at + 3] = [link if rng.random() < 0.7 else f"<strong>{link}</strong>"]
    return " ".join(words)


def _share(title: str) -> str:
    return (
        "<div class='share'>"
        + "".join(
            f"<a class='share-link share-{to}' href='https://{to}.example/share?text={title}' rel='noopener'>"
            f"<svg viewBox='0 0 24 24'><path d='M12 2a10 10 0 1 0 0 20V14H8v-4h4z'/></svg><span>Share</span></a>"
            for to in ("fb", "x", "mail")
        )
        + "</div>"
    )


def _icon(rng: random.Random) -> str:
    path = " ".join(f"L{rng.randint(0, 24)} {rng.randint(0, 24)}" for _ in range(20))
    return f"<svg width='24' height='24'><path d='M0 0 {path}z'/></svg>"
