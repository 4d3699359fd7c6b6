"""The settings that collecting and judging need."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def several(value: object) -> object:
    """A list; what an environment variable says becomes one, be it written as there or as in a settings file.

    >>> several("MA, NH"), several('["MA", "NH"]'), several(""), several(["MA"])
    (['MA', 'NH'], ['MA', 'NH'], [], ['MA'])
    """
    if not isinstance(value, str):
        return value
    parts = (part.strip(" \"'") for part in value.strip().removeprefix("[").removesuffix("]").split(","))
    return [part for part in parts if part]


def _states(value: Any) -> Any:
    """["MA", "NH"], or "MA, NH" from an environment variable; ValueError for what is no state."""
    from crawler.places import STATES  # most settings name no state, and the gazetteer's room takes time to load

    codes = several(value)
    if not isinstance(codes, list | tuple):
        return codes
    for code in codes:
        if str(code).upper() not in STATES:
            raise ValueError(f'{code!r} is not the postal code of a state; write them like ["MA", "NH"]')
    return [str(code).upper() for code in codes]


class WatchSettings(_Group):
    """What this deployment watches."""

    states: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_states)] = Field(
        default=(), description='postal codes of the states to read, e.g. ["MA", "NH"]; empty = all'
    )
    registry: Path = Field(
        default=Path("sources"), description="folder with your own outlets (*.toml), inside the data folder"
    )
    topic: Path = Field(
        default=Path(),
        description="folder of another topic than ICE activity (docs/another-topic.md), beside this file",
    )
    shipped: bool = Field(default=True, description="also read the outlets that come with icewire")


class CrawlSettings(_Group):
    """How it reads, and with what manners."""

    poll_minutes: float = Field(
        default=12, gt=0, le=10_080, description="a feed that brings much is read again after so many minutes"
    )
    poll_longest_minutes: float = Field(
        default=240, gt=0, le=10_080, description="a feed that seldom brings anything waits at most this long"
    )
    max_age_days: float = Field(
        default=7,
        gt=0,
        le=3650,
        description="an entry that its feed dates earlier is not fetched, a page dated earlier is not mailed",
    )
    delay_seconds: float = Field(
        default=2, ge=0, le=3600, description="least pause between two requests to one site; slow servers get more"
    )
    timeout_seconds: float = Field(default=30, gt=0, le=600, description="give up on a response after this long")
    max_page_bytes: int = Field(default=8_000_000, gt=0, le=100_000_000, description="a larger response is refused")
    concurrent_hosts: int = Field(default=16, gt=0, le=256, description="sites read at the same time")
    workers: int = Field(
        default=-1,
        ge=-1,
        le=64,
        description="processes that read feeds and judge pages; -1 = one a spare core, 0 = none of their own",
    )
    look_again_days: float = Field(
        default=7, ge=0, le=365, description="stored articles are looked at again for changes this long; 0 = never"
    )
    allow_private_addresses: bool = Field(
        default=False, description="allow fetching from private and loopback networks (for tests and demos)"
    )
    contact_url: str = Field(
        default="", description="a page or mailto: where an outlet's operator reaches you; sent in the User-Agent"
    )


def user_agent(settings: CrawlSettings) -> str:
    """Who we say we are."""
    return f"icewire/0.1 (+{settings.contact_url})" if settings.contact_url else "icewire/0.1"
