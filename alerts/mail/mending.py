"""What an answer is called where it is shown, and which record to mend when it is about us. Pure."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from alerts.mail.answers import About
from crawler.model import Code, Why, because

_CODE = re.compile(r"(?<![\d.])[45]\.(\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_NAMES: Mapping[str, Code] = {"recipient": "nobody_there", "full": "box_full", "mail": "mail_unwanted"}


def told_as(about: About | str, answer: Why, said: str) -> Why:
    """An answer by what it is about: a wrong recipient, a full box, this mail, us; else as it is."""
    if about == "us":
        return because("sender_refused", said=answer, mend=mending(said))
    name = _NAMES.get(about)
    return because(name, said=answer) if name else answer


def mending(said: str) -> Why:
    """Which record or habit of ours a server's words name."""
    codes, text = set(_CODE.findall(said)), " ".join(said.lower().split())
    records = _known()["record"]
    by_word = [one["name"] for one in records if any(word in text for word in one["any"])]
    by_code = [one["name"] for one in records if codes & set(one["codes"])]
    if by_code == ["mend_all"] and by_word and by_word[0] in ("mend_dkim", "mend_spf"):
        return because(by_word[0])  # the words name the one of the three that failed
    return because(next(iter([*by_code, *by_word]), "mend_unsaid"))


@cache
def _known() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("mending.toml").read_text("utf-8"))
