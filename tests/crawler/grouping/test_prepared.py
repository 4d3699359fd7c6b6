"""What a worker finds of an article goes through a pipe and is what would be found here."""

import pickle

from crawler.changes.tidings import Tidings
from crawler.grouping.copies import fingerprint
from crawler.grouping.gist import Account
from crawler.grouping.prepared import Prepared
from tests.makers.making import article
from tests.makers.reports import DAY, OWN, OWN_TITLE, WALTHAM

PREPARED = Prepared.of(article("own", title=OWN_TITLE, text=OWN, published_at=DAY), (WALTHAM,))
ACCOUNT = Account(0, 0, OWN_TITLE, OWN, DAY, (WALTHAM,))
FOUND = ("terms", "headline", "people", "ages", "form", "cities", "where", "names", "surnames", "numbers")


def test_what_was_found_elsewhere_is_found_here() -> None:
    passages, account, tidings = pickle.loads(pickle.dumps(PREPARED))
    assert passages == fingerprint(OWN_TITLE, OWN)
    for name in FOUND:
        assert account.__dict__[name] == getattr(ACCOUNT, name), name
    for name in ("title_words", "sentence_keys", "keys"):
        assert tidings.__dict__[name] == getattr(Tidings(OWN_TITLE, OWN), name), name


def test_stored_it_tells_the_same_without_being_read_again() -> None:
    known = PREPARED.account.stored_as(7, 3, by_hand=True)
    assert (known.article_id, known.story_id, known.by_hand, known.opening) == (7, 3, True, OWN)
    assert {name: known.__dict__[name] for name in FOUND} == {name: getattr(ACCOUNT, name) for name in FOUND}
