"""What DKIM, DMARC, MX and PTR records say."""

import base64
from collections.abc import Sequence
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scheduler.doctor.records import (
    dkim_diagnosis,
    dkim_unknown,
    dmarc_diagnosis,
    dmarc_places,
    mx_diagnosis,
    ptr_diagnosis,
)

KEY = base64.b64encode(b"k" * 294).decode()
NAME = "s1._domainkey.paper.example"


@pytest.mark.parametrize(
    ("texts", "state", "said"),
    [
        ([f"v=DKIM1; k=rsa; p={KEY}"], "ok", "the key is there"),
        ([f"p={KEY[:100]} {KEY[100:]}"], "ok", "the key is there"),
        ([], "note", "there is no DKIM key"),
        (["v=spf1 -all"], "note", "there is no DKIM key"),
        ([f"p={KEY}", f"p={KEY}"], "note", "several"),
        (["v=DKIM1; p="], "note", "taken back"),
        (["v=DKIM1; p=?!"], "note", "is no key"),
        ([f"v=DKIM2; p={KEY}"], "note", "begins with v=DKIM2"),
        (["v=DKIM1; p=" + base64.b64encode(b"k" * 162).decode()], "note", "shorter than 2048 bits"),
        (
            ["v=DKIM1; k=ed25519; p=" + base64.b64encode(b"k" * 32).decode()],
            "note",
            "some large providers cannot check",
        ),
        ([f"v=DKIM1; t=y; p={KEY}"], "note", "only a test"),
    ],
)
def test_a_dkim_key(texts: list[str], state: str, said: str) -> None:
    found = dkim_diagnosis(NAME, texts)
    assert (found.what, found.state) == ("DKIM", state)
    assert said in found.said
    assert bool(found.mend) == (state == "note")


def test_the_key_that_icewire_signs_with_is_compared_and_told_when_it_is_not_there() -> None:
    ours = f"v=DKIM1; k=rsa; p={KEY}"
    assert dkim_diagnosis(NAME, [ours], ours).state == "ok"
    other = dkim_diagnosis(NAME, ["v=DKIM1; p=" + base64.b64encode(b"x" * 294).decode()], ours)
    assert "another key" in other.said
    assert other.mend == f"write a TXT record at {NAME}: {ours}"


def test_how_to_look_is_told_when_the_name_of_the_key_is_not_known() -> None:
    assert "d=paper.example" in dkim_unknown("paper.example").mend


@pytest.mark.parametrize(
    ("record", "back", "dkim", "state", "said"),
    [
        ("v=DMARC1; p=none", "paper.example", "", "ok", "policy none; the From address is proved by SPF"),
        ("v=DMARC1;p=reject;aspf=r", "bounces.paper.example", "", "ok", "policy reject"),
        ("v=DMARC1; p=reject; aspf=s", "bounces.paper.example", "", "note", "SPF does not prove a From address"),
        ("v=DMARC1; p=reject", "relay.example", "paper.example", "ok", "proved by DKIM"),
        ("v=DMARC1; p=reject; adkim=s", "relay.example", "mail.paper.example", "note", "does not prove"),
        ("v=DMARC1; p=all", "paper.example", "", "note", "its policy (p=) cannot be read"),
        ("v=DMARC1", "paper.example", "", "note", "its policy (p=) cannot be read"),
    ],
)
def test_dmarc(record: str, back: str, dkim: str, state: str, said: str) -> None:
    found = dmarc_diagnosis("paper.example", {"_dmarc.paper.example": [record]}, back, dkim)
    assert (found.what, found.state) == ("DMARC", state)
    assert said in found.said


def test_without_a_dmarc_record_the_one_to_write_is_told() -> None:
    found = dmarc_diagnosis("paper.example", {"_dmarc.paper.example": ["x"]}, "paper.example", "")
    assert found.mend.startswith('write a TXT record at _dmarc.paper.example: "v=DMARC1; p=none; rua=')
    twice = {"_dmarc.paper.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}
    assert "there are 2 DMARC records" in dmarc_diagnosis("paper.example", twice, "paper.example", "").said


def test_a_policy_of_the_name_that_was_bought_holds_below_it() -> None:
    assert dmarc_places("alerts.paper.org") == ["_dmarc.alerts.paper.org", "_dmarc.paper.org"]
    texts = {"_dmarc.alerts.paper.org": [], "_dmarc.paper.org": ["v=DMARC1; p=reject; sp=quarantine"]}
    assert "policy quarantine" in dmarc_diagnosis("alerts.paper.org", texts, "paper.org", "").said


@pytest.mark.parametrize(
    ("servers", "has_address", "state", "said"),
    [
        (["mx.paper.example"], False, "ok", "what is returned goes to mx.paper.example"),
        ([""], False, "note", "null MX"),
        ([], True, "note", "to the machine of that name itself"),
        ([], False, "note", "gets nowhere"),
    ],
)
def test_where_mail_comes_in(servers: Sequence[str], has_address: bool, state: str, said: str) -> None:
    found = mx_diagnosis("paper.example", servers, has_address, "what is returned")
    assert (found.state, said in found.said) == (state, True)


def test_an_address_needs_a_name_that_leads_back() -> None:
    here, there = ip_address("192.0.2.7"), ip_address("192.0.2.8")
    assert "has no name" in ptr_diagnosis("this machine", [here], {}, {}).said
    astray = ptr_diagnosis("this machine", [here], {here: ["a.example"]}, {"a.example": [there]})
    assert "does not lead back" in astray.said
    assert astray.mend == "write an address record (A or AAAA) at a.example: 192.0.2.7"
    assert ptr_diagnosis("it", [here], {here: ["a.example"]}, {"a.example": [there, here]}).state == "ok"


@given(some.text(max_size=60), some.text(max_size=60))
def test_no_record_breaks_a_reader(one: str, other: str) -> None:
    for text in (one, f"v=DMARC1; {one}", f"p={one}; {other}"):
        assert dkim_diagnosis(NAME, [text], f"p={other}").state in ("ok", "note")
        assert dmarc_diagnosis("paper.example", {"_dmarc.paper.example": [text]}, "x.example", "").state in (
            "ok",
            "note",
        )
