"""What a database held before a newer icewire brings its tables up to date: the way back to the older one."""

import logging
from datetime import datetime

from sqlalchemy import Engine

from crawler.model import IcewireError
from scheduler.keeping.backup import default_place, make_backup
from scheduler.settings import Settings

log = logging.getLogger("icewire")


def keep_before_upgrade(engine: Engine, settings: Settings, now: datetime) -> None:
    """Make a backup where they usually are. Raises IcewireError, and then nothing was upgraded."""
    place = default_place(settings.data, now)
    try:
        make_backup(engine, settings, place, now)
    except IcewireError as error:
        raise IcewireError(
            f"this icewire has newer tables, and no backup could be made of the older ones: {error}. Mend that and "
            "start it again; or do without that backup: database.backup_before_upgrade = false"
        ) from error
    log.info("the tables are brought up to date; %s holds what was there before", place)
