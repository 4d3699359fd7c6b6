"""A report for searches to meet, and a gazetteer that knows no place."""

from alerts.query.document import Document
from crawler.places.place import Place

LEDE = "Federal agents arrested three men at a car wash on Lexington Street in Waltham on Friday morning."
TEXT = "\n".join(
    [
        LEDE,
        "City councilor Marta Quiroga said she was told of the operation an hour later.",
        "The men were driven to the courthouse in Cambridge, said Quiroga. Their lawyer could not be reached.",
        "A spokesperson for the agency said the men had been sought since spring.",
    ]
)


class NoPlaces:
    def look_up(self, name: str) -> Place | None:
        return None

    def suggest(self, name: str) -> tuple[str, ...]:
        return ()


def document(text: str, title: str = "Three men arrested at car wash") -> Document:
    return Document(
        title=title, text=text, language="en", kinds=("arrest",), source_id="bear-hill-post",
        source_name="Bear Hill Post", published_at=None, places=(),
    )  # fmt: skip
