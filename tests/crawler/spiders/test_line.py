"""Whose fault a failure is: what one outlet says never spoils what is known of the others."""

import asyncio
import errno
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.error import ConnectError

from crawler.spiders import line as lines
from crawler.spiders.line import Line
from tests.makers.making import NOON

NO_ROUTE: BaseException = ConnectError(osError=errno.ENETUNREACH)  # type: ignore[no-untyped-call]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """A line on which nobody answered yet."""
    monkeypatch.setattr(lines, "SOON", 0.01)
    hosts: Any = SimpleNamespace(clock=lambda: NOON, lately_read=list)
    outages: Any = SimpleNamespace(begin=lambda at, quiet: None)
    return Line(hosts, outages)


@pytest.mark.parametrize("name", ["a..b", "a" * 64 + ".example", "xn--", "."])
def test_a_link_to_what_is_no_name_leaves_outages_to_be_told(line: Line, name: str) -> None:
    async def failures() -> list[str]:
        broken = await line.failed(Request(f"http://{name}/"), CannotResolveHostError())
        return [broken, await line.failed(Request("http://paper.example/"), NO_ROUTE)]

    assert asyncio.run(failures()) == ["theirs", "ours"]


def test_whatever_fails_while_it_is_found_out_the_next_is_examined_anew(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(doubt: object) -> bool:
        raise RuntimeError("a fault of ours")

    async def failure() -> str:
        return await line.failed(Request("http://paper.example/"), NO_ROUTE)

    async def failures() -> str:
        with monkeypatch.context() as patched:
            patched.setattr(lines, "_is_our_side", broken)
            with pytest.raises(RuntimeError):
                await failure()
        return await failure()

    assert asyncio.run(failures()) == "ours"
