"""A real Maildir, and a real conversation in IMAP: each mail is shown once, deleted or set aside."""

import mailbox
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.bounces.boxes import ImapBox, MaildirBox, box_of
from alerts.locale import worded
from alerts.settings import BounceSettings
from crawler.model import IcewireError
from tests.makers.certificates import own_certificate
from tests.makers.imap_server import ImapServer

pytestmark = pytest.mark.slow

ASIDE = "icewire-unread"


def settings(server: ImapServer, **given: object) -> BounceSettings:
    facts = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "imap_user": "icewire"}
    return BounceSettings.model_validate({**facts, "imap_password": "secret", **given})


def taking(seen: list[bytes]) -> Callable[[bytes], bool]:
    """Is done with all but what is strange."""

    def is_done(raw: bytes) -> bool:
        seen.append(raw)
        return b"strange" not in raw

    return is_done


def test_a_maildir_is_emptied_and_what_is_strange_is_kept(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    for text in (b"Subject: one\n\n", b"Subject: strange\n\nkept to the byte \xff\n", b"Subject: three\n\n"):
        box.add(text)
    seen: list[bytes] = []
    ours = MaildirBox(tmp_path / "box", ASIDE)
    assert ours.waiting() == 3
    assert ours.look_through(taking(seen)) == 3
    assert ours.look_through(taking(seen)) == 0
    assert len(seen) == 3
    [kept] = mailbox.Maildir(tmp_path / "box").get_folder(ASIDE)
    assert b"kept to the byte \xff" in kept.as_bytes()


def test_a_maildir_that_is_not_there_is_said(tmp_path: Path) -> None:
    ours = MaildirBox(tmp_path / "none", ASIDE)
    with pytest.raises(IcewireError) as raised:
        ours.look_through(lambda raw: True)
    assert worded(raised.value).startswith(f"the box for bounces at {tmp_path}/none cannot be read")
    with pytest.raises(IcewireError):
        ours.waiting()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("moves", [True, False])
def test_an_imap_folder_is_emptied_and_what_is_strange_is_moved(moves: bool) -> None:
    with ImapServer(moves=moves) as server:
        for text in (b"Subject: one\r\n\r\n", b"Subject: strange\r\n\r\n\xff", b"Subject: three\r\n\r\n"):
            server.put(text)
        seen: list[bytes] = []
        box = ImapBox(settings(server))
        assert box.waiting() == 3
        assert box.look_through(taking(seen)) == 3
        assert box.look_through(taking(seen)) == 0
        assert server.folders["INBOX"] == {}
        assert list(server.folders[ASIDE].values()) == [b"Subject: strange\r\n\r\n\xff"]
        assert len(seen) == 3
        assert server.said[-1] == "LOGOUT"


def test_what_is_cut_off_is_shown_again() -> None:
    class Stopped(Exception):
        pass

    def stop(raw: bytes) -> bool:
        raise Stopped

    with ImapServer() as server:
        server.put(b"Subject: one\r\n\r\n")
        with pytest.raises(Stopped):
            ImapBox(settings(server)).look_through(stop)
        assert ImapBox(settings(server)).look_through(lambda raw: True) == 1


@pytest.mark.parametrize(
    "given",
    [{"imap_password": "wrong"}, {"imap_folder": "none"}, {"imap_port": 1}, {"imap_password": "señal"}],
    ids=["password", "folder", "port", "letters"],
)
def test_an_account_that_cannot_be_read_is_said(given: dict[str, object]) -> None:
    with ImapServer() as server, pytest.raises(IcewireError) as raised:
        ImapBox(settings(server, **given)).look_through(lambda raw: True)
    assert "the box for bounces at 127.0.0.1:" in worded(raised.value)


@pytest.mark.slow
def test_over_tls_only_a_server_that_proves_its_name_hears_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = own_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ImapServer(context) as server:
        server.put(b"Subject: one\r\n\r\n")
        box = ImapBox(settings(server, imap_security="tls"))
        with pytest.raises(IcewireError, match="certificate"):
            box.look_through(lambda raw: True)
        assert server.said == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert box.look_through(lambda raw: True) == 1


def test_which_box_the_settings_mean(tmp_path: Path) -> None:
    assert box_of(BounceSettings()) is None
    assert isinstance(box_of(BounceSettings(maildir=tmp_path)), MaildirBox)
    assert isinstance(box_of(BounceSettings(imap_host="mail.example.org")), ImapBox)
