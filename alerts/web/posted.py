"""What a form brought."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from alerts.locale import marked

MOST_POSTED = 32_000  # bytes
_MOST_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Posted:
    """Its fields as text, each without the space around it; of several of one name all, in their order."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The first of this name; "" when there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> list[str]:
        """All that are not empty."""
        return [value for value in self.fields.get(name, ()) if value]


def posted_from(body: bytes) -> Posted:
    """A form as browsers send it (application/x-www-form-urlencoded). Raises ValueError for too many fields.

    What is no text, as what is no UTF-8, becomes U+FFFD; so does NUL, which PostgreSQL keeps in no text.

    >>> posted_from(b"place=Waltham%2C+MA&place=&q=+raid+").fields
    {'place': ['Waltham, MA', ''], 'q': ['raid']}
    """
    fields: dict[str, list[str]] = {}
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    for name, value in pairs:
        fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", "\ufffd").strip())
    return Posted(fields)


def posting(answer: Callable[[Request, Posted], Response]) -> Callable[[Request], object]:
    """An endpoint of a form: its body is read within bounds (413 beyond them), then answered in a thread."""

    async def endpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_POSTED:
                raise HTTPException(413, marked("That is more than a form of ours holds."))
        try:
            form = posted_from(body)
        except ValueError:
            raise HTTPException(413, marked("That is more than a form of ours holds.")) from None
        return await run_in_threadpool(answer, request, form)

    return endpoint
