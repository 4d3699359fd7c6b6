"""Which web addresses are one publisher's, and who registered the name they stand under."""

import subprocess
import sys
from string import ascii_lowercase, digits

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawler.text.sites import gives_names, publisher, registered_name, same_site, site

LABEL = st.builds(str.__add__, st.sampled_from(ascii_lowercase), st.text(ascii_lowercase + digits, max_size=8)).filter(
    lambda label: label != "www"
)  # which is nobody's name
HOST = st.builds(
    lambda labels, ending: ".".join([*labels, ending]),
    st.lists(LABEL, min_size=1, max_size=4),
    st.sampled_from(["com", "org", "co.uk", "ma.us", "k12.ma.us", "example", "github.io", "substack.com", "gen.ny.us"]),
)


def test_two_towns_below_a_state_are_two_sites() -> None:
    assert not same_site("https://www.town.weston.ma.us/news", "https://www.cityofwaltham.ma.us/news")


def test_the_schools_of_two_towns_are_two_sites() -> None:
    assert not same_site("https://www.north.k12.ma.us/", "https://www.south.k12.ma.us/")
    assert same_site("https://north.k12.ma.us/", "https://high.north.k12.ma.us/a")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("https://www.harborledger.com/a", "http://harborledger.com/b"),
        ("https://news.harborledger.com/a", "https://www.harborledger.com/"),
        ("https://harborledger.com./a", "https://HarborLedger.com:8443/b"),
        ("https://sport.harborledger.example/", "https://harborledger.example/"),
        ("https://news.paper.co.uk/", "https://sport.paper.co.uk/"),
        ("https://www.nhs.uk/", "https://nhs.uk/a"),
        ("https://www.town.weston.ma.us/", "https://town.weston.ma.us/a"),
        ("https://www.weston.ma.us/", "https://library.weston.ma.us/a"),
        ("https://www.ci.springfield.ma.us/", "https://ci.springfield.ma.us/a"),
        ("https://www.dds.state.ma.us/", "https://www.dor.state.ma.us/"),
        ("https://www.one.wordpress.com/", "https://one.wordpress.com/a"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b"),
        ("http://[::1]/a", "http://[::1]:80/b"),
        ("http://localhost/a", "http://localhost:80/b"),
    ],
)
def test_what_one_publisher_has_is_one_site(a: str, b: str) -> None:
    assert same_site(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("https://harborledger.com/a", "https://harborledger.org/a"),
        ("https://harborledger.example/", "https://hillgazette.example/"),
        ("https://one.co.uk/", "https://two.co.uk/"),
        ("https://one.wordpress.com/", "https://two.wordpress.com/"),
        ("https://one.substack.com/", "https://substack.com/"),
        ("https://one.blogspot.com/", "https://two.blogspot.com/"),
        ("https://one.github.io/", "https://two.github.io/"),
        ("https://one.wpenginepowered.com/", "https://two.wpenginepowered.com/"),
        ("https://ci.ithaca.ny.us/", "https://town.ithaca.ny.us/"),
        ("https://www.ci.springfield.oh.us/", "https://www.co.springfield.oh.us/"),
        ("https://north.lib.ma.us/", "https://south.lib.ma.us/"),
        ("https://north.cc.ma.us/", "https://south.cc.ma.us/"),
        ("https://north.tec.ma.us/", "https://south.tec.ma.us/"),
        ("https://north.pvt.k12.ma.us/", "https://south.pvt.k12.ma.us/"),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/"),
        ("http://1.2.3.4/", "http://9.2.3.4/"),
        ("http://localhost:8001/", "http://localhost:8002/"),
        ("nonsense", "nonsense"),
        ("https://intranet/", "https://intranet/"),
    ],
)
def test_what_two_publishers_have_is_two_sites(a: str, b: str) -> None:
    assert not same_site(a, b)


@given(HOST)
def test_a_host_is_one_site_with_itself(host: str) -> None:
    assert same_site(f"https://{host}/a", f"http://{host}/b")


@given(HOST, HOST)
def test_it_does_not_matter_which_address_is_named_first(a: str, b: str) -> None:
    one, other = f"https://{a}/", f"https://{b}/"
    assert same_site(one, other) is same_site(other, one)


@given(LABEL, LABEL, st.sampled_from(["com", "org", "news", "co.uk", "example"]))
def test_a_name_below_an_ordinary_name_is_the_same_site(below: str, name: str, ending: str) -> None:
    host = f"{name}.{ending}"
    assume(not gives_names(host))
    assert same_site(f"https://{below}.{host}/a", f"https://{host}/")


@given(HOST)
def test_a_publishers_name_stands_at_or_below_the_registered_one(host: str) -> None:
    name = publisher(host)
    assert f".{host}".endswith(f".{name}")
    assert registered_name(name) == registered_name(host)
    assert publisher(name) == name


@pytest.mark.parametrize("host", ["com", "co.uk", "ma.us", "k12.ma.us", "gen.ma.us", "substack.com", "github.io"])
def test_these_give_names_to_others(host: str) -> None:
    assert gives_names(host)


@pytest.mark.parametrize("host", ["harborledger.com", "weston.ma.us", "state.ma.us", "one.substack.com", "ice.gov"])
def test_these_keep_the_names_below_them(host: str) -> None:
    assert not gives_names(host)


@pytest.mark.slow
def test_who_only_spells_an_address_does_not_load_the_suffix_list() -> None:
    asked = """import sys
from string import ascii_lowercase, digits
from crawler.text.urls import canonical_url
assert canonical_url("http://www.harborledger.com/a/") == "https://harborledger.com/a"
sys.exit("publicsuffixlist" in sys.modules)"""
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=60)


def test_a_site_is_named() -> None:
    assert site("https://desk@News.Paper.co.uk./a") == "paper.co.uk"
    assert site("http://[::1]/a") == "[::1]:80"
    assert site("mailto:desk@example.com") == ""
