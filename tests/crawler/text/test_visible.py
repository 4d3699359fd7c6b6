"""What nobody sees, and what steers a terminal, is no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.plaintext import plain, visible


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("raid \x1b]0;owned\x07 \x1b[31mRED in Waltham", "raid  RED in Waltham"),
        ("\x1b]8;;https://evil.example\x1b\\four held\x1b]8;;\x1b\\", "four held"),
        ("\x1b[2J\x1b[1;1Hfour held\x1bc", "four held"),
        ("four\x08\x08\x08\x08\x7f held\x00", "four held"),
        ("four\rheld", "four held"),
        ("Wal\xadtham car\u200bwash\ufeff\u2060", "Waltham carwash"),
        ("\u202efour\u202c \u2066held\u2069 \u200fhere\u200e", "four held here"),
        ("the mayor\x92s \x93raid\x94 \x96 four", "the mayor’s “raid” – four"),
        ("\x9b31mRED", "›31mRED"),
        ("held\U000e0041\U000e0042", "held"),
        ("wait\u200ding room", "waiting room"),
        ("👩\u200d👧 می\u200cخواهم", "👩\u200d👧 می\u200cخواهم"),
        ("Niño, Pāʻia, Nin\u0303o, 東京 🚨️", "Niño, Pāʻia, Nin\u0303o, 東京 🚨️"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("[31m is no order without its escape", "[31m is no order without its escape"),
    ],
)
def test_only_what_one_sees_stays(raw: str, seen: str) -> None:
    assert visible(raw) == seen
    assert visible(seen) == seen


@given(st.text())
def test_nothing_of_it_steers_anything(raw: str) -> None:
    seen = visible(raw)
    assert all(c in "\n\t" or c.isprintable() or c.isspace() or ord(c) > 0x9F for c in seen)
    assert not set(seen) & set("\x1b\x9b\r\xad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert plain(seen).isascii() or visible(seen) == seen
