"""A real Postfix on loopback: an instance of its own in a folder of its own, which the system's knows nothing of."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.settings import MailSettings
from tests.makers.certificates import own_certificate
from tests.makers.chromium import free_port
from tests.makers.mailing import MAIL

SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
needs_postfix = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("postfix", path=SBIN) and shutil.which("saslpasswd2", path=SBIN)),
        reason="a mail server is not installed (Debian: postfix sasl2-bin libsasl2-modules)",
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix is started by root alone"),
]
QUEUES = "active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace"
USER, PASSWORD = "icewire", "a pass word"

# Every box but nobody's; for elsewhere.example it relays, but only who has logged in.
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
myhostname = mx.example.org
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
alias_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_maps = regexp:{folder}/boxes
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
transport_maps = inline:{{elsewhere.example=virtual:}}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_client_event_limit_exceptions =
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = example.org
smtpd_tls_auth_only = yes
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
cyrus_sasl_config_path = {folder}/sasl
"""
MASTER = """\
127.0.0.1:{plain} inet n - n - - smtpd
127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
virtual unix - n n - - virtual
"""
SASL = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: {folder}/users
"""


class Postfix:
    """A mail server that takes plain connections with STARTTLS on one port, and TLS alone on another."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.plain, self.tls = folder, free_port(), free_port()
        self.certificate = own_certificate(folder)
        (folder / "queue/pid").mkdir(parents=True)
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", 65534)
        for name in ("data", *(f"queue/{queue}" for queue in QUEUES.split())):
            (folder / name).mkdir(mode=0o700)
            shutil.chown(folder / name, "postfix")
        (folder / "boxes").write_text("!/^nobody@/ all/\n")
        (folder / "sasl").mkdir()
        (folder / "sasl/smtpd.conf").write_text(SASL.format(folder=folder))
        (folder / "master.cf").write_text(MASTER.format(plain=self.plain, tls=self.tls))
        command = ["saslpasswd2", "-p", "-c", "-f", str(folder / "users"), "-u", "example.org", USER]
        subprocess.run(command, input=PASSWORD, text=True, check=True, env={"PATH": SBIN})
        shutil.chown(folder / "users", "postfix")
        self._process: subprocess.Popen[bytes] | None = None
        self._otherwise: dict[str, str] = {}

    def start(self, **otherwise: str) -> None:
        """Begin to serve, or begin anew, with these parameters of main.cf other than usual."""
        self.stop()
        self._otherwise = otherwise
        lines = [f"{name} = {value}\n" for name, value in otherwise.items()]
        main = self.folder / "main.cf"
        main.write_text(MAIN.format(folder=self.folder, certificate=self.certificate) + "".join(lines))
        os.utime(main, (0, 0))  # of a file that was written just now it waits for more to come
        asked = ["postconf", "-h", "daemon_directory"]
        found = subprocess.run(asked, capture_output=True, check=True, text=True, env={"PATH": SBIN})
        self._process = subprocess.Popen([f"{found.stdout.strip()}/master", "-c", str(self.folder), "-s"])
        self._wait_until(listening=True)

    def stop(self) -> None:
        """End it, in the middle of whatever it is at."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
            self._wait_until(listening=False)  # its children have its sockets

    def settings(self, security: str = "none", login: str = "") -> MailSettings:
        """How mail is sent through it; with a password, as its user."""
        port = self.tls if security == "tls" else self.plain
        to = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": security, "sender": MAIL.sender}
        person = {"smtp_user": USER, "smtp_password": login} if login else {}
        law = {"postal_address": MAIL.postal_address, "contact": MAIL.contact}
        return MailSettings.model_validate({**to, **person, **law})

    def arrived(self, mails: int, seconds: float = 20) -> list[bytes]:
        """What lies in the boxes, once it is so many mails: each with the lines above it that a server writes."""
        end = time.monotonic() + seconds
        while len(found := list((self.folder / "mail/all/new").glob("*"))) < mails:
            assert time.monotonic() < end, self.log
            time.sleep(0.02)
        return [file.read_bytes() for file in found]

    def begin_anew(self) -> None:
        """As usual, and as if nothing had arrived yet."""
        if self._otherwise or not self._process:
            self.start()
        shutil.rmtree(self.folder / "mail/all", ignore_errors=True)

    @property
    def log(self) -> str:
        """What it says of itself."""
        return (self.folder / "log").read_text()

    def _wait_until(self, listening: bool) -> None:
        end = time.monotonic() + 20
        while self._listens() is not listening:
            assert time.monotonic() < end, self.log
            time.sleep(0.01)

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.plain), 20):
            return True
        return False


@contextlib.contextmanager
def postfix() -> Iterator[Postfix]:
    """One that runs meanwhile."""
    # Not pytest's own folder, into which the server's own users may not look.
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postfix(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
