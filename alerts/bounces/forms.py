"""The words in which mail systems tell what became of a mail; which words those are stands in forms.toml. Pure."""

import re
import tomllib
from collections.abc import Mapping
from email.message import Message
from functools import cache
from importlib.resources import files
from typing import Any

from alerts.bounces.bounce import BounceAbout
from alerts.bounces.parts import addresses, said
from alerts.mail import told_by

_ENHANCED = re.compile(r"(?<![\d.])#?([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([245][0-5]\d)(?=[ :;#-]|$)")
_ADDRESSED = re.compile(r"(?m)^[ \t]*[<'\"]?[^\s<>@]{1,80}@[^\s<>@]{1,200}")
_CODED = re.compile(
    r"(?m)^.*(?:(?<![\d.])#?[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)|(?<![\d.])[45][0-5]\d[ -]).*(?:\n(?![ \t]*$).*)?"
)
_RCPT = re.compile(r"(?i)\bRCPT TO\b")
_NO_MAILBOX = ("550", "551", "553")


@cache
def known() -> Mapping[str, Any]:
    """forms.toml."""
    return tomllib.loads(files(__package__).joinpath("forms.toml").read_text("utf-8"))


def is_daemon(mail: Message) -> bool:
    """Whether a mail system wrote this, and no person: only then what looks like a report is one."""
    sender = next(iter(addresses(said(mail, "from"))), "").partition("@")[0]
    if sender in known()["daemons"] or any(mail.get(name) is not None for name in known()["failure_headers"]):
        return True
    if mail.get_content_type() == "multipart/report" and mail.get_param("report-type") != "disposition-notification":
        return True  # and a receipt (RFC 8098) is a person's, unless a mail system refuses by one
    subject = said(mail, "subject").lower()
    named = any(one in subject for one in known()["failure_subjects"])
    return named and str(mail.get("Return-Path") or "").strip() == "<>"


def is_reply(mail: Message) -> bool:
    """Whether somebody's machine answers in their place (RFC 3834)."""
    if any(mail.get(name) is not None for name in known()["failure_headers"]):
        return False
    replies, subject = known()["auto_replies"], said(mail, "subject").lower()
    return any(mail.get(name) is not None for name in replies["headers"]) or subject.startswith(
        tuple(replies["subjects"])
    )


def unquoted(text: str) -> str:
    """A report for people without the mail that it quotes."""
    lines = []
    for line in text.split("\n"):
        folded = line.strip().lower()
        if any(one in folded for one in known()["quotes"]) or folded.startswith(("return-path:", "received:")):
            break
        lines.append(line)
    return "\n".join(lines)


def spoken(text: str) -> str:
    """The server's words in a report for people: those with a code, else all from the first address on."""
    lines = unquoted(text).split("\n")
    cut = "\n".join(line for line in lines if not any(one in line.lower() for one in known()["idle"]))
    coded = [" ".join(one.split()) for one in _CODED.findall(cut)]
    if coded:
        return " ".join(dict.fromkeys(coded))
    start = _ADDRESSED.search(cut)
    return " ".join((cut[start.start() :] if start else cut).split())


def about_of(status: str, words: str) -> tuple[BounceAbout, str]:
    """What a status code and a server's words are about, and the code that counts: the one in the words, when there."""
    codes = [one[0].lstrip("#") for one in _ENHANCED.finditer(words) if one[1] != "2"]
    code = next((one for one in codes if not one.endswith(".0.0")), status or (codes[0] if codes else ""))
    reply = next((one for one in _REPLY.findall(words) if one[0] != "2"), "")
    level = code[:1] or reply[:1] or "5"
    about = told_by(int(level) * 100 + 50, f"{code} {words}")
    folded = " ".join(words.lower().split())
    if about is None:
        about = next((one["about"] for one in known()["words"] if any(w in folded for w in one["any"])), None)
    if about is None and _RCPT.search(words) and reply in _NO_MAILBOX:
        about = "recipient"
    return about or "", code or {"4": "4.0.0", "5": "5.0.0"}.get(reply[:1], "")
