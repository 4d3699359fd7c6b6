"""Where daemons of a soak come from: a process that has loaded all they need forks one for each who connects.

So a start costs next to nothing. python -m tests.benchmarks.soak.nursery FOLDER listens at the socket `nursery` in the
folder, prints a line when it does, and ends with its standard input. A daemon reads its commands from its connection
and heads its own process group. Nothing of the deployment is open here: each finds what the one before left on disk.
"""

import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
import traceback
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.benchmarks.soak.plan import Plan, read_plan
from tests.benchmarks.soak.press import address_of, number_of
from tests.benchmarks.soak.processes import SOCKET
from tests.benchmarks.soak.sim_clock import SimulatedClock
from tests.benchmarks.soak.worker import live


def know_names(plan: Plan, clock: SimulatedClock) -> None:
    """This process's name service: it knows the outlets, and fails when the plan says so."""
    to_all, to_one = socket.getaddrinfo, socket.gethostbyname

    def address(host: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if (number := number_of(name)) is None:
            return host
        if plan.on("DNS failure", clock.true(), number):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return address_of(number)

    socket.getaddrinfo = lambda host, *given, **named: to_all(address(host), *given, **named)
    socket.gethostbyname = lambda host: to_one(address(host))


def load() -> None:
    """What a daemon and its crawls need, so that no fork loads it again."""
    import scrapy.downloadermiddlewares
    import scrapy.extensions
    import scrapy.spidermiddlewares
    from scrapy.exceptions import ScrapyDeprecationWarning

    import crawler.spiders.courtesy
    import crawler.spiders.crawl  # noqa: F401
    from crawler.text import site
    from crawler.workshop.page import load

    load()
    site("https://www.paper-1.example/")
    warnings.simplefilter("ignore", ScrapyDeprecationWarning)  # of what a crawl does not use
    for package in (scrapy.downloadermiddlewares, scrapy.extensions, scrapy.spidermiddlewares):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # as in tests: else every tenth second goes into looks for garbage


def fork_for_each(listener: socket.socket, folder: Path) -> None:
    """A daemon for each who connects, until the standard input ends."""
    signal.signal(signal.SIGCHLD, _reap)
    while select.select([listener, sys.stdin], [], [])[0] == [listener]:
        connection, _ = listener.accept()
        with connection:
            if os.fork() == 0:
                listener.close()
                _become(folder, connection)


def _become(folder: Path, connection: socket.socket) -> None:
    """In a child: be a daemon, and end."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with connection.makefile("r") as commands, connection.makefile("w") as answers:
            live(folder, commands, answers)
        status = 0
    except Exception:  # noqa: BLE001  its log is its standard error
        traceback.print_exc()
    finally:
        os._exit(status)


def _reap(*_: Any) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    """Load, listen, fork."""
    folder = Path(sys.argv[1])
    know_names(read_plan(folder), SimulatedClock.of(folder))  # before Twisted is loaded, which keeps what it finds
    load()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / SOCKET))
        listener.listen()
        print("ready", flush=True)
        fork_for_each(listener, folder)


if __name__ == "__main__":
    main()
