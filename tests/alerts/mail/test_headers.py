"""Headers read as they were written: by the library, and by the rules of RFC 2047."""

import base64
import quopri
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.mail.headers import address_header, text_header

ENCODED = re.compile(r"=\?utf-8\?(?:q\?[!-<>@-^`-~_=]+|b\?[A-Za-z0-9+/]+={0,2})\?=")  # RFC 2047, 2: some text, no space

NAMES = st.sampled_from(
    "‘Ewa Beach|ʻEwa Beach-Iroquois Point|Līhuʻe|Pāʻia|Pōhākupu|‘Ele‘ele|Princeville|Peñasco|Cañon City|San José|"
    "Mayagüez|Waltham|Aliamanu Mauka|“raid”|=?utf-8?q?x?=|a=?b|🚨|東京".split("|")
)
TEXTS = st.lists(NAMES, max_size=12).map(", ".join) | st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200
)


def library_reads(header: str) -> str:
    return str(message_from_bytes(f"{header}\r\n".encode("ascii"), policy=policy.default)[header.partition(":")[0]])


def older_clients_read(header: str) -> str:
    value = header.partition(":")[2].replace("\r\n", "").strip()
    return str(make_header(decode_header(value)))


def strict_clients_read(header: str) -> str:
    """As RFC 2047 says it, 5 and 6.2: each word by itself, in whole characters; none but the space between two goes."""
    read, after_word = "", False
    for blank, token in re.findall(r"([ \t]*)([^ \t]+)", header.partition(":")[2].replace("\r\n", "")):
        word = re.fullmatch(r"=\?utf-8\?([qb])\?([^? ]+)\?=", token)
        read += "" if after_word and word else blank
        if word and word[1] == "b":
            read += base64.b64decode(word[2], validate=True).decode()
        elif word:
            read += quopri.decodestring(word[2].encode("ascii"), header=True).decode()
        else:
            assert "=?" not in token
            read += token
        after_word = bool(word)
    return read.removeprefix(" ")


def lines_are_right(header: str) -> bool:
    lines = header.removesuffix("\r\n").split("\r\n")
    words = [word for line in lines for word in line.split() if "=?" in word]
    return (
        all(ENCODED.fullmatch(word) and len(word) <= 75 for word in words)
        and all(len(line) <= 76 for line in lines if "=?" in line)
        and all(line.strip() for line in lines)
        and all(line.startswith(" ") for line in lines[1:])
    )


@given(TEXTS)
def test_a_subject_reads_as_it_was_written(text: str) -> None:
    text = " ".join(text.split())
    header = text_header("Subject", text)
    assert lines_are_right(header)
    assert library_reads(header) == text
    assert older_clients_read(header) == text
    assert strict_clients_read(header) == text


@pytest.mark.parametrize(
    "subject",
    [
        "ICE news, March 22: 3 stories (Princeville, Aliamanu Mauka, ‘Ewa Beach)",
        "ICE news, March 22: 5 stories (Diamond Head, Paauilo, ʻEwa Beach-Iroquois Point and 2 more)",
        "ICE news, March 22: 3 stories (Dodson, ‘Ele‘ele, Pōhākupu)",
        "Noticias de ICE, 22 de marzo: 12 historias (Cañon City, Española, Peñasco y 9 más)",
    ],
)
def test_names_of_the_country_stand_in_the_subject(subject: str) -> None:
    header = text_header("Subject", subject)
    assert lines_are_right(header)
    assert library_reads(header) == older_clients_read(header) == strict_clients_read(header) == subject


def test_what_is_ascii_stays_as_it_is() -> None:
    assert text_header("Subject", "ICE news, March 9: 2 stories (Waltham)") == (
        "Subject: ICE news, March 9: 2 stories (Waltham)\r\n"
    )
    assert text_header("Subject", "") == "Subject:\r\n"


SPECS = st.sampled_from(["desk@paper.example", "a.b+c@x.example", "d@xn--bcher-kva.example", "root@localhost"])


@given(st.lists(st.tuples(TEXTS, SPECS), min_size=1, max_size=4))
def test_addresses_stay_whole_under_any_name(boxes: list[tuple[str, str]]) -> None:
    named = [Address(" ".join(name.split()), addr_spec=spec) for name, spec in boxes]
    header = address_header("Reply-To", named)
    encoded = [word for word in header.split() if word.startswith("=?")]
    assert all(ENCODED.fullmatch(word) and len(word) <= 75 for word in encoded)
    assert all(address.addr_spec in header.replace("\r\n", "") for address in named)  # nothing encoded inside
    # The library of 3.11 keeps the space between two encoded words of a name; its older reader does not.
    read = getaddresses([header.partition(":")[2].replace("\r\n", "").strip()])
    assert [(str(make_header(decode_header(name))), spec) for name, spec in read] == [
        (address.display_name, address.addr_spec) for address in named
    ]
    message = message_from_bytes(f"{header}\r\n".encode("ascii"), policy=policy.default)
    assert [a.addr_spec for a in message["Reply-To"].addresses] == [a.addr_spec for a in named]
