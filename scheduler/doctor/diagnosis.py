"""What was looked at, and what came of it."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: what it is, what is said of it, and what mends it, "" when nothing need be done.

    `wrong` keeps icewire from reading or from sending; `note` is for the operator to judge.
    """

    what: str
    state: Literal["ok", "note", "wrong"]
    said: str
    mend: str = ""
