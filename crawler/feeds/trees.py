"""Text as a tree of elements; what a parser without memory left gives is told from a document that ends there."""

from lxml import etree
from lxml import html as lxml_html

_OUT_OF_MEMORY = etree.ErrorTypes.ERR_NO_MEMORY


def xml_tree(text: str) -> tuple[etree._Element | None, etree._ListErrorLog]:
    """What a recovering parser sees, None where it sees nothing, and what it complained of. Raises MemoryError."""
    # Recovering, since one broken row must not cost the others.
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # nothing could be recovered, as with elements nested without end
        tree = None
    _check(parser.error_log)
    return tree, parser.error_log


def html_tree(text: str) -> lxml_html.HtmlElement:
    """A page as browsers see it. Raises MemoryError, and etree.ParserError when there is not one element in it."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
    tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    _check(parser.error_log)
    return tree


def _check(errors: etree._ListErrorLog) -> None:
    if any(error.type == _OUT_OF_MEMORY for error in errors):
        raise MemoryError
