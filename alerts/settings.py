"""The settings that matching, digests, mail and the web need."""

import ipaddress
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from crawler.settings import several

_LONGEST_RETURN_NAME = 18  # of the 64 that RFC 5321, 4.5.3.1.1, allows before the @
LOCAL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"  # of ASCII digits: \d is every alphabet's, which no clock reads


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def known_timezone(name: str) -> str:
    """The name itself when it is an IANA time zone, the same on every machine; ValueError otherwise."""
    if name not in _zones():
        raise ValueError(f"{name!r} is not a time zone; write it like America/New_York")
    return name


@cache
def _zones() -> frozenset[str]:
    # Our own copy of the list: a machine's folder has more (localtime, posix/…), and looking through it takes 0.2 s.
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split()) - {"Factory"}


def mail_address(address: str) -> str:
    """The address as SMTP writes it; a host of one's own network (icewire@localhost) will do. ValueError otherwise.

    Not every mail server takes letters outside ASCII before the @ (RFC 6531); after it they have another spelling.
    """
    from email_validator import EmailNotValidError, validate_email  # slow to load; many settings name no address

    try:
        # Below a name that is public, so that it is the form that is judged and not whether the world can reach it.
        known = validate_email(f"{address}.example.org", check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(f"{address!r} is not an e-mail address; write it like desk@paper.example") from error
    if known.ascii_domain.removesuffix(".example.org").rpartition(".")[2].isdecimal():  # 192.168.1.9, which is no name
        raise ValueError(f"{address!r} is not an e-mail address; write it like desk@paper.example")
    return (known.ascii_email or "").removesuffix(".example.org")


def address_or_none(address: str) -> str:
    """The same; "" stays ""."""
    return mail_address(address.strip()) if address.strip() else ""


def is_one_click(url: str) -> bool:
    """Whether a mail program may offer to follow this link by itself (RFC 8058, 3.1 wants HTTPS)."""
    return urlsplit(url).scheme == "https"


def one_line(text: str) -> str:
    """The text itself when it is one line, without the space around it; ValueError otherwise."""
    if len(text.strip().splitlines()) > 1:
        raise ValueError(f"{text!r} has a line break; write it in one line")
    return text.strip()


def web_address(url: str) -> str:
    """The URL itself when it is one of http or https, or ""; ValueError otherwise."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and url.isascii() and not set(url) & set(" <>?#")
    except ValueError:
        good = False
    if url and not good:
        raise ValueError(f"{url!r} is not a web address; write it like https://alerts.example.org")
    return url


def ip_addresses(value: object) -> object:
    """["10.0.0.1"], or "10.0.0.1, ::1" from an environment variable; ValueError for what is no address."""
    addresses = several(value)
    for address in addresses if isinstance(addresses, list | tuple) else ():
        ipaddress.ip_address(address)
    return addresses


class DigestSettings(_Group):
    """What a new subscriber gets unless they say otherwise."""

    at: str = Field(default="07:00", pattern=LOCAL_TIME, description="local time of the daily digest")
    timezone: str = Field(default="America/New_York", description="time zone of that local time")
    when_empty: Literal["send", "skip"] = Field(
        default="send", description='on a day without stories, send the short "nothing found" mail or skip it'
    )

    instant_most: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="mails a day for searches that tell at once; the rest comes in the digest",
    )

    most_of_an_outlet: int = Field(
        default=10,
        ge=1,
        le=80,
        description="entries of one outlet alone in a mail, and postings to a channel a day; the rest is only counted",
    )

    _timezone = field_validator("timezone")(known_timezone)


class MailSettings(_Group):
    """How mail leaves; without smtp_host it goes to the outbox folder."""

    smtp_host: str = Field(default="", description="your mail server; empty = write mails to the outbox folder")
    smtp_port: int = Field(default=587, gt=0, lt=65536, description="587 with starttls, 465 with tls")
    smtp_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="starttls, tls or none")
    smtp_user: str = Field(default="", description="empty = no login")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="its password; better in smtp_password_file")
    smtp_password_file: Path = Field(
        default=Path(), description="a file with that password alone, which only icewire's user can read"
    )
    connections: int = Field(
        default=16, ge=1, le=100, description="mails handed to your server at once; fewer where it allows no more"
    )
    sender: str = Field(default="icewire@localhost", description="the From address")
    sender_name: str = Field(default="icewire", description="the From name")
    operator: str = Field(default="", description="your own address: the only one mailed until the next two are set")
    postal_address: str = Field(default="", description="your postal address, which the law wants in each mail")
    contact: str = Field(default="", description="where a reader reaches a person: an e-mail address or a URL")
    outbox: Path = Field(default=Path("outbox"), description="folder for mails without SMTP, inside the data folder")
    dkim_selector: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*)?$",
        description="the name under which the DKIM key stands in the DNS; empty = not known here",
    )
    dkim_key_file: Path = Field(
        default=Path(), description="icewire signs with this private key (PEM); empty = your mail server signs"
    )

    _sender = field_validator("sender")(mail_address)
    _operator = field_validator("operator")(address_or_none)
    _one_line = field_validator("sender_name", "postal_address", "contact")(one_line)


class BounceSettings(_Group):
    """Where mails that do not arrive come back to, and the box in which they are read."""

    address: str = Field(
        default="",
        description="the return path, e.g. bounces@alerts.example.org; empty = mails come back to mail.sender",
    )
    separator: Literal["+", "-", ""] = Field(
        default="+", description="between its name and what tells which mail it was; empty = your server allows nothing"
    )
    maildir: Path = Field(default=Path(), description="a Maildir in which they arrive, of its own")
    imap_host: str = Field(default="", description="or the IMAP server of a mailbox of its own")
    imap_port: int = Field(default=993, gt=0, lt=65536, description="993 with tls, 143 with starttls")
    imap_security: Literal["tls", "starttls", "none"] = Field(default="tls", description="tls, starttls or none")
    imap_user: str = Field(default="", description="its login")
    imap_password: SecretStr = Field(default=SecretStr(""), description="its password; better in imap_password_file")
    imap_password_file: Path = Field(
        default=Path(), description="a file with that password alone, which only icewire's user can read"
    )
    imap_folder: str = Field(default="INBOX", description="the folder in which they arrive")
    set_aside: str = Field(
        default="icewire-unread", min_length=1, description="folder for what is no bounce or of no mail of ours"
    )

    @field_validator("address")
    @classmethod
    def _address(cls, address: str) -> str:
        known = address_or_none(address).lower()
        if len(known.partition("@")[0]) > _LONGEST_RETURN_NAME:
            raise ValueError(
                f"{address!r} has more than {_LONGEST_RETURN_NAME} letters before the @, and needs room for a token"
            )
        return known


class WebSettings(_Group):
    """The local web page."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=0, lt=65536, description="port to listen on")
    public_url: str = Field(
        default="", description="how readers reach it, e.g. https://alerts.example.org; empty = only from this machine"
    )

    feeds: bool = Field(default=True, description="show whoever reaches the page the feed of any query they ask for")

    proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(ip_addresses)] = Field(
        default=(), description="addresses of your own proxies, which say who asks (X-Forwarded-For)"
    )

    metrics: Literal["local", "off", "all"] = Field(
        default="local",
        description="who may read /metrics: local = programs on this machine, all = whoever reaches the page, or off",
    )

    _public_url = field_validator("public_url")(web_address)

    @property
    def public(self) -> bool:
        """Others than this machine can reach the page."""
        return bool(self.public_url) or not _is_loopback(self.host)

    @property
    def base_url(self) -> str:
        """Where links in a mail point, without a trailing slash."""
        host = "localhost" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104  we compare, not listen
        shown = f"[{host}]" if ":" in host else host
        return (self.public_url or f"http://{shown}:{self.port}").rstrip("/")


@lru_cache(maxsize=16)
def is_local(url: str) -> bool:
    """Whether only this machine can follow a link."""
    return _is_loopback(urlsplit(url).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
