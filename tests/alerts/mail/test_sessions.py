"""Many mails over few connections: one that died is replaced, a server that allows fewer gets fewer, none doubles."""

import random
import socket
import threading
from datetime import datetime
from pathlib import Path
from typing import IO, Self

import pytest

from alerts.digest.post import Post
from alerts.locale import worded
from alerts.mail.carriers import DeliveryDelayed, DeliveryRefused, SmtpMailer
from alerts.mail.outgoing import MOST_OF_A_DOMAIN, Outgoing
from alerts.mail.sending import deliver
from alerts.people.subscriber import Delivery
from alerts.settings import MailSettings
from tests.makers.killing import kill_again_and_again
from tests.makers.mail_sink import mail_sink
from tests.makers.mailing import MAIL, ask
from tests.makers.smtp_lines import text_of

MAIL_TEXT = b"Subject: x\r\n\r\nx\r\n"


class Short:
    """A mail server whose connections serve so many mails, and of which so many may be open at once."""

    def __init__(self, mails: int, at: str = "", answer: str = "", most: int = 99, pipelining: bool = True) -> None:
        self.mails, self.at, self.answer, self.most, self.pipelining = mails, at, answer, most, pipelining
        self.taken: list[bytes] = []
        self.connections = self.refused = 0
        self._open = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.all_open = threading.Barrier(1)

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def settings(self, connections: int = 1) -> MailSettings:
        to = {"smtp_host": "127.0.0.1", "smtp_port": self._listener.getsockname()[1], "smtp_security": "none"}
        return MAIL.model_copy(update={**to, "connections": connections})

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            if self._open >= self.most:
                self.refused += 1
                connection.sendall(b"421 too many connections\r\n")
                return
            self._open += 1
            self.connections += 1
            try:
                self._serve(connection, lines)
            except OSError:  # whoever sends has gone
                pass
            finally:
                self._open -= 1

    def _serve(self, connection: socket.socket, lines: IO[bytes]) -> None:
        served = 0
        connection.sendall(b"220 short\r\n")
        for line in lines:
            verb = line[:4].strip().upper().decode()
            if served >= self.mails and verb == self.at:
                connection.sendall(self.answer.encode())
                return
            if verb == "EHLO":
                connection.sendall(b"250-short\r\n250 PIPELINING\r\n" if self.pipelining else b"250 short\r\n")
                continue
            connection.sendall(b"550 5.1.1 nobody\r\n" if b"RCPT TO:<nobody" in line else _said(verb))
            if verb == "DATA":
                text = text_of(lines)
                if text is None or (served >= self.mails and self.at == "end"):
                    return
                self.taken.append(text)
                served += 1
                connection.sendall(b"250 taken\r\n")


def _said(verb: str) -> bytes:
    return {"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n")


@pytest.mark.slow
@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("at", ["RSET", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["", "421 enough\r\n"])
def test_a_connection_that_is_over_before_the_mail_has_left_is_replaced_at_once(
    at: str, answer: str, pipelining: bool
) -> None:
    with Short(2, at, answer, pipelining=pipelining) as server:
        mailer = SmtpMailer(server.settings())
        for n in range(5):
            mailer.send("reader@example.org", b"X-N: %d\r\n" % n + MAIL_TEXT)
        mailer.close()
    assert [text[:6] for text in server.taken] == [b"X-N: %d" % n for n in range(5)]
    assert server.connections == 3


@pytest.mark.slow
def test_a_connection_that_is_over_after_the_mail_has_left_leaves_it_in_doubt() -> None:
    with Short(1, "end") as server:
        mailer = SmtpMailer(server.settings())
        mailer.send("reader@example.org", MAIL_TEXT)
        with pytest.raises(DeliveryDelayed) as raised:
            mailer.send("reader@example.org", MAIL_TEXT)
    assert raised.value.in_doubt
    assert (len(server.taken), server.connections) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_refused_recipient_is_told_and_costs_the_next_mail_nothing(pipelining: bool) -> None:
    with Short(99, pipelining=pipelining) as server:
        mailer = SmtpMailer(server.settings())
        with pytest.raises(DeliveryRefused, match="nobody") as raised:
            mailer.send("nobody@example.org", MAIL_TEXT)
        if not pipelining:
            mailer.send("reader@example.org", MAIL_TEXT)
            assert (len(server.taken), server.connections) == (1, 1)
        mailer.close()
    assert raised.value.nobody
    assert "550 5.1.1 nobody" in worded(raised.value)


@pytest.mark.slow
def test_a_server_that_allows_fewer_connections_gets_fewer_and_every_mail(post: Post, now: datetime) -> None:
    for n in range(40):
        ask(post, now, f"r{n}@d{n}.example.org")
    with Short(99, most=3) as server:
        mail = server.settings(10)
        assert deliver(post.deliveries, SmtpMailer(mail), mail, lambda: now) == (40, 0)
    assert len(set(server.taken)) == len(server.taken) == 40
    assert server.connections <= 3


def test_no_more_than_four_go_to_a_domain_at_once_and_the_others_do_not_wait_for_it() -> None:
    waiting = Outgoing()
    names = [*[f"r{n}@big.example" for n in range(70)], "a@small.example", "b@Small.example"]
    made = [Delivery(recipient=name) for name in names]  # type: ignore[call-arg]
    waiting.add(made)
    left = [delivery.recipient for delivery in iter(waiting.next, None)]
    assert sum(name.endswith("big.example") for name in left) == MOST_OF_A_DOMAIN
    assert {"a@small.example", "b@Small.example"} < set(left)
    assert waiting.crowded == ["big.example"]
    waiting.arrived(made[0])
    assert waiting.next() is made[MOST_OF_A_DOMAIN]


@pytest.mark.slow
def test_senders_that_are_killed_lose_nothing_and_repeat_no_more_than_was_on_its_way(
    post: Post, database_url: str, tmp_path: Path, now: datetime
) -> None:
    for n in range(300):
        ask(post, now, f"r{n}@d{n}.example.org")
    post.deliveries.engine.dispose()
    log = tmp_path / "log"
    with mail_sink(0.02, log) as port:
        mail = MAIL.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"})
        found = kill_again_and_again(database_url, mail, log, now, 5, random.Random(7))
    assert (found.lost, found.are_same) == (0, True)
    assert max(found.repeated) <= mail.connections
