"""What a form brings is read within bounds."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from alerts.web.posted import MOST_POSTED, Posted, posted_from, posting


def _shown(request: Request, form: Posted) -> Response:
    return PlainTextResponse(repr(dict(form.fields)))


APP = Starlette(routes=[Route("/", posting(_shown), methods=["POST"])])


def post(*parts: bytes) -> tuple[int, str]:
    """Send a form in parts; the status and the text of the answer."""
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": p, "more_body": i < len(parts) - 1} for i, p in enumerate(parts)]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(APP(scope, receive, send))
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:]).decode()


def test_a_form_comes_in_parts() -> None:
    assert post(b"q=raid+OR+", b"arrest&place=") == (200, "{'q': ['raid OR arrest'], 'place': ['']}")


def test_what_no_database_keeps_in_a_text_is_replaced() -> None:
    assert posted_from(b"name=a%00b&q=%ff").fields == {"name": ["a\ufffdb"], "q": ["\ufffd"]}


@pytest.mark.parametrize("body", [b"q=" + b"a" * MOST_POSTED, b"&".join([b"a=1"] * 300)])
def test_too_much_of_a_form_is_refused(body: bytes) -> None:
    assert post(body)[0] == 413


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_a_form(body: bytes) -> None:
    assert isinstance(posted_from(body), Posted)
