"""The settings that matching, digests, mail and the web need."""

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

LOCAL_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def known_timezone(name: str) -> str:
    """The name itself when it is an IANA time zone; ValueError otherwise."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone; write it like America/New_York") from error
    return name


class DigestSettings(_Group):
    """What a new subscriber gets unless they say otherwise."""

    at: str = Field(default="07:00", pattern=LOCAL_TIME, description="local time of the daily digest")
    timezone: str = Field(default="America/New_York", description="time zone of that local time")
    when_empty: Literal["send", "skip"] = Field(
        default="send", description='on a day without stories, send the short "nothing found" mail or skip it'
    )

    _timezone = field_validator("timezone")(known_timezone)


class MailSettings(_Group):
    """How mail leaves; without smtp_host it goes to the outbox folder."""

    smtp_host: str = Field(default="", description="your mail server; empty = write mails to the outbox folder")
    smtp_port: int = Field(default=587, gt=0, lt=65536, description="587 with starttls, 465 with tls")
    smtp_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="starttls, tls or none")
    smtp_user: str = Field(default="", description="empty = no login")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="better as ICEWIRE_MAIL__SMTP_PASSWORD")
    sender: str = Field(default="icewire@localhost", description="the From address")
    sender_name: str = Field(default="icewire", description="the From name")
    operator: str = Field(default="", description="your own address: the only one mailed until the next two are set")
    postal_address: str = Field(default="", description="your postal address, which the law wants in each mail")
    contact: str = Field(default="", description="where a reader reaches a person: an e-mail address or a URL")
    outbox: Path = Field(default=Path("outbox"), description="folder for mails without SMTP, inside the data folder")


class WebSettings(_Group):
    """The local web page."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=0, lt=65536, description="port to listen on")
    public_url: str = Field(
        default="", description="how readers reach it, e.g. https://alerts.example.org; empty = only from this machine"
    )

    @property
    def base_url(self) -> str:
        """Where links in a mail point, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
