"""The commands of an operator and a real mail server, Postfix as Debian has it: what leaves, and what is told."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.certificates import own_certificate
from tests.makers.commanding import Command, _here, engine, icewire  # noqa: F401
from tests.makers.mailing import READER
from tests.makers.postfix import PASSWORD, USER, Postfix, needs_postfix, postfix

pytestmark = needs_postfix
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def shared() -> Iterator[Postfix]:
    with postfix() as server:
        yield server


@pytest.fixture
def server(shared: Postfix, icewire: Command, monkeypatch: pytest.MonkeyPatch) -> Postfix:  # noqa: F811
    """The mail server that icewire.toml names, with a login."""
    shared.begin_anew()
    monkeypatch.setenv("SSL_CERT_FILE", str(shared.certificate))
    Path("smtp_password").write_text(f"{PASSWORD}\n")
    Path("smtp_password").chmod(0o400)
    with Path("icewire.toml").open("a") as settings:
        settings.write(
            f'[mail]\nsmtp_host = "127.0.0.1"\nsmtp_port = {shared.plain}\nsmtp_user = "{USER}"\n'
            'smtp_password_file = "smtp_password"\nsender = "icewire@paper.example"\noperator = "desk@paper.example"\n'
            'postal_address = "1 Main St"\ncontact = "desk@paper.example"\n[web]\npublic_url = "https://paper.example"\n'
        )
    return shared


def test_a_digest_leaves_by_a_server_that_was_logged_in_to(server: Postfix, icewire: Command) -> None:  # noqa: F811
    icewire("subscribe", READER, "raid", "--confirmed")
    assert f"127.0.0.1:{server.plain} answers (starttls)" in icewire("doctor").out
    assert icewire("digest").status == 0
    [mail] = server.arrived(1)
    assert b"with ESMTPSA" in mail
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail


def test_a_server_that_cannot_prove_its_name_is_told_and_the_digest_waits(
    server: Postfix,
    icewire: Command,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    icewire("subscribe", READER, "raid", "--confirmed")
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate(tmp_path)))
    said = icewire("digest")
    assert said.status == 1
    assert "certificate verify failed" in said.out + said.err
    said = icewire("doctor")
    assert said.status == 1
    assert f"wrong mail 127.0.0.1:{server.plain}" in said.out
    assert "certificate verify failed" in said.out
    assert server.arrived(0) == []


def test_an_address_that_nobody_has_is_listed_after_three_digests_and_gets_no_more(
    server: Postfix,
    icewire: Command,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for who in ("nobody@example.org", READER):
        icewire("subscribe", who, "raid", "--confirmed")
    for day in range(1, 5):
        icewire("digest")
        assert len(server.arrived(day)) == day
        later = float(os.environ["ICEWIRE_CLOCK_OFFSET_SECONDS"]) + DAY
        monkeypatch.setenv("ICEWIRE_CLOCK_OFFSET_SECONDS", str(later))
    [row] = icewire("subscribers", "--failing", "--json").data
    assert (row["email"], row["state"], row["times"]) == ("nobody@example.org", "bounced", 3)
    assert "nobody@example.org (no more mail goes there)" in icewire("subscribers", "--failing").out
    assert server.log.count("User unknown") == 3
