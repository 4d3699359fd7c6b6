"""Where stories were, on maps and by the week, each with its table."""

from alerts.web.maps.pages import Maps

__all__ = ["Maps"]
