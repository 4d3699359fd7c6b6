"""Pages for tests of extraction, and reading them."""

import json
from datetime import UTC, datetime

from crawler.extract.article import Hint, extract
from crawler.model.story import Article

NOW = datetime(2026, 3, 12, 18, 0, tzinfo=UTC)
URL = "https://www.millriverherald.com/news/2026/03/laundry-raid/"
TITLE = "Agents detain four at Waltham laundry"
PARAGRAPHS = (
    "Federal immigration agents detained four workers at a laundry on the south side of the city early on Wednesday, "
    "the owner and two witnesses said.",
    "The owner, Marta Quill, said the agents showed a warrant for one man and then asked the others for their papers. "
    "She said she had called a lawyer before they left.",
    "A spokesman for Immigration and Customs Enforcement confirmed an operation in the area and said nothing more.",
    "The city council will hear from residents about the arrests at its meeting on Monday evening in the town hall.",
)


def page(
    *,
    head: str = "",
    ld: object = None,
    h1: str = TITLE,
    byline: str = "",
    body: str = "",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    lang: str = "en",
) -> bytes:
    script = (
        f'<script type="application/ld+json">{ld if isinstance(ld, str) else json.dumps(ld)}</script>' if ld else ""
    )
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{h1} | Mill River Herald</title>'
        f'<meta property="og:site_name" content="Mill River Herald">{head}{script}</head><body>'
        f"<nav><ul><li><a href='/news'>News</a></li><li><a href='/sports'>Sports</a></li></ul></nav>"
        f"<main><article><h1>{h1}</h1>{byline}<div class='story'>{text}{body}</div></article></main>"
        f"<footer><p>Mill River Herald, 12 Canal Street</p></footer></body></html>"
    ).encode()


NO_HINT = Hint()


def read(body: bytes, url: str = URL, content_type: str = "", hint: Hint = NO_HINT) -> Article:
    return extract(body, url, "millriver", NOW, content_type, hint)


def news_article(**fields: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE} | fields


SPANISH = (
    "Agentes federales de inmigración detuvieron a cuatro trabajadores en una lavandería del sur el miércoles.",
    "La dueña del local dijo que los agentes mostraron una orden para un hombre y pidieron los papeles a los demás.",
    "El concejo de la ciudad escuchará a los vecinos en la reunión del lunes por la noche en el ayuntamiento.",
)
