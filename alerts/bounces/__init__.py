"""Mails that come back: what they say, whose they are, and what follows."""

from alerts.bounces.bounce import Bounce
from alerts.bounces.boxes import Box, box_of
from alerts.bounces.reading import read_bounce
from alerts.bounces.recording import Outcome, record_bounce
from alerts.bounces.return_path import ReturnPaths

__all__ = ["Bounce", "Box", "Outcome", "ReturnPaths", "box_of", "read_bounce", "record_bounce"]
