"""What is asked of a new article by itself when it is placed, found where it was read, so that nobody waits for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from crawler.grouping.copies import fingerprint
from crawler.grouping.gist import Account, Candidate
from crawler.model import Article

if TYPE_CHECKING:
    from crawler.changes import Tidings
    from crawler.places import Place


class Prepared(NamedTuple):
    """An article that is not stored yet: by what copies of it are found, and what it tells. It can be pickled."""

    passages: tuple[int, ...]  # its fingerprint
    account: Account
    tidings: "Tidings"

    @classmethod
    def of(cls, article: Article, places: "Sequence[Place]") -> "Prepared":
        """All of an article that happened at these places; what costs time to find is found now."""
        from crawler.changes import Tidings  # not for who only lists stories

        new = Candidate(0, 0, article.title, article.text, article.published_at, tuple(places))
        return cls(
            fingerprint(article.title, article.text), Account.of(new).read(), Tidings.of(article.title, article.text)
        )
