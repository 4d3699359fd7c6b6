"""The outlets we watch: whether they can be read, what they brought, and where none is."""

from alerts.web.sources.pages import Sources

__all__ = ["Sources"]
