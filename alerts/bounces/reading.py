"""What a mail in the box for bounces says. Pure: bytes in, a Bounce out, whatever the bytes are."""

import re
from email.message import Message

from alerts.bounces.bounce import Bounce, BounceAbout, BounceKind
from alerts.bounces.forms import about_of, is_daemon, is_reply, known, spoken, unquoted
from alerts.bounces.parts import Fields, addresses, inside, parsed, reports, said, texts

_DEEPEST = 3  # of mails in mails
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_IDS = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_QUOTED_ID = re.compile(r"(?im)^[ \t>]*Message-ID:\s*(<[^<>\s]{3,300}>)")
_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "resent-to")


def read_bounce(raw: bytes) -> Bounce:
    """What a mail says of one of ours. Of several recipients the one counts who will surely get nothing."""
    mail = parsed(raw)
    found = _read(mail, _DEEPEST)
    sent_to = tuple(
        dict.fromkeys(one for name in _TO for value in mail.get_all(name, []) for one in addresses(str(value)))
    )
    return _with(found, sent_to)


def _with(found: Bounce, sent_to: tuple[str, ...]) -> Bounce:
    return Bounce(
        found.kind, found.about, found.final, found.status, found.said, found.recipients, found.message_ids, sent_to
    )


def _read(mail: Message, deepest: int) -> Bounce:
    groups = reports(mail)
    feedback = _complaint(mail, groups)
    if feedback is not None:
        return feedback
    if not is_daemon(mail):
        return Bounce()
    concerned = [one for one in groups if _concerns(one)]
    if concerned:
        return max((_by_report(mail, one) for one in concerned), key=_weight)
    if is_reply(mail):
        return Bounce()
    found = _by_words(mail)
    if found.kind == "none" and deepest:
        nested = (_read(one, deepest - 1) for one in inside(mail) if is_daemon(one))
        return next((one for one in nested if one.kind != "none"), found)
    return found


def _complaint(mail: Message, groups: list[Fields]) -> Bounce | None:
    """A report that somebody calls our mail spam; None when it is no such report."""
    for one in inside(mail):
        if reader := addresses(str(one.get("X-HmXmrOriginalRecipient") or "")):
            return Bounce("complaint", recipients=tuple(reader), message_ids=_ids(mail, []))
    told = next((one for one in groups if "feedback-type" in one and len(one) > 1), None)
    if told is None:
        return None
    kind = told["feedback-type"].lower()
    if kind not in known()["feedback"]["complaints"]:
        return Bounce()
    readers = addresses(" ".join(told.get(name, "") for name in ("original-rcpt-to", "removal-recipient")))
    readers += [to for one in inside(mail) for to in addresses(said(one, "to"))]
    return Bounce("complaint", said=kind, recipients=tuple(dict.fromkeys(readers)), message_ids=_ids(mail, groups))


def _concerns(group: Fields) -> bool:
    return "action" in group and bool(group.keys() & {"final-recipient", "original-recipient", "status"})


def _by_report(mail: Message, group: Fields) -> Bounce:
    """What one group of a delivery status notification says (RFC 3464, 2.3)."""
    action = group["action"].lower().split("(")[0].strip()
    status = _STATUS.search(group.get("status", ""))
    diagnostic = re.sub(r"^[\w.-]{1,40}\s*;\s*", "", group.get("diagnostic-code", ""))
    if action not in ("failed", "delayed"):
        return Bounce(recipients=_of_group(group))
    words = diagnostic or spoken(texts(mail))
    about, code = about_of(status[0] if status else "", words)
    return _bounce(
        about, code, words, action == "failed", _of_group(group) or _recipients(mail), _ids(mail, reports(mail))
    )


def _by_words(mail: Message) -> Bounce:
    """What a report without a part for machines says."""
    text = texts(mail)
    words = spoken(text)
    folded = " ".join(text.lower().split())
    waiting = any(one in folded for one in known()["delays"])
    if not waiting and not any(one in folded for one in known()["failures"]):
        return Bounce()
    about, code = about_of("", words)
    return _bounce(about, code, words, not waiting, _recipients(mail, text), _ids(mail, [], text))


def _bounce(
    about: BounceAbout, code: str, words: str, final: bool, recipients: tuple[str, ...], ids: tuple[str, ...]
) -> Bounce:
    soft = about in ("full", "later") or code.startswith("4") or not final
    kind: BounceKind = "soft" if soft else "hard"
    if not final and about != "us":
        about = "later"
    return Bounce(kind, about, final, code, words[:500], recipients, ids)


def _weight(found: Bounce) -> tuple[int, bool]:
    """The more it ends, the more it weighs."""
    kinds: dict[BounceKind, int] = {"none": 0, "soft": 1 + found.final, "hard": 3, "complaint": 4}
    return kinds[found.kind], found.about == "recipient"


def _of_group(group: Fields) -> tuple[str, ...]:
    both = (group.get(name, "").partition(";") for name in ("original-recipient", "final-recipient"))
    return tuple(dict.fromkeys(one for kind, _, address in both for one in addresses(address or kind)))


def _recipients(mail: Message, text: str = "") -> tuple[str, ...]:
    found = addresses(said(mail, "x-failed-recipients")) or addresses(unquoted(text))
    found = found or [to for one in inside(mail) for to in addresses(said(one, "to"))]
    return tuple(dict.fromkeys(found))


def _ids(mail: Message, groups: list[Fields], text: str = "") -> tuple[str, ...]:
    """The Message-IDs that it names: of the mail inside, in its reports, of the mail that it answers, in its quotes."""
    named = [str(one.get("Message-ID") or "") for one in inside(mail)]
    named += [one.get(name, "") for one in groups for name in ("x-original-message-id", "original-message-id")]
    named += [str(mail.get(name) or "") for name in ("In-Reply-To", "References")]
    return tuple(dict.fromkeys([*_IDS.findall(" ".join(named)), *_QUOTED_ID.findall(text)]))[:20]
