"""What a mail server's answer is about, and so whether to offer the mail again. Pure."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

About = Literal["later", "full", "us", "recipient", "mail"]
Stage = Literal["session", "sender", "recipient", "data"]  # what was said before the answer

_CODE = re.compile(r"(?<![\d.#-])#?([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_ADDRESS = re.compile(r"\S+@\S+")
_REPLY = re.compile(r"\b([45]\d\d)\b[ -]?(.*)", re.DOTALL)
_ANY_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+(?:@|%40)[^\s<>()\[\],;:\"']+", re.IGNORECASE)
_MASK = "***"
_SHORTEST_NAME = 3  # letters before the @: shorter ones are in too many words
_TOO_LARGE = "3.4"
_LOGIN = (530, 534, 535, 538)  # RFC 4954, section 6
_NO_MAILBOX = (550, 551, 553)  # RFC 5321, section 4.2.3, as answers to RCPT


def about(code: int, said: str, stage: Stage) -> About:
    """What an answer that is no yes is about. "later", "full" and "us" can end, the others are final for this mail.

    The enhanced status code (RFC 3463) counts before the reply's own, which many servers choose carelessly; where it
    says little, the words do; where nothing says anything, what the reply means in RFC 5321.
    """
    kind, detail = _enhanced(code, said)
    if stage == "sender" and detail in ("", _TOO_LARGE) and _told(kind, detail, said) == "mail":
        return "mail"  # how large it is we say there (RFC 1870, 6.1)
    if stage in ("session", "sender") or code in _LOGIN:
        return "us"
    return _told(kind, detail, said) or _by_reply(code, detail, stage)


def told(code: int, said: str) -> About | None:
    """What an answer is about by its status code or its words, whatever was said before it; None when neither tells."""
    return _told(*_enhanced(code, said), said)


def about_recipient(text: str) -> bool:
    """Whether a sentence that holds an answer ("… answered 550 5.1.1 …") says that nobody has the address."""
    reply = _REPLY.search(text)
    return reply is not None and about(int(reply[1]), reply[2], "recipient") == "recipient"


def masked(said: str, recipient: str) -> str:
    """What a server said, for a log: without any address, and without its recipient's name in whatever dress.

    >>> masked("550 5.1.1 <Ann@paper.example>: no such user: bounce-ann=paper.example", "ann@paper.example")
    '550 5.1.1 <***>: no such user: bounce-***'
    """
    name, _, domain = recipient.partition("@")
    said = _ANY_ADDRESS.sub(_MASK, said)
    if domain:
        dressed = rf"{re.escape(name)}\s*(?:=|\+40|\(at\)|\[at\]|\bat\b)\s*{re.escape(domain)}"
        said = re.sub(dressed, _MASK, said, flags=re.IGNORECASE)
    if len(name) >= _SHORTEST_NAME:
        said = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _MASK, said, flags=re.IGNORECASE)
    return said


def _told(kind: int, detail: str, said: str) -> About | None:
    if kind == 4:
        vague = detail in _known()["vague"]["codes"]
        if detail.startswith("7.") and not (vague and _says(said, "later")):
            return "us"
        return "full" if detail == "2.2" or _by_words(said) == "full" else "later"
    listed = _by_code(detail)
    if listed and detail not in _known()["vague"]["codes"]:
        return listed
    return _by_words(said) or listed


def _enhanced(code: int, said: str) -> tuple[int, str]:
    """The class, 4 or 5, and "subject.detail", or "". Further on in the words only one of the reply's class counts."""
    reply = 4 if code < 500 else 5
    first = _CODE.match(said.lstrip())
    found = first or next((m for m in _CODE.finditer(said) if int(m[1]) == reply), None)
    if found is None or found[1] == "2":
        return reply, ""
    return int(found[1]), f"{int(found[2])}.{int(found[3])}"


def _by_code(detail: str) -> About | None:
    codes: Mapping[About, Sequence[str]] = _known()["codes"]
    listed = ((what, code) for code in (detail, f"{detail.partition('.')[0]}.*") for what in codes)
    return next((what for what, code in listed if code in codes[what]), None)


def _by_words(said: str) -> About | None:
    return next((entry["about"] for entry in _known()["words"] if _any(entry, said)), None)


def _says(said: str, what: About) -> bool:
    return any(_any(entry, said) for entry in _known()["words"] if entry["about"] == what)


def _any(entry: Mapping[str, Any], said: str) -> bool:
    text = " ".join(_ADDRESS.sub(" ", said.lower()).split())  # whose name may hold any of these words
    return any(words in text for words in entry["any"])


def _by_reply(code: int, detail: str, stage: Stage) -> About:
    if stage == "recipient" and (code in _NO_MAILBOX or detail.startswith("1.")):
        return "recipient"
    if code == 552:
        return "full" if stage == "recipient" else "later"
    return "us"


@cache
def _known() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("answers.toml").read_text("utf-8"))
