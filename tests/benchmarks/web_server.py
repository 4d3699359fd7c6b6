"""The pages over a database, served until it is ended: `python -m tests.benchmarks.web_server FILE PORT`."""

import sys
import time
from datetime import timedelta

from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.people.members import Members
from alerts.web import Pages, WebServer, make_app
from alerts.web.guard import Places
from alerts.web.limits import ALLOWANCES, Allowance
from crawler.database import open_database
from crawler.places import shipped
from crawler.store import Store
from crawler.watch import Watchlist
from scheduler.clock import clock


def main() -> None:
    file, port = sys.argv[1], int(sys.argv[2])
    engine = open_database(f"sqlite:///{file}")
    rows = Store(engine), Members(engine), Deliveries(engine)
    links = Links(b"a key", f"http://127.0.0.1:{port}")
    freely = dict.fromkeys(ALLOWANCES, Allowance(10**6, timedelta(seconds=1)))
    pages = Pages(
        Watchlist(engine), *rows, links, shipped(), clock(), timezone="America/New_York", public=True, allowances=freely
    )
    server = WebServer(make_app(pages), "127.0.0.1", port, Places())
    server.start()
    while not server.trouble():
        time.sleep(1)


if __name__ == "__main__":
    main()
