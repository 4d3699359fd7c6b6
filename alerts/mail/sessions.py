"""The sessions that one mailer has with its server, for the threads that send by it."""

import logging
import smtplib
import threading
from collections.abc import Callable

from alerts.mail.session import Session

log = logging.getLogger(__name__)

MOST_MAILS = 100  # on one connection: many servers end it after some hundred


class OpenSessions:
    """As many as asked for, or as the server allows at once; each serves one mail at a time, and many in turn."""

    def __init__(self, connect: Callable[[], Session], most: int) -> None:
        self._connect, self._most = connect, most
        self._idle: list[Session] = []
        self._open = self._opening = 0  # open: idle or at a mail
        self._changed = threading.Condition()

    def take(self) -> Session:
        """One that is idle, or a new one; where there may be no more, the next that is.

        Raises OSError, SMTPException or ValueError, as connecting does, unless there are others that can serve.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._idle or self._open + self._opening < self._most)
                if self._idle:
                    return self._idle.pop()
                self._opening += 1
            opened = 0
            try:
                session = self._connect()
                opened = 1
            except (smtplib.SMTPException, OSError, ValueError) as error:
                if not self._can_do_with_fewer(error):
                    raise
            else:
                return session
            finally:
                with self._changed:
                    self._opening -= 1
                    self._open += opened
                    self._changed.notify_all()

    def _can_do_with_fewer(self, error: Exception) -> bool:
        """Whether others are open: then the server wants no more than these, until the mailer begins anew."""
        with self._changed:
            if not self._open:
                return False
            if self._open < self._most:
                log.info("the mail server takes no more than %d connections at once: %s", self._open, error)
                self._most = self._open
            return True

    def give_back(self, session: Session) -> None:
        """It has served a mail; one that is closed, or has served enough, is replaced when it is needed."""
        if session.sock and session.mails >= MOST_MAILS:
            session.say_goodbye()
            session.leave()
        with self._changed:
            if session.sock:
                self._idle.append(session)
            else:
                self._open -= 1
            self._changed.notify()

    def close(self) -> None:
        """End those that are idle, all at once."""
        with self._changed:
            ending, self._idle = self._idle, []
            self._open -= len(ending)
        for session in ending:
            session.say_goodbye()
        for session in ending:
            session.leave()
