"""The answers are as the document for programs says they are."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from tests.makers.browsing import ask
from tests.makers.making import BODY, article, keep

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


def mistakes(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value is not as its schema says, of what our schemas use of JSON Schema."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        ways = [mistakes(value, way, document, at) for way in schema["anyOf"]]
        return min(ways, key=len)
    if not isinstance(value, _TYPES[schema["type"]]):
        return [f"{at}: {value!r} is no {schema['type']}"]
    if isinstance(value, list) and "items" in schema:
        return [m for i, one in enumerate(value) for m in mistakes(one, schema["items"], document, f"{at}[{i}]")]
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        wrong = [f"{at}: {name}" for name in {*schema["required"]} ^ {*value}]
        return wrong + [m for n, one in value.items() if n in known for m in mistakes(one, known[n], document, n)]
    return []


def test_each_answer_is_as_its_schema_says(app: Starlette, sqlite_engine: Engine) -> None:
    first = keep(sqlite_engine, article())
    keep(sqlite_engine, article("two", "gazette", title="ICE arrests 6 men"), story=first.story_id)
    keep(sqlite_engine, article(text=f"{BODY}\nOne of the men was released on Tuesday after a hearing."))
    document = json.loads(ask(app, "/openapi.json")[2])
    assert len(document["paths"]) == 7
    for path, methods in document["paths"].items():
        address = path.format(id=1, state="ma", county="middlesex-county")
        status, headers, body = ask(app, address)
        told = methods["get"]["responses"][str(status)]["content"]
        kind = headers["content-type"].partition(";")[0]
        assert (status, kind in told) == (200, True), path
        if "json" in kind:
            assert mistakes(json.loads(body), told[kind]["schema"], document) == [], path


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/stories.json", "q=(raid&place=nowhere"), ("/stories/feed.json", "q=(raid"), ("/stories/feed.json", "q=raid")],
)
def test_a_mistake_is_as_its_schema_says(app: Starlette, path: str, asked: str) -> None:
    document = json.loads(ask(app, "/openapi.json")[2])
    status, _, body = ask(app, f"{path}?{asked}")
    assert status == 400
    content = document["paths"][path]["get"]["responses"]["400"]["content"]
    assert mistakes(json.loads(body), content["application/json"]["schema"], document) == []
