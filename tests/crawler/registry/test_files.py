from datetime import date
from pathlib import Path

import pytest

from crawler.model.errors import IcewireError
from crawler.registry.files import Outlet, OutletFeed, load_file, load_registry, make_id, remove_outlet, write_outlets

ENTRY = """\
[waltham-lantern]
name = "The Waltham Lantern"
homepage = "https://lantern.example/"
feeds = [{kind = "rss", url = "https://lantern.example/feed/", grade = "A"}]
city = "Waltham"
county = "Middlesex"
"""


def file(folder: Path, text: str, name: str = "ma.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def complaint(path: Path) -> str:
    with pytest.raises(IcewireError) as error:
        load_file(path)
    return str(error.value)


def outlet(id_: str, **facts: object) -> Outlet:
    feed = {"url": f"https://{id_}.example/feed/"}
    return Outlet.model_validate(
        {"id": id_, "name": id_.title(), "homepage": f"https://{id_}.example/", "feeds": [feed]} | facts
    )


@pytest.fixture(scope="module")
def shipped() -> dict[str, Outlet]:
    return load_registry(shipped=True, own=None)


def test_the_file_name_gives_the_state_and_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    assert load_file(file(tmp_path, ENTRY)) == [
        Outlet(
            id="waltham-lantern",
            name="The Waltham Lantern",
            homepage="https://lantern.example/",
            feeds=(OutletFeed(kind="rss", url="https://lantern.example/feed/", grade="A"),),
            city="Waltham",
            county="Middlesex County",
            state="MA",
            scope="local",
            language="en",
            enabled=True,
        )
    ]


def test_an_entry_may_be_of_another_state_than_its_file(tmp_path: Path) -> None:
    assert load_file(file(tmp_path, ENTRY + 'state = "New Hampshire"'))[0].state == "NH"


def test_a_file_of_any_name_needs_the_state_in_each_entry(tmp_path: Path) -> None:
    assert '[waltham-lantern] "state" is missing' in complaint(file(tmp_path, ENTRY, "mine.toml"))
    assert load_file(file(tmp_path, ENTRY + 'state = "ma"', "mine.toml"))[0].state == "MA"
    assert load_file(file(tmp_path, ENTRY + 'state = "US"', "mine.toml"))[0].state == ""


def test_a_byte_order_mark_is_no_hindrance(tmp_path: Path) -> None:
    assert load_file(file(tmp_path, "\ufeff" + ENTRY))


@pytest.mark.parametrize(
    ("county", "state", "whole"),
    [
        ("Suffolk", "MA", "Suffolk County"),
        ("Suffolk County", "MA", "Suffolk County"),
        ("Orleans", "LA", "Orleans Parish"),
        ("Richmond city", "VA", "Richmond city"),
        ("City and Borough of Juneau", "AK", "City and Borough of Juneau"),
        ("District of Columbia", "DC", "District of Columbia"),
        ("", "MA", ""),
    ],
)
def test_a_county_is_named_with_its_kind(county: str, state: str, whole: str) -> None:
    assert outlet("lantern", county=county, state=state).county == whole


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('homepag = "https://x.example/"', '"homepag" is not a key; did you mean "homepage"?'),
        ('zzz = "1"', '"zzz" is not a key; the keys are name, homepage, feeds'),
        ('scope = "loca"', "\"scope\" = 'loca' is wrong: input should be 'local', 'state'"),
        ('state = "Ontario"', "\"state\" = 'Ontario' is no state; write its USPS code"),
        ('sites = ["https://a.example/"]', "sites 1 = 'https://a.example/' is no name of a site; write it bare"),
        ('covers = ["Waltham"]', "covers 1 = 'Waltham' is not a place; write \"Waltham, MA\""),
        ('language = "English"', "\"language\" = 'English' is not a language"),
        ("owner = 7", '"owner" = 7 is wrong'),
        ("enabled = false", "is off without a reason"),
        ('verified = "soon"', "\"verified\" = 'soon' is wrong"),
        ('id = "other"', '"id" is not a key; the name in brackets is the id'),
    ],
)
def test_a_wrong_key_is_named_with_file_entry_and_remedy(tmp_path: Path, line: str, words: str) -> None:
    path = file(tmp_path, ENTRY + line)
    said = complaint(path)
    assert said.startswith(f"{path}: [waltham-lantern] ")
    assert words in said


@pytest.mark.parametrize(
    ("feeds", "words"),
    [
        ('[{url = "lantern.example/feed"}]', "\"url\" of feeds 1 = 'lantern.example/feed' is not an address"),
        ('[{url = "ftp://lantern.example/"}]', "is not an address of the web"),
        ('[{url = "https://a:b@lantern.example/"}]', "is not an address of the web"),
        ('[{urls = "https://lantern.example/"}]', '"urls" of feeds 1 is not a key; did you mean "url"?'),
        ('[{kind = "feed", url = "https://a.example/"}]', "\"kind\" of feeds 1 = 'feed' is wrong"),
        ("[]", "has no feeds; give one, or write enabled = false"),
        (
            '[{kind = "section", url = "https://a.example/", link_patterns = ["/a/", "("]}]',
            "\"link_patterns\" 2 of feeds 1 = '(' is not a regular expression: missing ), unterminated subpattern",
        ),
        ('[{kind = "section", url = "https://a.example/", link_patterns = [""]}]', "is no pattern; write a regular"),
        ('[{kind = "section", url = "https://a.example/", link_patterns = ["[[a]"]}]', "Possible nested set"),
        (
            '[{url = "https://a.example/", link_patterns = ["/a/"]}]',
            'are for a page whose links are read; write kind = "section" beside them',
        ),
    ],
)
def test_a_wrong_feed_is_named(tmp_path: Path, feeds: str, words: str) -> None:
    text = f'[lantern]\nname = "Lantern"\nhomepage = "https://lantern.example/"\nfeeds = {feeds}\n'
    assert words in complaint(file(tmp_path, text))


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    said = complaint(file(tmp_path, '[a]\nname = "A"\n[b]\nname = ""\nhomepage = "https://b.example/"\n'))
    assert said.count("\n") == 1
    assert '[a] "homepage" is missing' in said
    assert "[b] \"name\" = '' is empty" in said


def test_an_id_is_a_slug(tmp_path: Path) -> None:
    assert "[Waltham_News] \"id\" = 'Waltham_News' is not an id" in complaint(
        file(tmp_path, ENTRY.replace("waltham-lantern", "Waltham_News"))
    )


def test_a_key_outside_a_table_is_named(tmp_path: Path) -> None:
    assert "[name] stands outside a table" in complaint(file(tmp_path, 'name = "Lantern"\n'))


def test_broken_toml_names_file_and_line(tmp_path: Path) -> None:
    path = file(tmp_path, "# mine\n[a]\nname = = 1\n")
    assert complaint(path).startswith(f"{path} is not valid TOML: ")
    assert "line 3" in complaint(path)
    path.write_bytes(b"# mine\n[a]\nname = 'Jos\xe9'\n")
    assert complaint(path) == f"{path}, line 3, is not UTF-8 text; save the file as UTF-8"
    assert "cannot be read" in complaint(tmp_path / "missing.toml")


def test_two_files_of_a_folder_may_not_share_an_id(tmp_path: Path) -> None:
    file(tmp_path, ENTRY)
    file(tmp_path, ENTRY, "nh.toml")
    with pytest.raises(IcewireError, match=r"nh\.toml: \[waltham-lantern\] stands in .*ma\.toml too"):
        load_registry(shipped=False, own=tmp_path)


def test_two_outlets_of_a_folder_may_not_share_a_feed(tmp_path: Path) -> None:
    file(tmp_path, ENTRY)
    other = ENTRY.replace("waltham-lantern", "other").replace("https://lantern", "http://www.lantern")
    file(tmp_path, other, "nh.toml")
    with pytest.raises(IcewireError, match=r"nh\.toml: \[other\] has the feed .*ma\.toml: \[waltham-lantern\] has too"):
        load_registry(shipped=False, own=tmp_path)


def test_an_own_folder_need_not_exist(tmp_path: Path) -> None:
    assert load_registry(shipped=False, own=tmp_path / "none") == {}


def test_an_own_entry_replaces_the_shipped_one_whole(tmp_path: Path, shipped: dict[str, Outlet]) -> None:
    write_outlets(tmp_path / "mine.toml", [outlet("wbur", state="MA")])
    registry = load_registry(shipped=True, own=tmp_path)
    assert registry["wbur"] == outlet("wbur", state="MA")
    assert registry.keys() == shipped.keys()


def test_an_own_entry_takes_its_feed_from_the_shipped_outlet(tmp_path: Path, shipped: dict[str, Outlet]) -> None:
    feed = {"url": shipped["wbur"].feeds[0].url}
    write_outlets(tmp_path / "ma.toml", [outlet("my-radio", state="MA", feeds=[feed])])
    registry = load_registry(shipped=True, own=tmp_path)
    assert "wbur" not in registry
    assert "my-radio" in registry


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("The Daily Item (Lynn)", "the-daily-item-lynn"),
        ("Martha’s Vineyard Times", "marthas-vineyard-times"),
        ("Telegram & Gazette", "telegram-gazette"),
        ("La Opinión", "la-opinion"),
        ("世界日報", "outlet"),
        ("", "outlet"),
    ],
)
def test_an_id_is_made_of_the_name(name: str, made: str) -> None:
    assert make_id(name) == made


def test_a_made_id_is_new() -> None:
    assert make_id("Item", {"item", "item-2"}) == "item-3"


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    written = [
        outlet("plain", state="MA"),
        outlet("nation", scope="national"),
        outlet(
            "full",
            name='The "Full" Item \\ Ñandú',
            feeds=[
                {"url": "https://full.example/a"},
                {"kind": "section", "url": "https://full.example/b?k[]=1", "link_patterns": [r"/\d{4}/", "a|'\"b"]},
            ],
            city="Lynn",
            county="Essex",
            state="NH",
            kind="radio",
            language="es",
            covers=["Lynn, MA", "NH"],
            sites=["full-news.example", "one.substack.com"],
            owner="Nobody",
            enabled=False,
            reason="moved",
            note="one\ntwo",
            verified=date(2026, 10, 7),
            headline_only=True,
        ),
    ]
    path = tmp_path / "new" / "ma.toml"
    write_outlets(path, written)
    assert load_file(path) == written
    assert 'state = "US"' in path.read_text("utf-8")
    assert path.read_text("utf-8").count("state =") == 2


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_writing_keeps_what_is_there(tmp_path: Path, line_end: str, last: str) -> None:
    path = tmp_path / "ma.toml"
    before = ("# mine: keep\n" + ENTRY.strip() + " # here\n# the end" + last).replace("\n", line_end).encode()
    path.write_bytes(before)
    path.chmod(0o640)
    write_outlets(path, [outlet("new-one", state="MA")])
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\r\n") == (after.count(b"\n") if line_end == "\r\n" else 0)
    assert [o.id for o in load_file(path)] == ["waltham-lantern", "new-one"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["ma.toml"]


def test_an_outlet_is_not_written_over_another(tmp_path: Path) -> None:
    path = file(tmp_path, ENTRY)
    with pytest.raises(IcewireError, match="is there already"):
        write_outlets(path, [outlet("fresh", state="MA"), outlet("waltham-lantern", state="MA")])
    with pytest.raises(IcewireError, match="has the feed"):
        write_outlets(path, [outlet("other", state="MA", feeds=[{"url": "http://lantern.example/feed"}])])
    assert path.read_text("utf-8") == ENTRY


def test_a_broken_file_is_not_written_to(tmp_path: Path) -> None:
    path = file(tmp_path, "[a\n")
    with pytest.raises(IcewireError, match="not valid TOML"):
        write_outlets(path, [outlet("fresh")])
    assert path.read_text("utf-8") == "[a\n"


def test_writing_nothing_changes_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, ENTRY)
    write_outlets(path, [])
    assert path.read_text("utf-8") == ENTRY


def test_an_outlet_is_removed_and_all_else_stays(tmp_path: Path) -> None:
    before = "# mine\n\n" + ENTRY + "\n# about Lynn\n"
    other = ENTRY.replace("waltham-lantern", "lynn-item").replace("lantern.example", "item.example")
    path = file(tmp_path, before + other + "# the end\n")
    assert remove_outlet(tmp_path, "lynn-item") == path
    assert path.read_text("utf-8") == before + "# the end\n"
    assert remove_outlet(tmp_path, "waltham-lantern") == path
    assert path.read_text("utf-8") == "# mine\n\n# about Lynn\n# the end\n"
    assert remove_outlet(tmp_path, "waltham-lantern") is None


def test_an_outlet_with_feeds_in_tables_of_their_own_is_removed_whole(tmp_path: Path) -> None:
    feeds = 'feeds = [{kind = "rss", url = "https://lantern.example/feed/", grade = "A"}]\n'
    table = '[[waltham-lantern.feeds]]\nurl = "https://lantern.example/feed/"\n\n'
    rest = ENTRY.replace("waltham-lantern", "lynn-item").replace("lantern.example", "item.example")
    path = file(tmp_path, ENTRY.replace(feeds, "") + table + rest)
    remove_outlet(tmp_path, "waltham-lantern")
    assert path.read_text("utf-8") == rest


def test_an_entry_that_cannot_be_cut_out_safely_is_left_to_a_person(tmp_path: Path) -> None:
    rest = ENTRY.replace("waltham-lantern", "lynn-item").replace("lantern.example", "item.example")
    text = rest + 'note = """\n[waltham-lantern]\n"""\n' + ENTRY
    path = file(tmp_path, text)
    with pytest.raises(IcewireError, match="remove it there by hand"):
        remove_outlet(tmp_path, "waltham-lantern")
    assert path.read_text("utf-8") == text
