"""The root of every error that a person should read."""


class IcewireError(Exception):
    """Something a person can mend: the message says what is wrong, where, and what to do about it."""
