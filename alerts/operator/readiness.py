"""Whether icewire can do its work now: what a load balancer, or whoever restarts it, asks. It tells no figure."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from alerts.operator.vitals import overdue
from crawler.database import reading

STUCK_AFTER = 1800.0  # seconds after which a mail should have been tried; GOV.UK is told of a mail of half an hour
NO_ANSWER = "does not answer"


def database_parts(engine: Engine, revision: str, now: datetime) -> dict[str, str]:
    """Of the database and the queue in it: "ok", or what is amiss. `revision`: the newest that this icewire knows."""
    try:
        with Session(reading(engine)) as session:
            found = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
            if found != revision:
                return {"database": "is of another version", "queue": "unknown"}
            return {"database": "ok", "queue": "is stuck" if overdue(session, now) > STUCK_AFTER else "ok"}
    except SQLAlchemyError:
        return {"database": NO_ANSWER, "queue": "unknown"}


def timetable_part(troubles: Mapping[str, str]) -> dict[str, str]:
    """Of the timetable."""
    return {"timetable": "does not tick" if "timetable" in troubles else "ok"}
