"""Secrets in files: the service and the commands read them alike, and what is wrong with one is told."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.engine import make_url

from scheduler.environment import for_a_crawl
from scheduler.secret_files import is_open_to_others, read_secret, with_password
from scheduler.settings import SettingsError, load


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("secret").write_text("correct horse\n")


def write(text: str) -> Path:
    Path("etc").mkdir(exist_ok=True)
    file = Path("etc/icewire.toml")
    file.write_text(text)
    return file


def test_passwords_come_from_the_files_that_the_settings_name() -> None:
    mail = '[mail]\nsmtp_password_file = "../secret"\n[bounces]\nimap_password_file = "../secret"\n'
    settings = load(write(mail + '[database]\nurl = "postgresql://me@db.example/news"\npassword_file = "../secret"\n'))
    assert settings.mail.smtp_password.get_secret_value() == "correct horse"
    assert settings.bounces.imap_password.get_secret_value() == "correct horse"
    url = make_url(settings.database_url)
    assert (url.password, url.host) == ("correct horse", "db.example")


@given(some.text(min_size=1).filter(lambda text: text.isprintable() and text.strip()))
def test_any_password_stands_in_the_databases_address_as_it_is(password: str) -> None:
    read = make_url(with_password("postgresql://me@db.example:5433/news", password))
    assert (read.username, read.password, read.host, read.port) == ("me", password, "db.example", 5433)


def test_a_crawl_gets_no_password_of_the_mail_from_a_file_either(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        '[mail]\nsmtp_password_file = "../secret"\n[database]\nurl = "postgresql://me@x/n"\npassword_file = "../secret"'
    )
    settings = load(write(text))
    given = for_a_crawl(settings, {})
    assert not [name for name in given if "MAIL" in name or "BOUNCES" in name]
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert load(Path(os.devnull)).database_url == settings.database_url


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file; write the secret into it"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"one\ntwo\n", "more than one line"),
        (b"x" * 5000, "more than one line"),
        (b"\xff\xfe", "is not text in UTF-8"),
        ("folder", "is a folder; name the file itself"),
        ("pipe", "is no plain file"),
    ],
)
def test_a_file_that_holds_no_secret_is_told_with_setting_and_remedy(content: bytes | str | None, said: str) -> None:
    file = Path("secret")
    file.unlink()
    if content == "folder":
        file.mkdir()
    elif content == "pipe":
        os.mkfifo(file)
    elif isinstance(content, bytes):
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^etc/icewire.toml, mail.smtp_password_file: .*secret") as error:
        load(write('[mail]\nsmtp_password_file = "../secret"\n'))
    assert said in str(error.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told() -> None:
    Path("secret").chmod(0)
    with pytest.raises(ValueError, match=r"cannot be read by this user .*chmod 0400"):
        read_secret(Path("secret"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[mail]\nsmtp_password = "x"\nsmtp_password_file = "../secret"', "smtp_password is set as well"),
        ('[database]\npassword_file = "../secret"', "set database.url, too"),
        ('[database]\nurl = "sqlite:///x.db"\npassword_file = "../secret"', "SQLite has no password"),
        ('[database]\nurl = "postgresql://me:x@h/n"\npassword_file = "../secret"', "holds a password as well"),
    ],
)
def test_two_places_for_one_secret_are_one_too_many(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(write(text))


def test_white_space_within_a_password_stays_and_one_line_end_goes() -> None:
    Path("secret").write_bytes(b" a b \r\n")
    assert read_secret(Path("secret")) == " a b "


def test_that_others_can_read_it_is_known() -> None:
    file = Path("secret")
    for mode, is_open in ((0o644, True), (0o440, False), (0o400, False)):
        file.chmod(mode)
        assert is_open_to_others(file) is is_open
    assert not is_open_to_others(Path("nowhere"))
