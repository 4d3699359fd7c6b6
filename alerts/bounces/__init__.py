"""Mails that come back: what they say, whose they are, and what follows."""

from alerts.bounces.bounce import Bounce
from alerts.bounces.reading import read_bounce

__all__ = ["Bounce", "read_bounce"]
