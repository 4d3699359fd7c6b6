"""The settings that are in the environment of processes we start: for a crawl those it needs, for a demo none."""

import json
from collections.abc import Mapping, MutableMapping
from functools import reduce
from pathlib import Path
from typing import Any

from scheduler.settings import PREFIX, Settings, keys, variable

_OF_A_CRAWL = ("data", "clock_offset_seconds", "database", "watch", "crawl", "log")


def for_a_crawl(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that reads the web: what a crawl needs of the settings, and nothing of the mail.

    It needs no settings file then (`--config` of os.devnull), and knows no password but the database's own.
    """
    kept = {name: value for name, value in environment.items() if not name.upper().startswith(PREFIX)}
    given = settings.model_dump(mode="json", include=set(_OF_A_CRAWL))
    given["data"] = str(settings.data.absolute())
    if settings.watch.topic != Path():
        given["watch"]["topic"] = str(settings.watch.topic.absolute())
    given["database"]["password_file"] = ""  # what it says stands in the URL
    for key in keys():
        if key[0] in _OF_A_CRAWL:
            value = reduce(lambda group, name: group[name], key, given)
            kept[variable(key)] = value if isinstance(value, str) else _as_variable(value)
    return kept


def without_mail_secrets(environment: MutableMapping[str, str]) -> None:
    """Take the mail's settings out of an environment that processes inherit which read what others wrote."""
    without_settings(environment, "MAIL__", "BOUNCES__")


def without_settings(environment: MutableMapping[str, str], *groups: str) -> None:
    """Take settings out of an environment, some groups or all, so that there a file alone says what they are."""
    taken = tuple(f"{PREFIX}{group}" for group in groups or ("",))
    for name in [name for name in environment if name.upper().startswith(taken)]:
        del environment[name]


def _as_variable(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else json.dumps(value)
