"""The style of our mails: in their elements, as not every mail program heeds a sheet."""

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from css_inline import CSSInliner

_BLANK = re.compile(r"\n\s*\n")


def styled(page: str) -> str:
    """A page of HTML with the rules of mail.css in its elements, without empty lines."""
    return _BLANK.sub("\n", _inliner().inline(page))


def styled_part(html: str) -> str:
    """The same of some elements that stand in a page's body. The rules must not ask what stands around those."""
    return _BLANK.sub("\n", _inliner().inline_fragment(html, ""))


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # only for who writes a mail

    sheet = files(__package__).joinpath("templates/mail.css").read_text("utf-8")
    return CSSInliner(
        extra_css=sheet, inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False, minify_css=True
    )
