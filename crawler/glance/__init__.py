"""A page at a glance, before it is read: its bytes told apart roughly, and whether it is the page asked for."""

from crawler.glance.developing import more_will_come
from crawler.glance.rawpage import (
    Head,
    RawBlock,
    RawPage,
    blocks,
    declares_article,
    decoded,
    head,
    is_attribute,
    is_prose,
    is_text,
    paragraphs,
    story,
    strip,
    text_of_json,
    unescaped,
)
from crawler.glance.redirect import redirect_in
from crawler.glance.stand_ins import StandIn, is_wall, kind_of_title, lead_of, share_of, stand_in
from crawler.glance.story_pages import is_search, next_page, whole_story

__all__ = [
    "Head",
    "RawBlock",
    "RawPage",
    "StandIn",
    "blocks",
    "declares_article",
    "decoded",
    "head",
    "is_attribute",
    "is_prose",
    "is_search",
    "is_text",
    "is_wall",
    "kind_of_title",
    "lead_of",
    "more_will_come",
    "next_page",
    "paragraphs",
    "redirect_in",
    "share_of",
    "stand_in",
    "story",
    "strip",
    "text_of_json",
    "unescaped",
    "whole_story",
]
