"""What a receiving server checks of whoever sends: asked of the DNS, and judged."""

import socket
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from ipaddress import ip_address

from alerts.mail import DkimKey
from alerts.settings import is_local
from scheduler.doctor.diagnosis import Address, Diagnosis
from scheduler.doctor.names import CannotLookError, Names
from scheduler.doctor.records import (
    dkim_diagnosis,
    dkim_unknown,
    dmarc_diagnosis,
    dmarc_places,
    mx_diagnosis,
    ptr_diagnosis,
)
from scheduler.doctor.spf import MOST_LOOKUPS, SpfError, SpfTree, read_spf, spf_diagnosis, spf_of

_ANYWHERE = ("192.0.2.1", 9)  # no packet is sent there; the system only chooses an address of ours


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, as receiving servers see it."""

    domain: str  # of the From address
    return_domain: str  # of the return path
    host: str  # which mails are handed to
    selector: str = ""  # of the DKIM key; "" = not known
    signed_by: str = ""  # the domain of that key
    key: DkimKey | None = None  # with which icewire itself signs

    @property
    def is_own(self) -> bool:
        """Whether a mail server on this machine sends, and no relay."""
        return is_local(f"//{self.host}")


def look_at_sender(sender: Sender, names: Names, outgoing: Callable[[], Address | None]) -> Iterator[Diagnosis]:
    """What servers find in the DNS; one note when it cannot be asked. `outgoing`: this machine's address, if public."""
    domains = list(dict.fromkeys((sender.domain, sender.return_domain)))
    try:
        names.texts(sender.domain)
    except CannotLookError as error:
        said = f"cannot look what servers check of {sender.domain}: {error}"
        yield Diagnosis("sender", "note", said, "ask again when this machine has a network")
        return
    own = outgoing() if sender.is_own else None
    looks: list[Callable[[], Diagnosis | None]] = [lambda: _spf(sender, names, own)]
    looks.append(lambda: _dkim(sender, names))
    looks.append(lambda: _dmarc(sender, names))
    looks += [lambda domain=domain: _mx(sender, domain, names) for domain in domains]  # type: ignore[misc]
    looks.append(lambda: _ptr(sender, names, own))
    for look in looks:
        try:
            if found := look():
                yield found
        except CannotLookError as error:
            yield Diagnosis("sender", "note", f"cannot look: {error}")


def outgoing_address() -> Address | None:
    """This machine's address towards the web; None when it has none or a private one, behind a router."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        try:
            out.connect(_ANYWHERE)
            own = ip_address(out.getsockname()[0])
        except OSError:
            return None
    return own if own.is_global else None


def spf_tree(domain: str, names: Names) -> SpfTree:
    """A domain's SPF record with all that it includes, as far as a server would follow it."""
    records: dict[str, tuple[str, ...]] = {}
    addresses: dict[tuple[str, str], tuple[Address, ...]] = {}
    waiting = [domain]
    while waiting and len(records) <= MOST_LOOKUPS:
        name = waiting.pop(0)
        if name in records:
            continue
        records[name] = spf_of(names.texts(name))
        try:
            terms = read_spf(records[name][0]) if records[name] else []
        except SpfError:
            continue
        for term in (term for term in terms if not term.has_macro):
            if term.name in ("include", "redirect"):
                waiting.append(term.value)
            elif term.name in ("a", "mx") and len(addresses) < MOST_LOOKUPS:
                addresses[term.name, term.value or name] = _named(term.name, term.value or name, names)
    return SpfTree(domain, records, addresses)


def _named(kind: str, name: str, names: Names) -> tuple[Address, ...]:
    hosts = [name] if kind == "a" else [host for host in names.mail_servers(name)[:MOST_LOOKUPS] if host]
    return tuple(address for host in hosts for address in names.addresses(host))


def _spf(sender: Sender, names: Names, own: Address | None) -> Diagnosis | None:
    """Of the return path's domain, which is the one that servers look at (RFC 7208, 2.4)."""
    sending = ((own,) if own else ()) if sender.is_own else names.addresses(sender.host)
    host = "this machine" if sender.is_own else sender.host
    return spf_diagnosis(spf_tree(sender.return_domain, names), host, sending, sender.is_own, included_by(sender.host))


def _dkim(sender: Sender, names: Names) -> Diagnosis | None:
    if sender.key:
        return dkim_diagnosis(sender.key.name, names.texts(sender.key.name), sender.key.record)
    if sender.selector:
        name = f"{sender.selector}._domainkey.{sender.signed_by or sender.domain}"
        return dkim_diagnosis(name, names.texts(name))
    return dkim_unknown(sender.domain)


def _dmarc(sender: Sender, names: Names) -> Diagnosis | None:
    texts = {name: names.texts(name) for name in dmarc_places(sender.domain)}
    signing = sender.domain if sender.key else (sender.signed_by or sender.domain) if sender.selector else ""
    return dmarc_diagnosis(sender.domain, texts, sender.return_domain, signing)


def _mx(sender: Sender, domain: str, names: Names) -> Diagnosis | None:
    what_for = "what is returned" if domain == sender.return_domain else "what readers answer"
    servers = names.mail_servers(domain)
    return mx_diagnosis(domain, servers, not servers and bool(names.addresses(domain)), what_for)


def _ptr(sender: Sender, names: Names, own: Address | None) -> Diagnosis | None:
    if sender.is_own and not own:
        said = "from which address this machine sends cannot be told: it stands behind a router"
        return Diagnosis("PTR", "note", said, "ask your provider for its address, and for a name that leads back to it")
    addresses = (own,) if own else names.addresses(sender.host)
    if not addresses:  # then mail cannot leave, which is told already
        return None
    called = {address: names.names_of(address) for address in addresses}
    back = {name: names.addresses(name) for found in called.values() for name in found}
    whose = "this machine" if own else sender.host
    found = ptr_diagnosis(whose, addresses, called, back)
    if own or found.state == "ok":
        return found
    return Diagnosis(found.what, "note", f"{found.said}; it is your provider's, who may send from other addresses")


def included_by(host: str) -> str:
    """What the provider of an SMTP host wants included in SPF; "" when that is not known."""
    known = tomllib.loads(files(__package__).joinpath("relays.toml").read_text("utf-8"))["include"]
    return next((include for end, include in known.items() if host == end or host.endswith(f".{end}")), "")
