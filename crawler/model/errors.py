"""The root of every error that a person should read."""

from crawler.model.why import Why, as_written


class IcewireError(Exception):
    """Something a person can mend: the message says what is wrong, where, and what to do about it.

    One that the database may keep is made with a reason instead; who shows it makes the sentence.
    """

    def __init__(self, said: str | Why = "") -> None:
        super().__init__(said)
        self.why = said if isinstance(said, Why) else as_written(said)
