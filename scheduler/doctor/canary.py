"""Whether what was found arrives: the canary."""

from collections.abc import Iterator

from alerts.operator import missing_stories, overdue_digests
from scheduler import show
from scheduler.deployment import Deployment
from scheduler.doctor.diagnosis import Diagnosis


def look_at_canary(deployment: Deployment) -> Iterator[Diagnosis]:
    """Stories that nobody was mailed and digests that were not made, though they were due; nothing when all is well."""
    now, mend = deployment.clock(), "icewire run; its log says what fails"
    if missing := missing_stories(deployment.engine, now):
        said = f"{show.count(missing, 'story', 'stories')} should have been mailed to somebody an hour ago or more"
        yield Diagnosis("canary", "wrong", said, mend)
    if overdue := overdue_digests(deployment.engine, now):
        said = f"{show.count(overdue, 'digest')} should have been made an hour ago or more"
        yield Diagnosis("canary", "wrong", said, mend)
