"""One's own searches: asking for them, and changing them by a link that was mailed."""

from alerts.web.account.following import Following
from alerts.web.account.joining import Joining
from alerts.web.account.managing import Managing
from alerts.web.account.reception import Reception, is_own

__all__ = ["Following", "Joining", "Managing", "Reception", "is_own"]
