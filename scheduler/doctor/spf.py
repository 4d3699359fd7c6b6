"""What an SPF record says (RFC 7208): whether it can be read, how much it asks, and whom it allows. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal

from scheduler.doctor.diagnosis import Address, Diagnosis

MOST_LOOKUPS = 10  # RFC 7208, 4.6.4: with more the record counts as broken
_ASKING = ("include", "a", "mx", "ptr", "exists", "redirect")
_TERM = re.compile(
    r"(?P<qualifier>[-+~?]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?::(?P<value>[^\s/]+))?"
    r"(?:/(?P<four>\d{1,3}))?(?://(?P<six>\d{1,3}))?",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>\S*)", re.IGNORECASE)


class SpfError(ValueError):
    """A term that cannot be read; the receiving server then takes the whole record for none."""


@dataclass(frozen=True, slots=True)
class SpfTerm:
    """A mechanism or a modifier; `networks` of those that name addresses."""

    name: str
    value: str = ""
    qualifier: str = "+"
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    lengths: tuple[int, int] = (32, 128)  # of the networks around the addresses of `a` and `mx`, IPv4 and IPv6

    @property
    def has_macro(self) -> bool:
        """Whether what it means depends on the mail."""
        return "%" in self.value


@dataclass(frozen=True, slots=True)
class SpfTree:
    """The SPF records of a domain and of all that they include, and where the names in them lead."""

    domain: str
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    addresses: Mapping[tuple[str, str], tuple[Address, ...]] = field(default_factory=dict)  # by ("a" or "mx", domain)


def spf_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Those of a name's TXT records that are SPF."""
    return tuple(text for text in texts if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE))


def read_spf(record: str) -> list[SpfTerm]:
    """Its terms. Raises SpfError."""
    return [_term(word) for word in record.split()[1:]]


def _term(word: str) -> SpfTerm:
    if modifier := _MODIFIER.fullmatch(word):
        if modifier["name"].lower() == "redirect" and not modifier["value"]:
            raise SpfError(word)
        return SpfTerm(modifier["name"].lower(), modifier["value"].lower().rstrip("."))
    found = _TERM.fullmatch(word)
    if not found:
        raise SpfError(word)
    name, value = found["name"].lower(), (found["value"] or "").lower().rstrip(".")
    if bool(value) != (name in ("include", "ip4", "ip6", "exists")) and name not in ("a", "mx", "ptr"):
        raise SpfError(word)
    four, six = int(found["four"] or 32), int(found["six"] or 128)
    takes_four, takes_six = name in ("a", "mx", "ip4", "ip6"), name in ("a", "mx")
    if (found["four"] and not takes_four) or (found["six"] and not takes_six):
        raise SpfError(word)
    if name in ("a", "mx") and (four > 32 or six > 128):
        raise SpfError(word)
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    if name in ("ip4", "ip6"):
        length = f"/{found['four']}" if found["four"] else ""
        networks = (_network(word, value + length, 4 if name == "ip4" else 6),)
    return SpfTerm(name, value, found["qualifier"] or "+", networks, (four, six))


def _network(word: str, value: str, version: int) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(value, strict=False)
    except ValueError as error:
        raise SpfError(word) from error
    if network.version != version:
        raise SpfError(word)
    return network


def spf_diagnosis(tree: SpfTree, host: str, sending: Sequence[Address], own: bool, include: str) -> Diagnosis:
    """What is to be said of a domain's SPF.

    `host` sends, from the addresses `sending`: this machine when `own`, else a relay that may send from others as
    well. `include` is what its provider wants included; "" when that is not known.
    """
    ours = tree.records.get(tree.domain, ())

    def say(state: Literal["ok", "note"], said: str, mend: str = "") -> Diagnosis:
        return Diagnosis("SPF", state, f"{tree.domain}: {said}", mend)

    wanted = _wanted(host, sending, own, include)
    if not ours:
        said = "there is no SPF record: servers cannot tell who may send for it"
        mend = f'write a TXT record at {tree.domain}: "v=spf1 {wanted} ~all"'
        return say("note", said, mend)
    if broken := next(_broken(tree, tree.domain, ()), None):
        return say("note", broken[0], broken[1])
    if (lookups := _lookups(tree, tree.domain)) > MOST_LOOKUPS:
        said = f"it takes {lookups} lookups, and servers take a record with more than {MOST_LOOKUPS} for broken"
        return say("note", said, "take out what no longer sends, or write addresses (ip4:) for names")
    ends = _ends(tree, tree.domain, ())
    if ends == "+":
        said = "it ends with +all, which allows anybody to send for it"
        return say("note", said, f"write ~all or -all in place of it, at {tree.domain}")
    if (allowed := allows(tree, sending)) or (include and include in _included(tree, tree.domain)):
        return say("ok", f"allows {host}" if allowed else f"allows what {include} names, so {host}")
    mend = f'write {wanted} before "all" in the TXT record at {tree.domain}: {ours[0]}'
    if any(term.has_macro or term.name in ("exists", "ptr") for term in _all_terms(tree, tree.domain)):
        return say("note", f"whether it allows {host} cannot be told: that depends on each mail")
    if own and sending:
        return say("note", f"it does not allow this machine, {_listed(sending)}", mend)
    if own:
        return say("note", "whether it allows this machine cannot be told: its address on the web is not known here")
    said = f"whether it allows {host} cannot be told: it names none of its addresses, and a relay may send from others"
    return say("note", said, f"ask your provider what to include; if it is not there, {mend}")


def _wanted(host: str, sending: Sequence[Address], own: bool, include: str) -> str:
    """The terms that allow whoever sends."""
    if include:
        return f"include:{include}"
    if own and sending:
        return _listed(sending, "ip{}:", " ")
    return f"a:{host}" if not own else "mx"


def _listed(addresses: Sequence[Address], before: str = "", between: str = ", ") -> str:
    return between.join(before.format(a.version) + str(a) for a in addresses)


def allows(tree: SpfTree, sending: Sequence[Address]) -> bool:
    """Whether one of these addresses is named with a pass."""
    return any(_allows(tree, tree.domain, address, ()) for address in sending)


def _allows(tree: SpfTree, domain: str, address: Address, above: tuple[str, ...]) -> bool:
    if domain in above:
        return False
    for term in _terms(tree, domain):
        if term.name in ("include", "redirect"):
            met = _allows(tree, term.value, address, (*above, domain))
        elif term.name in ("a", "mx"):
            named = tree.addresses.get((term.name, term.value or domain), ())
            met = any(_is_beside(address, other, term.lengths) for other in named)
        else:
            met = any(address in network for network in term.networks)
        if met:
            return term.qualifier == "+"
    return False


def _is_beside(address: Address, other: Address, lengths: tuple[int, int]) -> bool:
    """Whether an address lies in the network of that length around another."""
    length = lengths[0] if other.version == 4 else lengths[1]
    return address in ip_network(f"{other}/{length}", strict=False)


def _broken(tree: SpfTree, domain: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What makes servers take the whole record for broken, and what mends it."""
    records = tree.records.get(domain, ())
    whose = "it" if domain == tree.domain else f"the record of {domain}, which it includes,"
    if not records and domain in tree.records:
        yield f"it includes {domain}, which has no SPF record", f"take out include:{domain} at {above[-1]}"
    if len(records) > 1:
        said = f"{domain} has {len(records)} SPF records, and servers take more than one for none"
        yield said, f'join them to one TXT record that begins with "v=spf1": {" | ".join(records)}'
    if domain in above:
        yield f"{domain} includes itself", f"take include:{domain} out"
        return
    for record in records[:1]:
        try:
            terms = read_spf(record)
        except SpfError as error:
            yield f"{whose} cannot be read at {str(error)!r}", f"write that term right, at {domain}: {record}"
            return
        for term in terms:
            if term.name in ("include", "redirect") and not term.has_macro:
                yield from _broken(tree, term.value, (*above, domain))


def _lookups(tree: SpfTree, domain: str, above: tuple[str, ...] = ()) -> int:
    """How many questions a server has to ask for it."""
    if domain in above:
        return MOST_LOOKUPS
    asked = [term for term in _terms(tree, domain) if term.name in _ASKING]
    further = [term.value for term in asked if term.name in ("include", "redirect")]
    return len(asked) + sum(_lookups(tree, value, (*above, domain)) for value in further)


def _ends(tree: SpfTree, domain: str, above: tuple[str, ...]) -> str:
    """How it judges whoever is not named: the qualifier of its `all`; "?" without one."""
    if domain in above:
        return "?"
    terms = _terms(tree, domain)
    for term in terms:
        if term.name == "all":
            return term.qualifier
    return next((_ends(tree, t.value, (*above, domain)) for t in terms if t.name == "redirect"), "?")


def _included(tree: SpfTree, domain: str) -> set[str]:
    return {term.value for term in _all_terms(tree, domain) if term.name in ("include", "redirect")}


def _all_terms(tree: SpfTree, domain: str, above: tuple[str, ...] = ()) -> Iterator[SpfTerm]:
    if domain not in above:
        for term in _terms(tree, domain):
            yield term
            if term.name in ("include", "redirect"):
                yield from _all_terms(tree, term.value, (*above, domain))


def _terms(tree: SpfTree, domain: str) -> list[SpfTerm]:
    """The terms of a domain's record; none of one that is broken or not there."""
    try:
        return read_spf(tree.records.get(domain, ("",))[0]) if tree.records.get(domain) else []
    except SpfError:
        return []
