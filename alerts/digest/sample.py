"""A digest of our own writing that shows all an entry can show: invented people and outlets in real places.

For a look at the mail without a story or a subscriber: `icewire digest --html FILE`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from alerts.digest.ahead import Ahead
from alerts.digest.compose import Digest, Heading, SourcesRead, compose
from alerts.digest.story import Correction, Development, Difference, FirstReport, MatchedStory, OtherReport, SaidNumber
from crawler.model import because

DAY = date(2026, 3, 10)
ZONE = "America/New_York"
_DUE = datetime(2026, 3, 10, 11, tzinfo=UTC)  # 07:00 there
_WALTHAM, _SPANISH, _ALL, _NONE = 'arrest* place:"Waltham, MA"', "lang:es", "courthouse", 'place:"Nantucket, MA"'
_CALLED = {
    _WALTHAM: Heading("Stories that mention arrest…, in Waltham, MA", most=8),
    _SPANISH: Heading("En español"),
    _ALL: Heading("Courthouses"),
    _NONE: Heading("Stories in Nantucket, MA"),
}


def sample_digest(language: str = "en") -> Digest:
    """The digest, for a reader of this language."""
    sources = SourcesRead(
        12,
        (("Nashua River Journal", because("connection_refused")),),
        offline=((_DUE - timedelta(hours=9), _DUE - timedelta(hours=6)),),
    )
    found = [*_in_waltham(), *_in_spanish()]
    return compose(
        DAY, ZONE, list(_CALLED), found, sources, _DUE + timedelta(hours=2), _DUE, _again(), _CALLED, language
    )


def _story(number: int, search: str, title: str, outlet: str, hours: float, **facts: object) -> MatchedStory:
    known: dict[str, object] = {
        "terms": (),
        "window": "",
        "window_from": "",
        "place": "Waltham, MA",
        "kind": "arrest",
        "language": "en",
        "url": f"https://{outlet.lower().replace(' ', '-')}.example/2026/03/09/{number}",
        "published_at": _DUE - timedelta(hours=hours),
        "fit": 2,
    }
    return MatchedStory(story_id=number, search=search, title=title, outlet=outlet, **(known | facts))  # type: ignore[arg-type]


def _quoting(words: str, *asked: str) -> dict[str, object]:
    marks = tuple((at, at + len(word)) for word in asked if (at := words.find(word)) >= 0)
    return {"window": words, "marks": tuple(sorted(marks))}


def _in_waltham() -> Sequence[MatchedStory]:
    morning = _DUE - timedelta(hours=21, minutes=50)
    noon = _DUE - timedelta(hours=19)
    court = _story(
        1204,
        _WALTHAM,
        "ICE agents arrest three outside Waltham District Court",
        "Charles River Ledger",
        19.5,
        **_quoting("…a clerk who was walking back from lunch said the arrests took less than two minutes.", "arrests"),
        others=(
            OtherReport("Lantern", "https://lantern.example/court"),
            OtherReport("Harbor Public Radio", "https://harbor.example/7"),
        ),
        copies=2,
        first=FirstReport("Lantern", morning),
        differences=(
            Difference("arrest", (SaidNumber(3, "Lantern", morning), SaidNumber(5, "Harbor Public Radio", noon))),
        ),
        ahead=(Ahead(date(2026, 3, 16), "vote", "Waltham City Council"), Ahead(date(2026, 3, 19), "hearing")),
        development=Development(
            "A judge ordered two of them released on bond",
            "https://harbor.example/8",
            "Harbor Public Radio",
            _DUE - timedelta(hours=3),
        ),
    )
    wire = _story(
        1207,
        _WALTHAM,
        "Governor says state will not lend its jails for federal arrests",
        "Framingham Common",
        12,
        wire="AP",
        paywalled=True,
        copies=9,
        place="Massachusetts",
        kind="policy",
        fit=1,
        **_quoting(
            "Sheriffs in four counties have asked what they are to do with people arrested on federal warrants.",
            "arrested",
        ),
    )
    day = _story(
        1211,
        _WALTHAM,
        "Schools in Waltham tell parents what to do when agents come",
        "Watch City Weekly",
        30,
        day_only=True,
        kind="impact",
        fit=1,
        window_from="Charles River Ledger",
        **_quoting(
            "“Nobody was arrested on our grounds,” the superintendent wrote to parents on Sunday night.", "arrested"
        ),
    )
    smaller = [
        _story(
            1220 + n,
            _WALTHAM,
            f"{who} about arrests on Moody Street",
            "Moody Street Wire",
            20 + n,
            kind="protest",
            fit=0,
        )
        for n, who in enumerate(
            ("Neighbors meet", "Clergy ask", "Shop owners write", "Students march", "Drivers talk", "Cooks sing")
        )
    ]
    again = _story(1204, _ALL, court.title, court.outlet, 19.5)
    return [court, wire, day, *smaller, again]


def _in_spanish() -> Sequence[MatchedStory]:
    return [
        _story(
            1230,
            _SPANISH,
            "Tras 18 años en Methuen, una madre es deportada a Honduras",
            "La Voz del Merrimack",
            18,
            language="es",
            place="Methuen, MA",
            kind="deportation",
            terms=("mentioning deportada",),
            **_quoting(
                "Zepeda, de 44 años, se presentaba cada año ante las autoridades antes de ser deportada.", "deportada"
            ),
        ),
        _story(
            1231,
            _SPANISH,
            "عائلة في لويل تنتظر خبرا عن أب احتجزته الهجرة",
            "Sawt Lowell",
            16,
            language="ar",
            place="Lowell, MA",
            kind="detention",
            window="قالت ابنته إن المحامي لم يعرف مكانه حتى المساء.",
        ),
    ]


def _again() -> Sequence[MatchedStory]:
    line = "Judge grants bond to baker held since February"
    return [
        _story(
            1101,
            _WALTHAM,
            "Fitchburg baker held after traffic stop",
            "Twin Cities Sun",
            300,
            place="Fitchburg, MA",
            development=Development(
                line, "https://twin-cities-sun.example/bond", "Twin Cities Sun", _DUE - timedelta(hours=14)
            ),
        ),
        _story(
            1150,
            _WALTHAM,
            "Vans seen near Lawrence mill were not ICE, city says",
            "La Voz del Merrimack",
            40,
            place="Lawrence, MA",
            correction=Correction(date(2026, 3, 9), place="Lawrenceville, GA"),
        ),
    ]
