"""What DKIM, DMARC, MX and PTR records say, each as a finding. Pure."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Literal

from crawler.text import registered_name
from scheduler.doctor.diagnosis import Address, Diagnosis

_LEAST_KEY = 250  # bytes of an RSA key of 2048 bits, as it is published, and some less


def _say(what: str, whose: str, state: Literal["ok", "note"], said: str, mend: str = "") -> Diagnosis:
    return Diagnosis(what, state, f"{whose}: {said}", mend)


def tags_of(record: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record (RFC 6376, 3.2).

    >>> tags_of("v=DMARC1; p=none;adkim=s; ")
    {'v': 'DMARC1', 'p': 'none', 'adkim': 's'}
    """
    pairs = (piece.partition("=") for piece in record.split(";") if "=" in piece)
    return {tag.strip().lower(): value.strip() for tag, _, value in pairs}


def dkim_diagnosis(name: str, texts: Sequence[str], ours: str = "") -> Diagnosis:
    """Whether the key that signs stands at `name`; `ours` is the record to write when icewire itself signs."""
    found = [text for text in texts if "p" in tags_of(text)]
    mend = f"write a TXT record at {name}: {ours}" if ours else "ask who runs your mail server for the record to write"
    if not found:
        return _say("DKIM", name, "note", "there is no DKIM key: servers cannot check what is signed with it", mend)
    if len(found) > 1:
        return _say(
            "DKIM", name, "note", "there are several DKIM keys, and servers may take either", "keep one of them"
        )
    tags = tags_of(found[0])
    published = "".join(tags["p"].split())
    if not published:
        return _say("DKIM", name, "note", "the key was taken back (p= is empty)", mend)
    try:
        key = base64.b64decode(published, validate=True)
    except (binascii.Error, ValueError):
        return _say("DKIM", name, "note", "what stands at p= is no key", mend)
    if tags.get("v", "DKIM1") != "DKIM1":
        return _say("DKIM", name, "note", f"it begins with v={tags['v']}, not with v=DKIM1", mend)
    if ours and published != tags_of(ours)["p"]:
        return _say("DKIM", name, "note", "another key stands there than the one that icewire signs with", mend)
    if tags.get("k", "rsa").lower() == "rsa" and len(key) < _LEAST_KEY:
        return _say("DKIM", name, "note", "the key is shorter than 2048 bits", "make a new key of 2048 bits")
    if tags.get("k", "").lower() == "ed25519":
        said = "there is an Ed25519 key, which some large providers cannot check"
        return _say("DKIM", name, "note", said, "sign with RSA of 2048 bits")
    tested = ", with t=y, which tells servers that it is only a test" if "y" in tags.get("t", "").split(":") else ""
    return _say("DKIM", name, "note" if tested else "ok", f"the key is there{tested}", "take t=y out" if tested else "")


def dkim_unknown(domain: str) -> Diagnosis:
    """When nobody told under which name the key stands."""
    said = "whether your mail server signs cannot be told from here: the name of its key is not known"
    mend = (
        "send yourself a mail with --send-test, save it where it arrives and name the file with --arrived; or look in "
        f'its source for "DKIM-Signature" with d={domain} and write what stands at s= as mail.dkim_selector'
    )
    return _say("DKIM", domain, "note", said, mend)


def dmarc_diagnosis(domain: str, texts: Mapping[str, Sequence[str]], spf_domain: str, dkim_domain: str) -> Diagnosis:
    """What becomes of a mail whose From domain is proved by neither of the two others.

    `texts`: the TXT records of the names where a policy may stand, the domain's own first. `dkim_domain` "": not known.
    """
    places = {
        name: [t for t in found if t.lower().replace(" ", "").startswith("v=dmarc1")] for name, found in texts.items()
    }
    place = next((name for name, found in places.items() if found), f"_dmarc.{domain}")
    records = places.get(place, [])
    mend = f'write a TXT record at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
    if not records:
        return _say(
            "DMARC", domain, "note", "there is no DMARC record, which large providers want of whoever sends much", mend
        )
    if len(records) > 1:
        said = f"there are {len(records)} DMARC records at {place}, and servers take more than one for none"
        return _say("DMARC", domain, "note", said, "keep one of them")
    tags = tags_of(records[0])
    policy = tags.get("p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        mend = f"write p=none, p=quarantine or p=reject at {place}: {records[0]}"
        return _say("DMARC", domain, "note", "its policy (p=) cannot be read", mend)
    if place != f"_dmarc.{domain}":
        policy = tags.get("sp", policy).lower()
    aligned = [
        name
        for name, other, mode in (("SPF", spf_domain, tags.get("aspf")), ("DKIM", dkim_domain, tags.get("adkim")))
        if other and is_aligned(domain, other, strict=(mode or "r").lower() == "s")
    ]
    if aligned:
        return _say(
            "DMARC", domain, "ok", f"policy {policy}; the From address is proved by {' and '.join(aligned)}, when valid"
        )
    said = f"policy {policy}; mails come back to {spf_domain}, so SPF does not prove a From address at {domain}"
    lost = " Without a DKIM signature of that domain they are not delivered." if policy != "none" else ""
    mend = f"take an address at {domain} as bounces.address, or have mails signed with d={domain}.{lost}"
    return _say("DMARC", domain, "note", said, mend)


def dmarc_places(domain: str) -> list[str]:
    """Where a policy may stand (RFC 7489, 6.6.3): at the domain itself, or at the name that was bought."""
    return [f"_dmarc.{name}" for name in dict.fromkeys((domain, registered_name(domain))) if name]


def is_aligned(domain: str, other: str, strict: bool) -> bool:
    """Whether one domain proves another (RFC 7489, 3.1).

    >>> is_aligned("paper.example", "bounces.paper.example", False), is_aligned("paper.example", "relay.example", False)
    (True, False)
    """
    if domain == other:
        return True
    return not strict and registered_name(domain) == registered_name(other) != ""


def mx_diagnosis(domain: str, servers: Sequence[str], has_address: bool, what_for: str) -> Diagnosis:
    """Whether mail can come to a domain; `what_for` says which."""
    if "" in servers:
        said = f"it says that it takes no mail (a null MX), but {what_for} comes there"
        return _say("MX", domain, "note", said, f"write an MX record at {domain} that names your mail server")
    if servers:
        return _say("MX", domain, "ok", f"{what_for} goes to {servers[0]}")
    if has_address:
        said = f"there is none: {what_for} goes to the machine of that name itself"
        return _say("MX", domain, "note", said, f"write an MX record at {domain} that names your mail server")
    said = f"there is none, nor an address: {what_for} gets nowhere, and servers refuse mail from there"
    return _say("MX", domain, "note", said, f"write an MX record at {domain} that names your mail server")


def ptr_diagnosis(
    whose: str,
    addresses: Sequence[Address],
    names: Mapping[Address, Sequence[str]],
    back: Mapping[str, Sequence[Address]],
) -> Diagnosis:
    """Whether each address has a name that leads back to it; `back`: where those names lead."""
    for address in addresses:
        called = names.get(address, ())
        if not called:
            mend = f"have whoever gave you {address} enter a name for it (reverse DNS), which leads back to it"
            return _say("PTR", whose, "note", f"{address} has no name, and servers refuse mail from such", mend)
        if not any(address in back.get(name, ()) for name in called):
            mend = f"write an address record (A or AAAA) at {called[0]}: {address}"
            return _say("PTR", whose, "note", f"{address} is called {called[0]}, which does not lead back to it", mend)
    said = ", ".join(f"{address} is {names[address][0]}" for address in addresses)
    return _say("PTR", whose, "ok", said)
