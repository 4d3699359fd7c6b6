"""The topic that this process watches for. There is one, and processes that it starts have the same."""

import os
from functools import cache
from pathlib import Path

from crawler.topic.subject import Subject
from crawler.topic.terms import FILE, TopicError

VARIABLE = "ICEWIRE_WATCH__TOPIC"  # the setting's own, which a crawl and its workers are given in any case
SHIPPED = Path(__file__).with_name("ice")


def choose(folder: Path) -> None:
    """Watch for the topic of a folder; Path() is the shipped one. To be called before anything is judged.

    Raises TopicError when it is no such folder; what is wrong in its files is told when they are read.
    """
    if folder == Path():
        os.environ.pop(VARIABLE, None)
    elif not (folder / FILE).is_file():
        raise TopicError(f"watch.topic: {folder / FILE} is missing; expected the folder of a topic")
    else:
        os.environ[VARIABLE] = str(folder.absolute())


def chosen() -> Subject:
    """The topic that was chosen; its data is loaded once in a process, when it is first needed."""
    return _subject(os.environ.get(VARIABLE, ""))


@cache
def _subject(written: str) -> Subject:
    folder = Path(written)
    return Subject(SHIPPED if folder == Path() else folder)
