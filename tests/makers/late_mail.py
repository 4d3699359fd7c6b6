"""A mail server that takes its time with the answer to the final dot, for any number of senders at once."""

import socket
import threading
import time
from typing import Self

from alerts.settings import MailSettings
from tests.makers.mailing import MAIL
from tests.makers.smtp_lines import text_of


class LateServer:
    """Keeps every copy that it was given whole, and answers each after so many seconds."""

    def __init__(self, late: float) -> None:
        self.late = late
        self.copies: list[bytes] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    @property
    def settings(self) -> MailSettings:
        port = self._listener.getsockname()[1]
        return MAIL.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"})

    def wait_for(self, copies: int, seconds: float = 60) -> None:
        """Until so many copies were given to it whole."""
        end = time.monotonic() + seconds
        while len(self.copies) < copies:
            assert time.monotonic() < end
            time.sleep(0.01)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._converse, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 late\r\n")
                for line in lines:
                    verb = line[:4].upper()
                    connection.sendall(b"354 go on\r\n" if verb == b"DATA" else b"250 ok\r\n")
                    if verb == b"DATA":
                        if (text := text_of(lines)) is None:
                            return
                        self.copies.append(text)
                        self._over.wait(self.late)
                        connection.sendall(b"250 taken\r\n")
        except OSError:  # who sent it has gone
            pass
