"""One frozen Settings, read once: icewire.toml, then the environment."""

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from alerts.settings import BounceSettings, DigestSettings, MailSettings, WebSettings
from crawler.model import IcewireError
from crawler.settings import CrawlSettings, WatchSettings
from scheduler.secret_files import read_secret, with_password

PREFIX = "ICEWIRE_"
CONFIG_VARIABLE = "ICEWIRE_CONFIG"  # where the file is; the only variable that is not a setting
DEFAULT_FILE = Path("icewire.toml")
_BESIDE = (  # folders and files that stand beside the settings file, as `data` does
    ("bounces", "maildir"),
    ("mail", "smtp_password_file"),
    ("mail", "dkim_key_file"),
    ("bounces", "imap_password_file"),
    ("database", "password_file"),
    ("watch", "topic"),
)
_NO_SECRETS = ("maildir", "topic")


class SettingsError(IcewireError):
    """A setting is wrong or unknown; the message names file or variable, key and what is expected."""


class DatabaseSettings(BaseModel):
    """Where stories and subscribers are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="", description="empty = SQLite in the data folder; or postgresql://user@host/name")
    password_file: Path = Field(
        default=Path(), description="a file with PostgreSQL's password alone, which only icewire's user can read"
    )
    backup_before_upgrade: bool = Field(
        default=True, description="make a backup of an SQLite database before a newer icewire changes its tables"
    )


class ScheduleSettings(BaseModel):
    """How often the daemon looks for what is due; what is due is decided by the database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    crawl_seconds: float = Field(default=60, gt=0, le=86400, description="look for feeds and pages that are due")
    match_seconds: float = Field(default=30, gt=0, le=86400, description="look for stories not matched yet")
    digest_seconds: float = Field(default=30, gt=0, le=86400, description="look for digests that are due")
    deliver_seconds: float = Field(default=15, gt=0, le=86400, description="look for mails and postings to send")
    bounce_seconds: float = Field(default=300, gt=0, le=86400, description="look for mails that came back")
    retention_hours: float = Field(default=6, gt=0, le=86400, description="look for what may be forgotten")
    health_hours: float = Field(default=1, gt=0, le=24, description="look for sources that fell out of their habit")


class LogSettings(BaseModel):
    """How the log is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["text", "json"] = Field(default="text", description="text for people, json for machines")


class WorkerSettings(BaseModel):
    """What `icewire worker` does on each machine; with PostgreSQL."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    silence_seconds: float = Field(
        default=30, ge=1, le=3600, description="who cannot reach the database for so long is taken for dead"
    )
    tell_at_once: int = Field(
        default=2, gt=0, le=64, description="jobs of 100 digests or mails that a worker does at the same time"
    )


class RetentionSettings(BaseModel):
    """How long we keep what we need no longer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    left_days: float = Field(default=7, ge=0, le=7, description="a subscriber who left is erased after this long")
    mail_days: float = Field(default=7, ge=1, le=36_500, description="the text of a sent mail")
    entry_days: float = Field(default=60, ge=14, le=36_500, description="links that led to no story")


class Settings(BaseSettings):
    """Everything a person can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    data: Path = Field(default=Path("var"), description="folder for the database, the key and the outbox")
    clock_offset_seconds: float = Field(default=0, ge=-3e9, le=3e9, description="shifts the clock; for demos and tests")
    database: DatabaseSettings = DatabaseSettings()
    watch: WatchSettings = WatchSettings()
    crawl: CrawlSettings = CrawlSettings()
    digest: DigestSettings = DigestSettings()
    mail: MailSettings = MailSettings()
    bounces: BounceSettings = BounceSettings()
    web: WebSettings = WebSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    retention: RetentionSettings = RetentionSettings()
    workers: WorkerSettings = WorkerSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file, which `load` passes in; two places are enough."""
        return env_settings, init_settings

    @property
    def database_url(self) -> str:
        """The database's address."""
        return self.database.url or sqlite_address(self.data / "icewire.db")

    @property
    def outbox(self) -> Path:
        """Where mails go without SMTP."""
        return self.data / self.mail.outbox

    @property
    def registry(self) -> Path:
        """The operator's own outlets."""
        return self.data / self.watch.registry


def sqlite_address(file: Path) -> str:
    """A database's address that means this file, whatever is in its name.

    >>> sqlite_address(Path("100% sure?/icewire.db"))
    'sqlite:///100%25 sure%3F/icewire.db'
    """
    return f"sqlite:///{str(file).replace('%', '%25').replace('?', '%3F')}"


def load(file: Path | None = None) -> Settings:
    """Read the settings; without `file`, ICEWIRE_CONFIG or icewire.toml here, and defaults when there is none.

    Relative folders are beside the file. Raises SettingsError.
    """
    named = file or os.environ.get(CONFIG_VARIABLE)  # a variable that is empty names none
    path = Path(named or DEFAULT_FILE)
    if not path.exists() and named:
        raise SettingsError(f"{path}: there is no such file; `icewire init` writes one")
    given = _read(path) if path.exists() else {}
    _refuse_unknown_variables()
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(path, problem) for problem in error.errors())) from error
    return _with_secrets(_beside(path.parent, settings), path)


def _beside(folder: Path, settings: Settings) -> Settings:
    """The same with each folder and file where it stands: beside the settings file."""
    changed: dict[str, Any] = {"data": folder / _at_home(settings.data)}
    for group, name in _BESIDE:
        kept = changed.get(group, getattr(settings, group))
        if (path := getattr(kept, name)) != Path():
            changed[group] = kept.model_copy(update={name: folder / _at_home(path)})
    return settings.model_copy(update=changed)


def _at_home(path: Path) -> Path:
    """The same with the home folder that its ~ means, which no shell has written out here. Raises SettingsError."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{path}: nobody knows which folder its ~ means; write the whole path") from error


def _with_secrets(settings: Settings, path: Path) -> Settings:
    """The same with the passwords that stand in files. Raises SettingsError."""
    changed: dict[str, Any] = {}
    for (group, name), file in secret_files(settings).items():
        if name.endswith("password_file"):
            try:
                changed[group] = _with_password(getattr(settings, group), name.removesuffix("_file"), read_secret(file))
            except ValueError as error:
                raise SettingsError(f"{_where(path, (group, name))}: {error}") from error
    return settings.model_copy(update=changed)


def secret_files(settings: Settings) -> dict[tuple[str, str], Path]:
    """The files with secrets that the settings name."""
    named = {
        (group, name): getattr(getattr(settings, group), name) for group, name in _BESIDE if name not in _NO_SECRETS
    }
    return {key: file for key, file in named.items() if file != Path()}


def _with_password(group: Any, name: str, password: str) -> Any:
    """A group of settings with a password in its place. Raises ValueError."""
    if isinstance(group, DatabaseSettings):
        return group.model_copy(update={"url": with_password(group.url, password)})
    if getattr(group, name).get_secret_value():
        raise ValueError(f"{name} is set as well; take one of the two away")
    return group.model_copy(update={name: SecretStr(password)})


def keys(model: type[BaseModel] = Settings, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], FieldInfo]:
    """Every setting by its path, e.g. ("crawl", "delay_seconds")."""
    found: dict[tuple[str, ...], FieldInfo] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= keys(field.annotation, (*prefix, name))
        else:
            found[*prefix, name] = field
    return found


def variable(key: tuple[str, ...]) -> str:
    """The environment variable of a setting.

    >>> variable(("crawl", "delay_seconds"))
    'ICEWIRE_CRAWL__DELAY_SECONDS'
    """
    return PREFIX + "__".join(key).upper()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # some editors begin a file with a byte order mark
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error


def _refuse_unknown_variables() -> None:
    known = {variable(key) for key in keys()} | {CONFIG_VARIABLE}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(f"environment: {name} is not a setting{_did_you_mean(name.upper(), known)}")


def _explain(path: Path, problem: Any) -> str:
    key = tuple(str(part) for part in problem["loc"] if not isinstance(part, int))
    dotted = ".".join(key)
    where = _where(path, key)
    if problem["type"] == "extra_forbidden":
        known = {".".join(k) for k in keys()} | {k[0] for k in keys()}
        return f"{where}: there is no such setting{_did_you_mean(dotted, known)}"
    field = keys().get(key)
    meant = f" ({field.description})" if field is not None and field.description else ""
    said = problem["msg"].removeprefix("Value error, ")
    got = "" if field is not None and field.annotation is SecretStr else f"; got {problem['input']!r}"
    return f"{where}: {said[0].lower()}{said[1:]}{got}{meant}"


def _where(path: Path, key: tuple[str, ...]) -> str:
    return (
        f"environment, {variable(key)}" if variable(key) in map(str.upper, os.environ) else f"{path}, {'.'.join(key)}"
    )


def _did_you_mean(word: str, known: set[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), 1, 0.6)
    return f"; did you mean {close[0]}?" if close else "; `icewire init --print` shows them all"


def example() -> str:
    """A commented icewire.toml with every setting at its default."""
    lines = ["# icewire: settings. Every line is optional; what is commented out shows the default.", ""]
    group: tuple[str, ...] = ()
    for key, field in sorted(keys().items(), key=lambda item: len(item[0]) > 1):
        if key == ("clock_offset_seconds",):
            continue
        if key[:-1] != group:
            group = key[:-1]
            lines += ["", f"[{'.'.join(group)}]"]
        lines += [f"# {field.description}", f"#{key[-1]} = {_toml(field.get_default(call_default_factory=True))}"]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, int | float):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
