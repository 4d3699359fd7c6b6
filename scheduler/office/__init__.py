"""The operator's pages: what goes wrong, and the hands to mend it. For whoever came by `icewire web login`."""

from scheduler.office.errors import LastErrors
from scheduler.office.pages import Office

__all__ = ["LastErrors", "Office"]
