"""What a mail that came back says, as a value."""

from dataclasses import dataclass
from typing import Literal

BounceKind = Literal["hard", "soft", "complaint", "none"]
BounceAbout = Literal["recipient", "full", "us", "mail", "later", ""]  # as in answers.toml; "" = it does not say


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of a mail of ours, as its report says; who may say so is another question.

    `hard`: it will never be taken. `soft`: a later mail may be. `complaint`: its reader calls it spam. `none`: it says
    nothing of the kind, or is no report at all.
    """

    kind: BounceKind = "none"
    about: BounceAbout = ""
    final: bool = True  # of a soft one: False when the mail is still being tried
    status: str = ""  # "5.1.1"
    said: str = ""  # the server's words
    recipients: tuple[str, ...] = ()  # whom it is about, in small letters
    message_ids: tuple[str, ...] = ()  # of the mails that it may be about, with their brackets
    sent_to: tuple[str, ...] = ()  # the addresses that it was sent to itself: one may be a return path of ours
