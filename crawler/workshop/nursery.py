"""Imported by the one process that workers are forked from, and by nobody else: what they need is loaded once.

So a new worker is there within a moment, however slow the machine, and all share most of their memory. This is the one
module that does something when it is imported, as multiprocessing's fork server takes nothing but names of modules.
"""

import gc
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)  # before the seconds of loading: Ctrl-C is the crawl's affair

from crawler.feeds import read_feed  # noqa: E402, F401  feeds are read here, too
from crawler.workshop.memory import give_back  # noqa: E402
from crawler.workshop.page import load  # noqa: E402

give_back()
load()
gc.collect()
gc.freeze()  # else the first collection in each worker would touch, and so copy, all of it
