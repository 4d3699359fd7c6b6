"""What the operator wants to know."""

from alerts.operator.report import queue_report
from alerts.operator.status import Status, status_of

__all__ = ["Status", "queue_report", "status_of"]
