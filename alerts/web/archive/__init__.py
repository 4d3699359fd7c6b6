"""The archive: lists of stories, a story, a county's week, the front page; each also as data."""

from alerts.web.archive.line import ReadingLine
from alerts.web.archive.routes import Archive

__all__ = ["Archive", "ReadingLine"]
