"""When: the timetable, the daemon, the command line; the only package that knows the other two."""
