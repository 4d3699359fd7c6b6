"""The mails and pages that people get, one of each kind, for the checks of how they are made.

Our own writing: invented outlets and people in real places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlmodel import Session

from alerts.digest.compose import Digest, Heading, SourcesRead, compose
from alerts.digest.rest import rest_of
from alerts.digest.sample import sample_digest
from alerts.digest.story import Correction, MatchedStory
from alerts.mail.confirm import confirm_message
from alerts.mail.deliveries import Deliveries
from alerts.mail.letter import Letter
from alerts.mail.links import Links
from alerts.mail.message import Envelope
from alerts.operator.report import StatePart, TroubleLine, TroubleReport, operator_message
from alerts.people.members import Members
from alerts.people.subscriber import DigestRecord
from alerts.settings import MailSettings
from alerts.web.app import Pages, make_app
from crawler.model import as_written
from crawler.places.gazetteer import shipped
from crawler.store.store import Store
from tests.makers.browsing import ask
from tests.makers.mailing import MAIL, READER, digest_message
from tests.makers.making import BODY, HALF_HOURLY, article, keep, outlet, watch
from tests.makers.visiting import account_pages

DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 11, 0, 5, tzinfo=UTC)  # 07:00:05 in Boston
LEAVE = "https://alerts.icewire.example/unsubscribe/MQ.e8MsuAOjw0ArCfUFkGZGNFVs0qs"
MANAGE = "https://alerts.icewire.example/manage/link/fiQFSGoFPkffWr9WS9RVrGmamuzseni"
REST = "https://alerts.icewire.example/digest/WzEsIjIwMjYtMDMtMTAiXQ.e8MsuAOjw0ArCfUFkGZGNFVs0qs"
SOURCES = SourcesRead(312)
TWENTY = (
    "Waltham, MA|Lawrence, MA|Fitchburg, MA|Nashua, NH|Central Falls, RI|Danbury, CT|Española, NM|Peñasco, NM|"
    "Cañon City, CO|San José, CA|La Cañada Flintridge, CA|Mayagüez, PR|Līhuʻe, HI|Pāʻia, HI|Utqiaġvik, AK|"
    "ʻEwa Beach-Iroquois Point, HI|Aliamanu Mauka, HI|Coeur d’Alene, ID|Truth or Consequences, NM|"
    "Rancho Santa Margarita, CA"
).split("|")


def a_story(number: int = 1, title: str = "", place: str = "Waltham, MA", **facts: object) -> MatchedStory:
    """A story that a search met."""
    known: dict[str, object] = {
        "search": "x",
        "terms": (),
        "window": "…a clerk who was walking back from lunch said four agents in vests waited near a side door.",
        "window_from": "",
        "url": f"https://charles-river-ledger.example/2026/03/09/{number}",
        "outlet": f"Charles River Ledger {number % 9}",
        "published_at": NOW - timedelta(hours=3 + number % 20),
        "kind": "arrest",
        "language": "en",
    }
    title = title or f"ICE agents detain {number} outside a courthouse, witnesses and a lawyer say"
    return MatchedStory(story_id=number, title=title, place=place, **(known | facts))  # type: ignore[arg-type]


def a_digest(*found: MatchedStory, due: datetime | None = None, developed: Sequence[MatchedStory] = ()) -> Digest:
    """What a reader with one search gets."""
    called = {"x": Heading("Stories that mention arrests, in New England")}
    return compose(DAY, "America/New_York", ["x"], found, SOURCES, NOW, due, developed, called)


def busy() -> Digest:
    """More stories than a mail holds."""
    told = [a_story(n, place=TWENTY[n % 20], language="es" if n % 5 == 0 else "en") for n in range(1, 121)]
    news = [replace(story, story_id=story.story_id + 500, correction=Correction(DAY, kind="raid")) for story in told]
    return a_digest(*told, developed=news[:25])


def digests() -> Mapping[str, Digest]:
    """One of each kind."""
    spanish = a_story(
        3,
        "Redada en Peñasco: doce detenidos, dice el alcalde",
        "Peñasco, NM",
        language="es",
        window="…los agentes llegaron a la fábrica a las seis de la mañana, según una vecina de Española…",
        outlet="El Crónico de Río Arriba",
    )
    arabic = a_story(
        4,
        "عائلة في لويل تنتظر خبرا عن أب احتجزته الهجرة",
        "Lowell, MA",
        language="ar",
        window="قالت ابنته إن المحامي لم يعرف مكانه حتى المساء.",
    )
    sample = sample_digest()
    return {
        "sample": sample,
        "sample in Spanish": replace(sample, language="es"),
        "busy": busy(),
        "one story": a_digest(a_story()),
        "nothing found": a_digest(),
        "Spanish names": a_digest(spanish, a_story(5, place="Cañon City, CO"), a_story(6, place="Līhuʻe, HI")),
        "Arabic": a_digest(arabic),
        "twenty places": a_digest(*(a_story(n, place=place) for n, place in enumerate(TWENTY, 1))),
        "developments": replace(sample, sections=()),
        "late": a_digest(a_story(actors=("ice", "hsi"), said_by=("family", "court")), due=NOW - timedelta(hours=2)),
    }


def digest_mail_of(digest: Digest, settings: MailSettings = MAIL) -> EmailMessage:
    """The mail of a digest."""
    return digest_message(digest, Envelope(READER, "<0a1b2c@icewire.example>", NOW, LEAVE, MANAGE), settings, REST)


def mails() -> Mapping[str, EmailMessage]:
    """Every kind of mail that leaves."""
    envelope = Envelope(READER, "<0a1b2c@icewire.example>", NOW)
    bare = MAIL.model_copy(update={"postal_address": "", "contact": ""})
    reading = "stories that mention words that begin with arrest, in Waltham, MA"
    confirm = "https://alerts.icewire.example/confirm/MQ.e8MsuAOjw0ArCfUFkGZGNFVs0qs"
    return {
        **{name: digest_mail_of(digest) for name, digest in digests().items()},
        "no postal address": digest_mail_of(a_digest(a_story()), bare),
        "confirm": confirm_message(reading, ("07:00", "America/New_York"), confirm, envelope, MAIL),
        "operator": operator_message(_report(), envelope, MAIL),
    }


def _report() -> TroubleReport:
    line = TroubleLine("Nashua River Journal", "https://nashua-river.example/", "nashua-river", "answered with 503")
    well = replace(line, said="since Mon, Mar 9; it was: nothing new since Tue, Mar 3")
    parts = (StatePart("New Hampshire", (("Cannot be read", (line,)), ("Silent", (line,))), (well,)),)
    return TroubleReport(DAY, parts, 2, 1, 4, (("gone@example.org", "550 no such user here"),))


def pages(engine: Engine) -> Mapping[str, str]:
    """Every page of the web, as HTML, in the state in which it holds the most; the front page also as it begins."""
    watchlist = watch(engine, outlet("ledger"), outlet("gazette", state="NH"))
    links = Links(b"a key", "http://127.0.0.1:8080")
    rows = Store(engine), Members(engine), Deliveries(engine)
    made = Pages(watchlist, *rows, links, shipped(), lambda: NOW, timezone="America/New_York")
    app = make_app(made)
    shown = {"at its beginning": ask(app, "/status")[2], "not found": ask(app, "/nowhere")[2]}
    shown |= {"front at its beginning": ask(app, "/")[2]}
    why = as_written("answered with " + "averylongwordwithoutanyspace" * 9)
    watchlist.record_feed_failure(2, why, 0.25, NOW, HALF_HOURLY)
    told = _a_story(engine)
    members = made.members
    members.subscribe(READER, "waltham", NOW, "America/New_York", "07:00", active=True)
    _, asked = members.subscribe("new@example.org", "waltham", NOW, "America/New_York", "07:00", active=False)
    made.deliveries.queue(Letter("digest", READER, "<1@a>", digest_mail_of(sample_digest()).as_bytes()), 1, NOW)
    rest = rest_of(busy())
    with Session(engine) as session:
        session.add(DigestRecord(subscriber_id=1, local_date=DAY, made_at=NOW, stories=90, rest=rest))
        session.commit()
    paths = {
        "status": "/status",
        "front": "/",
        "stories": "/stories?place=Waltham,%20MA",
        "stories that nothing meets": "/stories?q=zeppelin&lang=es",
        "stories wrong": "/stories?q=(raid&kind=arest&since=x",
        "story": f"/stories/{told}",
        "week": "/week/ma/middlesex-county?week=2026-W11",
        "latest digest": "/digest/latest",
        "rest": links.rest(1, DAY),
        "unsubscribe?": links.unsubscribe(1),
        "confirm?": links.confirm(asked.id or 0, asked.generation, NOW),
        "wrong query": "/feed.atom?q=(raid",
        "map": "/map",
        "map of a state": "/map/ma",
        "weeks": "/weeks",
        "sources": "/sources",
        "sources of a state": "/sources/state/nh",
        "source": "/sources/ledger",
    }
    shown |= {name: ask(app, _path(url))[2] for name, url in paths.items()}
    shown |= {f"account: {name}": html for name, html in account_pages(engine, NOW).items()}
    shown |= {
        "confirmed": ask(app, _path(links.confirm(asked.id or 0, asked.generation, NOW)), "POST")[2],
        "unsubscribed": ask(app, _path(links.unsubscribe(1)), "POST")[2],
    }
    return shown


def _a_story(engine: Engine) -> int:
    """One that two outlets report, with other numbers, and that changed."""
    first = keep(engine, article(text=f"{BODY}\nTwo men were arrested, the lawyer said."))
    keep(engine, article("again", "gazette", title="ICE holds three men at Waltham courthouse"), story=first.story_id)
    later = f"{BODY}\nTwo men were arrested, the lawyer said. One was released on Tuesday after a hearing in Boston."
    keep(engine, article(text=later), now=NOW - timedelta(hours=2))
    spanish = article("redada", title="Redada en Waltham: dos detenidos", language="es", paywalled=True, wire="EFE")
    keep(engine, spanish)
    return first.story_id


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
