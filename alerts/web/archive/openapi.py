"""The archive for programs, as OpenAPI 3.1 describes it; tests hold the answers to that."""

from typing import Any

_Schema = dict[str, Any]


def _of(kind: str, **more: Any) -> _Schema:
    return {"type": kind, **more}


def _or_null(schema: _Schema) -> _Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(**properties: _Schema) -> _Schema:
    return _of("object", properties=properties, required=list(properties), additionalProperties=False)


def _list(items: _Schema) -> _Schema:
    return _of("array", items=items)


def _named(name: str) -> _Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT, _FLAG, _COUNT = _of("string"), _of("boolean"), _of("integer", minimum=0)
_TIME = _of("string", format="date-time")
_DAY = _of("string", format="date")
_OUTLET = _object(id=_TEXT, name=_TEXT)

_SCHEMAS = {
    "Story": _object(
        id=_COUNT,
        url=_TEXT,
        title=_TEXT,
        link=_or_null(_TEXT),
        outlet=_OUTLET,
        published_at=_or_null(_TIME),
        day_only=_FLAG,
        first_seen_at=_TIME,
        developed_at=_or_null(_TIME),
        place=_or_null(_TEXT),
        kinds=_list(_TEXT),
        language=_TEXT,
        wire=_TEXT,
        paywalled=_FLAG,
        also_reported_by=_list(_TEXT),
        copies=_COUNT,
    ),
    "Stories": _object(
        query=_TEXT,
        reading=_TEXT,
        count=_or_null(_COUNT),
        count_is_capped=_FLAG,
        looked_at=_or_null(_COUNT),
        stories=_list(_named("Story")),
        older=_or_null(_TEXT),
        newer=_or_null(_TEXT),
    ),
    "Report": _object(
        outlet=_OUTLET,
        title=_TEXT,
        link=_or_null(_TEXT),
        published_at=_or_null(_TIME),
        day_only=_FLAG,
        first_seen_at=_TIME,
        language=_TEXT,
        wire=_TEXT,
        paywalled=_FLAG,
        gone=_FLAG,
        copy_of=_or_null(_TEXT),
        why=_or_null(_TEXT),
    ),
    "Place": _object(
        name=_TEXT, kind=_TEXT, county=_TEXT, state=_TEXT, sentence=_or_null(_TEXT), outlet=_or_null(_TEXT)
    ),
    "Numbers": _object(
        of=_TEXT, said=_list(_object(outlet=_TEXT, number=_COUNT, at_least=_FLAG, said_at=_or_null(_TIME)))
    ),
    "Change": _object(
        outlet=_TEXT,
        at=_TIME,
        what=_or_null(_TEXT),
        headline=_or_null(_object(before=_TEXT, after=_TEXT)),
        words=_list(_object(kind=_of("string", enum=[" ", "-", "+"]), words=_TEXT)),
    ),
    "Milestone": _object(
        at=_TIME,
        day_only=_FLAG,
        what=_of("string", enum=["published", "seen", "changed", "developed", "mailed", "update mailed", "gone"]),
        outlet=_or_null(_TEXT),
    ),
    "StoryAccount": _object(
        id=_COUNT,
        url=_TEXT,
        title=_TEXT,
        kinds=_list(_TEXT),
        reports=_list(_named("Report")),
        places=_list(_named("Place")),
        actors=_list(_TEXT),
        said_by=_list(_TEXT),
        numbers=_list(_named("Numbers")),
        changes=_list(_named("Change")),
        why=_TEXT,
        published_at=_or_null(_TIME),
        first_seen_at=_TIME,
        developed_at=_or_null(_TIME),
        development=_or_null(_TEXT),
        first_mailed_at=_or_null(_TIME),
        follows=_or_null(_COUNT),
        timeline=_list(_named("Milestone")),
    ),
    "Week": _object(
        county=_object(name=_TEXT, state=_TEXT),
        first_day=_DAY,
        last_day=_DAY,
        timezone=_TEXT,
        complete=_FLAG,
        days=_list(_object(day=_DAY, stories=_list(_named("Story")))),
    ),
    # Of a filter by parameter; of a feed, whose query is one, at once.
    "Wrong": _object(error={"anyOf": [_of("object", additionalProperties=_named("Mistake")), _named("Mistake")]}),
    "Mistake": _object(message=_TEXT, column=_COUNT, pointed=_TEXT, suggestion=_TEXT),
}
_FILTER = {
    "q": "a search, in the query language",
    "place": "a city, a county or a state: Waltham, MA",
    "kind": "what it is about: one of the topic's kinds",
    "outlet": "an outlet, by id or name",
    "language": "of the report: a code of two or three letters",
    "since": "the first day, by UTC: 2026-03-01",
    "until": "the last day",
    "older": "go on behind a story, as the answer before said",
    "newer": "go back before a story",
    "lang": "of the answer's sentences: en or es",
}


def _query(name: str) -> _Schema:
    return {"name": name, "in": "query", "description": _FILTER[name], "schema": _TEXT}


def _path(name: str, schema: _Schema) -> _Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _get(summary: str, kinds: dict[str, _Schema], parameters: list[_Schema], *wrong: int) -> _Schema:
    """One thing to get; `kinds`: media type → schema; `wrong`: statuses that tell a mistake."""
    told: _Schema = {"200": {"description": "It", "content": {kind: {"schema": s} for kind, s in kinds.items()}}}
    for status in wrong:
        content = {"application/json": {"schema": _named("Wrong")}, "text/html": {"schema": _TEXT}}
        told[str(status)] = {"description": "What is wrong", "content": content}
    told["503"] = {"description": "Others are served: try again after Retry-After", "content": {"text/plain": {}}}
    if parameters in (_LIST, _FEED):
        told["429"] = {"description": "Asked for too often: again after Retry-After", "content": {"text/html": {}}}
    return {"get": {"summary": summary, "parameters": parameters, "responses": told}}


_LIST, _FEED = [_query(name) for name in _FILTER], [_query(name) for name in _FILTER if name not in ("older", "newer")]
_ID = [_path("id", _of("integer", minimum=1)), _query("lang")]
_SHEET = [
    _path("state", _of("string", pattern="^[a-z]{2}$")),
    _path("county", _of("string", pattern="^[a-z0-9-]+$")),
    {"name": "week", "in": "query", "description": "of ISO 8601: 2026-W10", "schema": _TEXT},
    _query("lang"),
]
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "icewire",
        "version": "1",
        "description": "Stories of local news outlets about one topic. Headlines, facts and links; no texts.",
    },
    "paths": {
        "/stories.json": _get("Stories, newest first", {"application/json": _named("Stories")}, _LIST, 400),
        "/stories.csv": _get("The same as a table", {"text/csv": _TEXT}, _LIST, 400),
        "/stories.atom": _get("The newest as a feed", {"application/atom+xml": _TEXT}, _FEED, 400),
        "/stories/feed.json": _get("The same in JSON Feed", {"application/feed+json": _of("object")}, _FEED, 400),
        "/stories/{id}.json": _get("A story", {"application/json": _named("StoryAccount")}, _ID, 404),
        "/stories/{id}.csl.json": _get(
            "How it is cited (CSL JSON)", {"application/vnd.citationstyles.csl+json": _list(_of("object"))}, _ID, 404
        ),
        "/week/{state}/{county}.json": _get("A county's week", {"application/json": _named("Week")}, _SHEET, 400, 404),
    },
    "components": {"schemas": _SCHEMAS},
}
