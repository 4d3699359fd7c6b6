"""What an SPF record says, and whom it allows."""

from collections.abc import Mapping
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scheduler.doctor.diagnosis import Diagnosis
from scheduler.doctor.spf import SpfError, SpfTree, read_spf, spf_diagnosis, spf_of

RELAY = ip_address("192.0.2.7")
ELSEWHERE = ip_address("203.0.113.9")
SAID_BY_RELAY = {"relay.example": ("v=spf1 ip4:192.0.2.0/24 -all",)}


def judged(records: Mapping[str, tuple[str, ...]], own: bool = False, include: str = "", **given: object) -> Diagnosis:
    tree = SpfTree("paper.example", records, given.get("addresses", {}))  # type: ignore[arg-type]
    return spf_diagnosis(tree, "smtp.relay.example", (RELAY,), own, include)


def of_paper(record: str, **others: str) -> dict[str, tuple[str, ...]]:
    return {"paper.example": (record,), **SAID_BY_RELAY, **{k.replace("_", "."): (v,) for k, v in others.items()}}


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 include:relay.example -all",
        "v=spf1 INCLUDE:Relay.Example. ~ALL",
        "v=spf1 ip4:192.0.2.7 -all",
        "v=spf1 ip6:2001:db8::/32 ip4:192.0.2.0/25 ?all",
        "v=spf1 redirect=relay.example",
    ],
)
def test_a_record_that_names_the_relay_is_well(record: str) -> None:
    found = judged(of_paper(record))
    assert (found.state, found.mend) == ("ok", "")
    assert found.said == "paper.example: allows smtp.relay.example"


@pytest.mark.parametrize(
    ("record", "said", "mend"),
    [
        ("v=spf1 +all", "ends with +all", "write ~all or -all"),
        (
            "v=spf1 include:nowhere.example -all",
            "includes nowhere.example, which has no SPF record",
            "take out include:",
        ),
        ("v=spf1 ip4:192.0.2 -all", "cannot be read at 'ip4:192.0.2'", "write that term right"),
        ("v=spf1 ip4:2001:db8::1 -all", "cannot be read", "write that term right"),
        ("v=spf1 ipv4:192.0.2.7 -all", "cannot be read at 'ipv4:192.0.2.7'", "write that term right"),
        ("v=spf1 ip4:192.0.2.7/33 -all", "cannot be read", "write that term right"),
        ("v=spf1 a/33 -all", "cannot be read at 'a/33'", "write that term right"),
        ("v=spf1 mx//129 -all", "cannot be read", "write that term right"),
        ("v=spf1 mx/24//129 -all", "cannot be read", "write that term right"),
        ("v=spf1 all/24", "cannot be read at 'all/24'", "write that term right"),
        ("v=spf1 redirect=", "cannot be read at 'redirect='", "write that term right"),
        ("v=spf1 include: -all", "cannot be read", "write that term right"),
        ("v=spf1 include:paper.example -all", "paper.example includes itself", "take include:paper.example out"),
        ("v=spf1 exists:%{i}.x.example -all", "cannot be told: that depends on each mail", ""),
        ("v=spf1 ip4:203.0.113.1 -all", "cannot be told: it names none of its addresses", "ask your provider"),
        ("v=spf1 -ip4:192.0.2.7 +ip4:192.0.2.0/24 -all", "cannot be told", "ask your provider"),
        ("v=spf1 " + " ".join(f"a:h{n}.example" for n in range(11)) + " -all", "takes 11 lookups", "ip4:"),
    ],
)
def test_what_is_wrong_with_a_record_is_said_with_what_mends_it(record: str, said: str, mend: str) -> None:
    found = judged(of_paper(record, nowhere_example="") | {"nowhere.example": ()})
    assert found.state == "note"
    assert said in found.said
    assert mend in found.mend


def test_the_lookups_of_what_is_included_count_as_well() -> None:
    inner = " ".join(f"a:h{n}.example" for n in range(10))
    found = judged(of_paper("v=spf1 include:big.example -all", big_example=f"v=spf1 {inner} -all"))
    assert "it takes 11 lookups" in found.said


def test_without_a_record_the_one_to_write_is_told() -> None:
    found = judged({"paper.example": ()})
    assert found.mend == 'write a TXT record at paper.example: "v=spf1 a:smtp.relay.example ~all"'
    assert "include:spf.relay.example ~all" in judged({"paper.example": ()}, include="spf.relay.example").mend
    assert "v=spf1 ip4:192.0.2.7 ~all" in judged({"paper.example": ()}, own=True).mend


def test_two_records_are_none() -> None:
    found = judged({"paper.example": ("v=spf1 a -all", "v=spf1 mx -all")})
    assert "2 SPF records" in found.said
    assert "v=spf1 a -all | v=spf1 mx -all" in found.mend


def test_what_a_known_provider_wants_included_is_enough() -> None:
    found = judged(
        of_paper("v=spf1 include:spf.big.example -all", spf_big_example="v=spf1 -all"), include="spf.big.example"
    )
    assert (found.state, "what spf.big.example names" in found.said) == ("ok", True)


def test_of_a_machine_that_sends_itself_it_is_certain() -> None:
    found = judged(of_paper("v=spf1 ip4:203.0.113.1 -all"), own=True)
    assert found.said == "paper.example: it does not allow this machine, 192.0.2.7"
    assert "ip4:192.0.2.7" in found.mend


@pytest.mark.parametrize("term", ["a", "a:mail.example", "mx", "mx:mail.example", "a/24"])
def test_names_count_by_where_they_lead(term: str) -> None:
    kind, name = term[:2].strip(":/"), "mail.example" if "mail" in term else "paper.example"
    where = {(kind, name): (ELSEWHERE, RELAY)}
    assert judged(of_paper(f"v=spf1 {term} -all"), addresses=where).state == "ok"
    assert judged(of_paper(f"v=spf1 {term} -all"), addresses={}).state == "note"


def test_a_name_may_stand_for_the_network_around_it() -> None:
    beside = {("a", "paper.example"): (ip_address("192.0.2.200"), ip_address("2001:db8::1"))}
    assert judged(of_paper("v=spf1 a -all"), own=True, addresses=beside).state == "note"
    assert judged(of_paper("v=spf1 a/24//64 -all"), own=True, addresses=beside).state == "ok"
    assert read_spf("v=spf1 a:mail.example/24 ip6:2001:db8::/64")[1].networks[0].prefixlen == 64


@given(some.sampled_from(["a", "mx", "ip4:192.0.2.0", "ip6:2001:db8::"]), some.integers(0, 999), some.integers(0, 999))
def test_no_length_breaks_the_reader(term: str, four: int, six: int) -> None:
    named = {(kind, "paper.example"): (ELSEWHERE, ip_address("2001:db8::1")) for kind in ("a", "mx")}
    for record in (f"v=spf1 {term}/{four} -all", f"v=spf1 {term}/{four}//{six} -all", f"v=spf1 {term}//{six} -all"):
        assert judged(of_paper(record), addresses=named).state in ("ok", "note")


def test_only_what_begins_as_one_is_spf() -> None:
    assert spf_of(["v=spf10 a", "google-site-verification=x", "V=SPF1 a", "v=spf1", "v=spf1-all"]) == (
        "V=SPF1 a",
        "v=spf1",
    )


@given(some.text(max_size=80))
def test_no_record_breaks_the_reader(text: str) -> None:
    try:
        terms = read_spf(f"v=spf1 {text}")
    except SpfError:
        terms = []
    assert all(term.name for term in terms)
    found = judged(of_paper(f"v=spf1 {text}"))
    assert found.state in ("ok", "note")
