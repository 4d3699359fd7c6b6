"""What servers check of a sender, asked of a name server on loopback."""

import contextlib
import time
from ipaddress import ip_address

import pytest

from scheduler.doctor.names import CannotLookError, Names
from scheduler.doctor.sender import Sender, included_by, look_at_sender, spf_tree
from tests.makers.dns_server import Zone, name_server, names_of

KEY = "v=DKIM1; k=rsa; p=" + "A" * 392
RELAY = Sender("paper.example", "paper.example", "smtp.relay.example", "s1")
WELL: Zone = {
    "paper.example": {"TXT": ["v=spf1 include:spf.relay.example -all"], "MX": ["10 mx.relay.example."]},
    "_dmarc.paper.example": {"TXT": ["v=DMARC1; p=reject"]},
    "s1._domainkey.paper.example": {"TXT": [KEY]},
    "spf.relay.example": {"TXT": ["v=spf1 a:out.relay.example -all"]},
    "out.relay.example": {"A": ["192.0.2.7"], "AAAA": ["2001:db8::7"]},
    "smtp.relay.example": {"A": ["192.0.2.7"]},
    "7.2.0.192.in-addr.arpa": {"PTR": ["out.relay.example."]},
}


def looked_at(sender: Sender, zone: Zone, own: str = "") -> dict[str, tuple[str, str]]:
    """What is found, by what it is about."""
    with names_of(zone) as names:
        found = look_at_sender(sender, names, lambda: ip_address(own) if own else None)
        return {one.what: (one.state, one.said) for one in found}


def test_a_sender_with_all_records_is_well() -> None:
    found = looked_at(RELAY, WELL)
    assert list(found) == ["SPF", "DKIM", "DMARC", "MX", "PTR"]
    assert {state for state, _ in found.values()} == {"ok"}
    assert found["MX"] == ("ok", "paper.example: what is returned goes to mx.relay.example")
    assert found["PTR"] == ("ok", "smtp.relay.example: 192.0.2.7 is out.relay.example")


def test_a_sender_with_none_is_told_what_to_write_and_nothing_is_wrong_with_icewire() -> None:
    found = looked_at(Sender("paper.example", "bounces.example", "smtp.relay.example"), {})
    assert {state for state, _ in found.values()} == {"note"}
    assert found["SPF"][1].startswith("bounces.example: there is no SPF record")  # servers look at the return path
    assert "PTR" not in found  # that the relay cannot be reached is told elsewhere


def test_a_machine_that_sends_itself_needs_a_name_that_leads_back() -> None:
    own = Sender("paper.example", "paper.example", "127.0.0.1", "s1")
    zone = {**WELL, "paper.example": {"TXT": ["v=spf1 mx -all"], "MX": ["10 mail.paper.example."]}}
    zone |= {"mail.paper.example": {"A": ["192.0.2.9"]}, "9.2.0.192.in-addr.arpa": {"PTR": ["mail.paper.example."]}}
    found = looked_at(own, zone, "192.0.2.9")
    assert found["SPF"] == ("ok", "paper.example: allows this machine")
    assert found["PTR"] == ("ok", "this machine: 192.0.2.9 is mail.paper.example")
    assert looked_at(own, zone, "192.0.2.10")["SPF"][1].endswith("it does not allow this machine, 192.0.2.10")
    assert "cannot be told" in looked_at(own, zone)["PTR"][1]


def test_a_name_whose_servers_fail_is_not_held_against_anybody() -> None:
    with names_of(WELL, refuses=["_dmarc.paper.example"]) as names:
        found = list(look_at_sender(RELAY, names, lambda: None))
    assert [one.what for one in found if one.state != "ok"] == ["sender"]
    assert "cannot look: no name server answers what TXT records _dmarc.paper.example has" in [f.said for f in found]


def test_records_that_include_each_other_are_followed_once() -> None:
    zone: Zone = {
        "a.example": {"TXT": ["v=spf1 include:b.example -all"]},
        "b.example": {"TXT": ["v=spf1 include:a.example"]},
    }
    with names_of(zone) as names:
        assert set(spf_tree("a.example", names).records) == {"a.example", "b.example"}


def test_a_record_in_many_strings_is_read_as_one() -> None:
    with names_of({"long.example": {"TXT": ["x" * 700], "MX": ["20 b.example.", "10 a.example."]}}) as names:
        assert names.texts("long.example") == ("x" * 700,)
        assert names.mail_servers("long.example") == ("a.example", "b.example")
        assert names.addresses("long.example") == names.addresses("none.example") == ()
    with names_of({"null.example": {"MX": ["0 ."]}}) as names:
        assert names.mail_servers("null.example") == ("",)


@pytest.mark.parametrize("name", ["", "a..b", "x" * 70 + ".example", "*.example", "é.example", "a b"])
def test_a_name_that_is_none_breaks_nothing(name: str) -> None:
    with names_of({}) as names, contextlib.suppress(CannotLookError):
        assert names.texts(name) == ()


@pytest.mark.slow
def test_offline_it_says_that_it_cannot_look_and_soon() -> None:
    begun = time.monotonic()
    with name_server({}, silent=True) as resolver:
        names = Names(resolver, patience=1)
        [found] = look_at_sender(RELAY, names, lambda: None)
        assert (found.state, "cannot look" in found.said) == ("note", True)
        with pytest.raises(CannotLookError, match="took too long"):
            names.texts("other.example")
    assert time.monotonic() - begun < 5


def test_what_a_provider_wants_included_is_known_by_the_end_of_its_hosts_name() -> None:
    assert included_by("email-smtp.us-east-1.amazonaws.com") == "amazonses.com"
    assert included_by("smtp.paper.example") == included_by("notamazonaws.com") == ""
