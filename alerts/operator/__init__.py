"""What the operator wants to know."""

from alerts.operator.canary import missing_stories, overdue_digests
from alerts.operator.readiness import NO_ANSWER, database_parts, timetable_part
from alerts.operator.report import queue_report
from alerts.operator.running import JobRun, Running
from alerts.operator.status import Status, status_of
from alerts.operator.vitals import MailQueue, Vitals, vitals_of

__all__ = [
    "NO_ANSWER",
    "JobRun",
    "MailQueue",
    "Running",
    "Status",
    "Vitals",
    "database_parts",
    "missing_stories",
    "overdue_digests",
    "queue_report",
    "status_of",
    "timetable_part",
    "vitals_of",
]
