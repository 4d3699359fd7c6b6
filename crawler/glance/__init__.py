"""A page at a glance, before it is read: its bytes told apart roughly, and whether it is the page asked for."""

from crawler.glance.declared import Head, declares_article, head
from crawler.glance.developing import more_will_come
from crawler.glance.rawpage import RawBlock, RawPage, blocks, decoded, strip, unescaped
from crawler.glance.redirect import redirect_in
from crawler.glance.scripts import is_prose, paragraphs, text_of_json
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
    "is_prose",
    "is_search",
    "is_wall",
    "kind_of_title",
    "lead_of",
    "more_will_come",
    "next_page",
    "paragraphs",
    "redirect_in",
    "share_of",
    "stand_in",
    "strip",
    "text_of_json",
    "unescaped",
    "whole_story",
]
