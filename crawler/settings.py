"""The settings that collecting and judging need."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WatchSettings(_Group):
    """What this deployment watches."""

    states: tuple[str, ...] = Field((), description="USPS codes of the states to read, e.g. [\"MA\", \"NH\"]; empty = all")
    registry: Path = Field(
        Path("sources"), description="folder with your own outlets (*.toml), beside the shipped registry"
    )
    shipped: bool = Field(True, description="also read the outlets that come with icewire")


class CrawlSettings(_Group):
    """How it reads, and with what manners."""

    poll_minutes: float = Field(30, gt=0, description="minutes between two readings of one feed")
    max_age_days: float = Field(7, gt=0, description="an entry that its feed dates earlier is not fetched")
    delay_seconds: float = Field(2, ge=0, description="pause between two requests to one host")
    timeout_seconds: float = Field(30, gt=0, description="give up on a response after this long")
    max_page_bytes: int = Field(8_000_000, gt=0, description="a larger response is refused")
    concurrent_hosts: int = Field(16, gt=0, description="hosts read at the same time")
    allow_private_addresses: bool = Field(
        False, description="allow fetching from private and loopback networks (for tests and demos)"
    )
    contact_url: str = Field(
        "https://github.com/icewire/icewire", description="where an outlet's operator learns who reads; sent in the User-Agent"
    )
