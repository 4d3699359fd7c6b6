"""Settings that would spoil mails are named."""

from pathlib import Path

import pytest

from alerts.settings import DigestSettings, MailSettings, known_timezone
from scheduler.commands.people import smtp_address
from scheduler.settings import SettingsError, load


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[mail]\nsender = "icewire"', r"icewire.toml, mail.sender: 'icewire' is not an e-mail address; write it like"),
        ('[mail]\nsender = "icewire@192.168.1.9"', r"mail.sender: 'icewire@192.168.1.9' is not an e-mail address"),
        ('[mail]\noperator = "desk"', r"mail.operator: 'desk' is not an e-mail address"),
        ('[mail]\nsender = "a b@c"', r"mail.sender: 'a b@c' is not an e-mail address"),
        ('[mail]\npostal_address = "1 Main St\\nWaltham"', r"mail.postal_address: .* write it in one line"),
        ('[mail]\ncontact = "a@b.example\\nBcc: x"', r"mail.contact: .* write it in one line"),
        ('[web]\npublic_url = "alerts.example.org"', r"web.public_url: .* write it like https://alerts.example.org"),
        ('[web]\npublic_url = "https://"', r"web.public_url: .* is not a web address"),
    ],
)
def test_a_setting_that_would_spoil_mails_is_named(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("icewire.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=said):
        load()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("icewire@localhost", "icewire@localhost"),
        ("icewire@mailhost", "icewire@mailhost"),
        ("icewire@server.local", "icewire@server.local"),
        ("icewire@bücher.example", "icewire@xn--bcher-kva.example"),
    ],
)
def test_who_writes_and_who_reads_may_be_of_ones_own_network(given: str, kept: str) -> None:
    assert MailSettings(sender=given).sender == kept
    assert MailSettings(operator=given).operator == kept
    assert smtp_address(f" {given.title()}") == kept


@pytest.mark.parametrize("name", ["localtime", "posixrules", "Factory", "right/America/Chicago", "posix/US/Hawaii"])
def test_what_means_another_zone_on_another_machine_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        DigestSettings(timezone=name)


@pytest.mark.parametrize("name", ["", "America", "America/", "../America/Chicago", " America/Chicago", "Central", "\0"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        known_timezone(name)


@pytest.mark.parametrize("name", ["America/Indiana/Knox", "US/Hawaii", "Pacific/Guam", "America/Puerto_Rico", "UTC"])
def test_a_zone_of_the_country_is_one(name: str) -> None:
    assert known_timezone(name) == name
