"""Whether mail leaves, what comes back of it, and what a sender still needs."""

import smtplib
from collections.abc import Iterator

from alerts.locale import in_words, worded
from alerts.mail import Patience, SmtpMailer, dkim_key_of, held_back, stops_of
from alerts.people import Rounds
from crawler.model import IcewireError, Why, because
from scheduler import show
from scheduler.deployment import Deployment
from scheduler.doctor.diagnosis import Diagnosis
from scheduler.secret_files import is_open_to_others
from scheduler.settings import secret_files

_ANYBODY = "anybody@else.invalid"


def look_at_mail(deployment: Deployment) -> Iterator[Diagnosis]:
    """Look at how mail leaves and comes back, once; sends none."""
    yield from _secrets(deployment)
    yield from _server(deployment)
    yield from _needed(deployment)
    yield from _returns(deployment)
    yield from _channels(deployment)
    counts = deployment.deliveries.delivery_counts()
    undelivered = counts.get("failed", 0) + counts.get("queued", 0)
    said = ", ".join(f"{n} {state}" for state, n in counts.items()) or "none yet"
    yield Diagnosis("deliveries", "note" if undelivered else "ok", said)


def _secrets(deployment: Deployment) -> Iterator[Diagnosis]:
    """Files with secrets that others can read, and a key that is none; nothing when there is nothing to say."""
    for (group, name), file in secret_files(deployment.settings).items():
        if is_open_to_others(file):
            said = f"every user of this machine can read {file} ({group}.{name})"
            yield Diagnosis("secrets", "note", said, f"chmod 0400 {file}, as the user that icewire runs as")
    try:
        dkim_key_of(deployment.settings.mail)
    except IcewireError as error:
        yield Diagnosis("secrets", "wrong", worded(error))


def _server(deployment: Deployment) -> Iterator[Diagnosis]:
    mail = deployment.settings.mail
    if not mail.smtp_host:
        yield Diagnosis("mail", "note", f"goes to {deployment.settings.outbox}; set mail.smtp_host to send it")
        return
    try:
        with SmtpMailer(mail, Patience(greeting=60)).connect() as smtp:
            smtp.noop()
        yield Diagnosis("mail", "ok", f"{mail.smtp_host}:{mail.smtp_port} answers ({mail.smtp_security})")
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a login that is not ASCII
        yield Diagnosis("mail", "wrong", f"{mail.smtp_host}:{mail.smtp_port}: {error}")


def _needed(deployment: Deployment) -> Iterator[Diagnosis]:
    """What a sender still has to set; wrong when mail to somebody is held back for want of it."""
    mail = deployment.settings.mail
    if not mail.smtp_host:
        return
    for value, key, why in (
        (mail.postal_address, "mail.postal_address", "the law wants one in each mail"),
        (mail.contact, "mail.contact", "a reader must be able to reach a person"),
        (
            mail.sender.partition("@")[2].replace("localhost", ""),
            "mail.sender",
            "must be an address at your own domain",
        ),
    ):
        if not value:
            yield Diagnosis("sender", "note", f"set {key}: {why}")
    held = held_back(mail, _ANYBODY, deployment.settings.web.base_url)
    operator = deployment.members.subscriber(mail.operator) if mail.operator else None
    if held and (others := Rounds(deployment.engine).recipients() - bool(operator)) > 0:
        who = show.count(others, "subscriber who gets", "subscribers who get")
        yield Diagnosis("sender", "wrong", f"{who} no mail: {in_words(held)}")


def _returns(deployment: Deployment) -> Iterator[Diagnosis]:
    """Whose servers refuse us, and whether we hear of mails that come back."""
    bounces, now = deployment.settings.bounces, deployment.clock()
    for domain, why in stops_of(deployment.engine, now).domains.items():
        yield Diagnosis("bounces", "wrong", in_words(because("sender_stopped", domain=domain, last=why)))
    box = deployment.bounce_box
    if not bounces.address and not box:
        if deployment.settings.mail.smtp_host:
            said = "set bounces.address and a box: what your server takes and cannot deliver is told to nobody"
            yield Diagnosis("bounces", "note", said)
    elif not box:
        said = "set bounces.maildir or bounces.imap_host: nobody reads what comes back"
        yield Diagnosis("bounces", "note", said)
    elif not bounces.address:
        said = "set bounces.address: without it the box is not looked into"
        yield Diagnosis("bounces", "note", said)
    else:
        try:
            yield Diagnosis("bounces", "ok", f"{show.count(box.waiting(), 'mail')} to read for {bounces.address}")
        except IcewireError as error:
            yield Diagnosis("bounces", "wrong", worded(error))


def _channels(deployment: Deployment) -> Iterator[Diagnosis]:
    """Those that are off, which nobody else hears of; nothing when there is no channel."""
    known = [channel for channel, *_ in deployment.channels.everybodys()]
    off = [f"channel {c.id} is off: {in_words(Why(c.off_because, c.off_because_args))}" for c in known if c.off_at]
    if known:
        yield Diagnosis("channels", "note" if off else "ok", "; ".join(off) or f"{len(known)} on")
