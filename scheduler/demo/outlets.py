"""The writing of the demo: one TOML file per invented outlet in `articles/`."""

import hashlib
import tomllib
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from crawler.model import FeedKind, IcewireError

Expect = Literal["activity", "near", "mention", "none", "forbidden", "gone"]
Behaviour = Literal["normal", "not_found", "busy_once"]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Update(_Written):
    """What an article becomes when `DemoWeb.publish_update()` is called."""

    title: str
    updated: AwareDatetime
    text: str


class DemoArticle(_Written):
    """One page of an outlet, and what a digest should make of it."""

    slug: str
    title: str
    author: str  # "" = the page names nobody
    published: AwareDatetime
    updated: AwareDatetime | None = None
    section: str
    expect: Expect  # a topic label, or why the page is never read
    note: str = ""  # for what no digest may hold: why
    story: str = ""  # the event's key, shared by all its reports
    wire: str = ""  # copies of one text share this key
    place: str = ""  # where the event happens: "Waltham, MA"
    behaviour: Behaviour = "normal"
    permalink: str = ""  # "" = the outlet's
    text: str  # paragraphs separated by an empty line
    update: Update | None = None

    @property
    def paragraphs(self) -> list[str]:
        return [" ".join(p.split()) for p in self.text.split("\n\n") if p.strip()]

    @property
    def changed(self) -> datetime:
        """When the outlet last touched it."""
        return self.updated or self.published

    def revised(self) -> Self:
        """The article after its update; itself when it has none."""
        if self.update is None:
            return self
        later = self.update
        return self.model_copy(update={"title": later.title, "text": later.text, "updated": later.updated})


class DemoFeed(_Written):
    kind: FeedKind
    path: str  # with its query


class WrittenOutlet(_Written):
    """An invented newsroom in a real town. Its id is the file's name."""

    id: str
    name: str
    city: str
    county: str
    state: str
    kind: str
    language: str
    template: str  # templates/NAME.html
    permalink: str  # {year} {month} {day} {section} {slug} {code}
    feeds: tuple[DemoFeed, ...]
    tracking: str = ""  # appended to the links of its RSS feeds; may hold {slug}
    charset: str = "utf-8"
    disallow: tuple[str, ...] = ()  # of robots.txt
    tagline: str = ""
    most_read: tuple[str, ...] = ()
    down: bool = False  # nothing listens at its port
    articles: tuple[DemoArticle, ...] = Field(default=())

    def article_id(self, article: DemoArticle) -> str:
        return f"{self.id}/{article.slug}"

    def path_of(self, article: DemoArticle) -> str:
        """The path of an article's page on this outlet's site."""
        day = article.published
        return (article.permalink or self.permalink).format(
            year=f"{day:%Y}",
            month=f"{day:%m}",
            day=f"{day:%d}",
            section=article.section.lower().replace(" ", "-"),
            slug=article.slug,
            code=hashlib.sha256(article.slug.encode()).hexdigest()[:12],
        )


def load_outlets(folder: Traversable | None = None) -> tuple[WrittenOutlet, ...]:
    """All outlets by id, those that are down last; None = the shipped ones.

    IcewireError names the file and the key that is wrong.
    """
    folder = folder or files("scheduler.demo").joinpath("articles")
    outlets = [_load(file) for file in folder.iterdir() if file.name.endswith(".toml")]
    return tuple(sorted(outlets, key=lambda outlet: (outlet.down, outlet.id)))


def _load(file: Traversable) -> WrittenOutlet:
    try:
        written = tomllib.loads(file.read_text("utf-8"))
        facts = written.pop("outlet", {})
        articles = written.pop("article", [])
        return WrittenOutlet(**written, **facts, id=file.name.removesuffix(".toml"), articles=tuple(articles))
    except tomllib.TOMLDecodeError as error:
        raise IcewireError(f"{file.name} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise IcewireError(f"{file.name}: {where}: {first['msg']}. The keys are those of its neighbours.") from error
