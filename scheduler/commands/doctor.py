"""doctor: is this deployment well, and what does a sender still need?"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from alerts.locale import worded
from alerts.mail import dkim_key_of, forgive, sender_domain
from crawler.model import IcewireError
from scheduler import doctor as ward
from scheduler import show
from scheduler.deployment import Deployment, open_deployment
from scheduler.doctor import Arrived, Diagnosis

MARKS = {"ok": "green", "note": "yellow", "wrong": "bold red"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(doctor)


def doctor(
    context: typer.Context,
    address: Annotated[
        str, typer.Argument(help="With --send-test: where it goes; your own (mail.operator) unless said.")
    ] = "",
    as_json: show.JsonFlag = False,
    mended: Annotated[
        bool, typer.Option("--mended", help="What servers refused because of you is mended: mail goes there again.")
    ] = False,
    test: Annotated[
        bool, typer.Option("--send-test", help="Send one real mail and say what the server answers.")
    ] = False,
    arrived: Annotated[
        Path | None,
        typer.Option("--arrived", help="A mail of yours, saved where it arrived: look at how it was signed."),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no name server and no web page.")] = False,
) -> None:
    """Check configuration, database, registry, mail and clock, and what servers check of a sender.

    The exit status is 1 when something keeps icewire from reading or from sending.
    """
    if address and not test:
        raise IcewireError(f"{address}: an address is only of use with --send-test")
    findings: list[Diagnosis] = []
    try:
        deployment = open_deployment(context.obj)
        if mended:
            forgive(deployment.engine)
        # What was found before something goes wrong stays.
        findings.extend(_examine(deployment, arrived, offline, address if test else None))
    except (IcewireError, SQLAlchemyError) as error:
        findings.append(_as_diagnosis(error))
    if as_json:
        show.data([asdict(f) for f in findings])
    else:
        for f in findings:
            said = f"{f.said}. Mend: {f.mend}" if f.mend else f.said
            show.hanging(f"[{MARKS[f.state]}]{f.state:6}[/]{f.what:15}", said)
    if any(f.state == "wrong" for f in findings):
        raise typer.Exit(1)


def _examine(deployment: Deployment, file: Path | None, offline: bool, test: str | None) -> Iterator[Diagnosis]:
    """Look at everything once; `test`: where a test mail goes, None = nowhere."""
    settings = deployment.settings
    arrived = ward.read_arrived(file, sender_domain(settings.mail)) if file else None
    yield from ward.look_at(deployment)
    yield from ward.look_at_mail(deployment)
    if arrived and arrived.judged:
        yield Diagnosis("arrived", "ok", f"where it arrived was said: {arrived.judged}")
    if settings.mail.smtp_host and not offline:
        names = ward.Names(ward.system_resolver())
        if "." in sender_domain(settings.mail):
            yield from ward.look_at_sender(_sender(deployment, arrived), names, ward.outgoing_address)
        yield from ward.look_at_page(settings.web.public_url, names)
    if test is not None:
        yield from ward.send_test(deployment, test)


def _sender(deployment: Deployment, arrived: Arrived | None) -> ward.Sender:
    """Who sends, by the settings, and by a mail that has arrived where there is one."""
    mail, domain = deployment.settings.mail, sender_domain(deployment.settings.mail)
    back = deployment.settings.bounces.address.rpartition("@")[2] or domain
    try:
        key = dkim_key_of(mail)
    except IcewireError:  # told already
        key = None
    if arrived is None:
        return ward.Sender(domain, back, mail.smtp_host, mail.dkim_selector, domain, key)
    signed_by = arrived.signed_by or domain
    return ward.Sender(domain, arrived.return_domain or back, mail.smtp_host, arrived.selector, signed_by, key)


def _as_diagnosis(error: IcewireError | SQLAlchemyError) -> Diagnosis:
    if isinstance(error, IcewireError):
        return Diagnosis("configuration", "wrong", worded(error))
    return Diagnosis("database", "wrong", str(getattr(error, "orig", None) or error).strip().splitlines()[0])
