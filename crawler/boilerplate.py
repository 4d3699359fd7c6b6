"""Lines that stand in an article's body but are not of the article: invitations, captions, links to other stories."""

import re

from lxml import etree
from lxml.html import HtmlElement

from crawler.words import fold

_SHORT = 260  # an invitation is short; a paragraph that begins like one is not dropped
_INVITATION = re.compile(
    r"^\W*(?:read (?:more|also|next)\b|also read\b|see also\b|up next\W*$|trending\b|most (?:read|popular)\b"
    r"|more (?:from|stories|coverage)\b|recommended\W*$|you (?:may|might) (?:also )?(?:like|be interested)"
    r"|related(?: (?:stor(?:y|ies)|articles?|coverage|content|links?|posts?|topics?))?\W*(?::|$)"
    r"|le(?:a|e) (?:tambi[eé]n|m[aá]s)\b|[lt]e puede interesar|tambi[eé]n (?:lea|lee)\b|m[aá]s noticias"
    r"|sign up (?:for|to|here|now)\b|subscribe (?:to|now|here|today)\b|subscribe\W*$|suscr[ií]b[ae](?:se|te)\b"
    r"|get (?:the latest|breaking|local news|top stories|our (?:free|daily|weekly))\b|(?:our |free )*newsletters?\W*$"
    r"|join (?:our|thousands)\b|follow (?:us|\S+ on (?:x|twitter|facebook|instagram|bluesky))\b|like us on|find us on"
    r"|download (?:our|the)(?: \S+){0,3} app\b|(?:click|tap) (?:here|to (?:read|see|view|share|subscribe|sign))\b"
    r"|share (?:this (?:story|article|post|page)|on (?:facebook|x|twitter))\b|comments?\W*(?:\d+\W*)?$"
    r"|leave a (?:comment|reply)\b|advertisements?\W*$|story continues\b|article continues\b|continue reading\b"
    r"|publicidad\W*$|support (?:local|independent|our|nonprofit) (?:news|journalism|reporting|newsroom)\b|donate\W*$"
    r"|become a (?:member|subscriber)\b|already a subscriber\b|loading\W*$|listen(?: now)?\W*\d+:\d+"
    r"|watch (?:live|now)\W*$|copyright (?:©|\(c\)|\d{4})|©|all rights reserved"
    r"|the post .{1,200} (?:appeared first on|first appeared on) .{1,80}$|la entrada .{1,200} se public[oó] primero en"
    r"|have a (?:news )?tip\b|todos los derechos reservados)",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"^\W*(?:photos?|images?|foto(?:graf[ií]a)?s?|file photo|courtesy photo|picture)\s*(?::|by\b|credit|courtesy|/)"
    r"|\([^()]{0,60}\b(?:photo|foto|via ap|getty images|courtesy of)\b[^()]{0,40}\)\W*$"
    r"|\bap photo/|/ ?getty images\W*$",
    re.IGNORECASE,
)
_CAPTION_WORDS = ("photo", "foto", "image", "picture", "via ap", "courtesy of")  # each caption has one
_LONGEST_CAPTION = 400
_REPEATED = 80  # a long line stands once; short ones (a name, a score) may come again
_LEAST_LINK = 4  # words; shorter ones are names and headings
_AROUND_LINK = frozenset(("strong", "b", "em", "i", "span", "u", "font", "p", "li", "h2", "h3", "h4", "h5", "h6"))
_MARKED = (  # one paragraph at most
    "descendant-or-self::figcaption"
    " | descendant-or-self::*/@class[contains(., 'caption') or contains(., 'photo-credit')]/parent::*[not(.//p[2])]"
)


def drop(lines: list[str], tree: HtmlElement, title: str = "") -> list[str]:
    """The lines without boilerplate, repeated lines and the title itself, in order."""
    folded_lines = [(line, fold(line)) for line in lines]
    suspects = {folded for _, folded in folded_lines}
    elsewhere = _captions(tree, suspects) | _lone_links(tree, suspects)
    seen = {fold(title)}
    kept = []
    for line, folded in folded_lines:
        if folded in seen:
            continue
        if len(line) >= _REPEATED:
            seen.add(folded)
        if folded not in elsewhere and not _is_boilerplate(line, folded):
            kept.append(line)
    return kept


def _is_boilerplate(line: str, folded: str) -> bool:
    if len(line) < _SHORT and _INVITATION.match(line):
        return True
    if len(line) >= _LONGEST_CAPTION or not any(word in folded for word in _CAPTION_WORDS):
        return False
    return _CAPTION.search(line) is not None


def _captions(tree: HtmlElement, suspects: set[str]) -> set[str]:
    """Which of these folded lines are all that a caption, or an element in one, says."""
    found = set()
    for element in tree.xpath(_MARKED)[:300]:
        for part in element.iter(etree.Element):
            text = _folded(part)
            if len(text) > 3 and text in suspects:
                found.add(text)
    return found


def _lone_links(tree: HtmlElement, suspects: set[str]) -> set[str]:
    """Which of these folded lines are links that fill a paragraph or list item of their own and read like another
    story's headline.
    """
    found = set()
    for link in tree.iter("a"):
        text = _folded(link)
        if text not in suspects or len(text.split()) < _LEAST_LINK or text.endswith((".", "!")):
            continue
        block = link
        for above in link.iterancestors():
            if above.tag not in _AROUND_LINK:
                break
            block = above
        if block is not link and _folded(block) == text and not link.get("href", "#").startswith("#"):
            found.add(text)
    return found


def _folded(element: HtmlElement) -> str:
    text = "".join(element.itertext()) if len(element) else element.text
    return fold(" ".join(text.split())[:1000]) if text else ""
