"""Sends one real mail, the way that digests go, and tells what the server answered; reads one that has arrived."""

import contextlib
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from alerts.locale import in_words
from alerts.mail import (
    Envelope,
    Patience,
    SmtpMailer,
    dkim_key_of,
    new_message,
    sender_domain,
    signed,
    told_as,
    told_by,
)
from alerts.settings import mail_address
from crawler.model import IcewireError, because
from scheduler.deployment import Deployment
from scheduler.doctor.diagnosis import Diagnosis
from scheduler.doctor.records import tags_of

_LARGEST = 25_000_000  # bytes of a mail that is read
_TEXT = """\
This is a test mail of icewire, sent by `icewire doctor --send-test`.

That it is here says that mail leaves. How servers judge it stands in its source, at "Authentication-Results": spf, dkim
and dmarc should say "pass". Saved as a file it can be looked at with `icewire doctor --arrived FILE`.
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a mail of ours tells where it arrived."""

    return_domain: str  # "" = not told
    selector: str  # of the DKIM signature of our domain, else of the first; "" = none
    signed_by: str  # its domain
    judged: str  # what the receiving server says of spf, dkim and dmarc


def send_test(deployment: Deployment, address: str) -> Iterator[Diagnosis]:
    """One mail to an address, "" = to the operator's. Raises IcewireError when there is none."""
    mail = deployment.settings.mail
    try:
        to = mail_address(address or mail.operator)
    except ValueError as error:
        asked = "write an address after --send-test, or set mail.operator"
        raise IcewireError(f"no test mail: {error}" if address else f"no test mail: {asked}") from error
    message = _test_mail(deployment, to, deployment.clock())
    if not mail.smtp_host:
        deployment.mailer.send(to, message)
        yield Diagnosis(
            "test mail", "note", f"written to {deployment.settings.outbox}", "set mail.smtp_host to send it"
        )
        return
    paths = deployment.return_paths
    back = paths.of(message) if paths else mail.sender
    key = dkim_key_of(mail)
    answered = _hand_over(deployment, to, back, signed(message, key) if key else message)
    yield answered
    if answered.state != "ok":
        return
    read = "icewire reads it there" if paths and deployment.bounce_box else "look there: icewire does not read it"
    yield Diagnosis("test mail", "ok", f"if it does not arrive, it comes back to {back}; {read}")


def _test_mail(deployment: Deployment, to: str, now: datetime) -> bytes:
    mail = deployment.settings.mail
    name = deployment.links.message_id(sender_domain(mail), "test", to, now.isoformat())
    message: EmailMessage = new_message("icewire: a test mail", Envelope(to, name, now), mail)
    message.set_content(_TEXT)
    return message.as_bytes()


def _hand_over(deployment: Deployment, to: str, back: str, message: bytes) -> Diagnosis:
    """The same conversation as for a digest, but with every answer told."""
    mail = deployment.settings.mail
    where, at = f"{mail.smtp_host}:{mail.smtp_port}", "connecting"
    steps: list[tuple[str, Callable[[smtplib.SMTP], tuple[int, bytes]]]] = [
        ("MAIL FROM", lambda smtp: smtp.mail(back)),
        ("RCPT TO", lambda smtp: smtp.rcpt(to)),
        ("DATA", lambda smtp: smtp.data(message)),
    ]
    code, said = 0, ""
    try:
        with contextlib.closing(SmtpMailer(mail, Patience(greeting=60, taken=120)).connect()) as smtp:
            smtp.ehlo_or_helo_if_needed()
            for at, say in steps:
                code, answer = say(smtp)
                said = answer.decode("utf-8", "replace")
                if not 200 <= code < 300:
                    state: Literal["wrong", "note"] = "wrong" if code >= 500 else "note"
                    why = told_as(told_by(code, said) or "", because("mail_answered", code=code, said=said), said)
                    return Diagnosis("test mail", state, f"{where}, at {at}: {in_words(why)}")
            with contextlib.suppress(OSError, smtplib.SMTPException):  # it was taken, whatever is said to QUIT
                smtp.quit()
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a login that is not ASCII
        return Diagnosis("test mail", "wrong", f"{where}, {at}: {error}")
    return Diagnosis("test mail", "ok", f"to {to}: {where} took it and answered {code} {said}")


def read_arrived(file: Path, domain: str) -> Arrived:
    """What the file of a mail says that was saved where it arrived. Raises IcewireError."""
    try:
        with file.open("rb") as opened:
            mail = message_from_bytes(opened.read(_LARGEST), policy=policy.default)
        signatures = [tags_of(str(found)) for found in mail.get_all("DKIM-Signature", [])]
        back = str(mail["Return-Path"] or "").strip(" <>").rpartition("@")[2].lower()
        judged = " ".join(str(mail["Authentication-Results"] or "").split())
    except OSError as error:
        raise IcewireError(f"{file} cannot be read: {error.strerror}") from error
    if not mail["From"]:
        raise IcewireError(f"{file} is no mail: save its source, headers and all")
    ours = next((tags for tags in signatures if tags.get("d", "").lower() == domain), next(iter(signatures), {}))
    return Arrived(back, ours.get("s", ""), ours.get("d", "").lower(), judged)
