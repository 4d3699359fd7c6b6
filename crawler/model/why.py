"""Why something happened: a code with plain arguments. Its sentence is made where it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

Code = Literal[
    "",  # nothing to tell
    "as_written",  # a person's own text, or one of an older icewire
    # No page or feed was had.
    "no_network", "offline_since",
    "answered", "not_a_page", "no_address", "redirects_to_no_address", "redirects_without_end", "network_error",
    "icewire_failed", "host_not_found", "connection_refused", "no_answer_in_time", "too_large", "cut_off",
    "cannot_unpack", "connection_cut", "no_connection", "tls_failed", "refused", "robots_refused", "robots_answered",
    "robots_not_had", "private_address", "host_paused", "asked_to_wait", "left_alone", "given_up", "given_up_waiting",
    "crowded_out",
    "wall_in_place", "gone_in_words", "other_in_place", "too_old", "extraction_too_long", "worker_lost", "worker_ended",
    "too_much_memory", "held_up_the_crawl", "others_take_long",
    # Of whoever a person asks about.
    "at_address", "robots_unread", "enough_requests", "enough_time", "walled", "wall", "wall_for_robots",
    "redirected_too_often", "no_whole_answer", "larger_than", "not_http", "not_https",
    # What was thought of a site's feeds.
    "no_feed", "child_unreadable", "sitemap_undated", "items_without_dates", "one_section", "no_live_feed",
    "silent_for_long", "seems_comments", "feed_has_nothing",
    # A page is not kept.
    "never_mentioned", "something_else_now", "about_near", "about_mention", "about_none", "about_activity",
    "ruled_off", "copies_ruled_off",
    "no_web_address", "other_type", "a_file", "not_html", "empty_page", "too_many_elements", "site_answered",
    "no_title", "no_text", "front_page", "list_page",
    # What was lost or mended in reading a feed.
    "cut_off_after", "items_without_link", "items_with_bad_link", "items_repeating", "items_undated",
    "items_in_future", "items_left_out", "rows_left_out", "sitemaps_left_out", "links_left_out", "no_room_for",
    # What the answer of a feed's address is instead of one.
    "feed_empty", "feed_damaged", "feed_too_large", "feed_cut_off", "not_a_feed", "json_unreadable", "json_no_feed",
    "xml_no_feed", "section_without_links", "section_without_matches", "bad_link_pattern",
    "html_titled", "html", "plain_text",
    # How reading a feed went.
    "ok", "no_answer", "not_read_lately", "newest_item", "pages_blocked", "pages_refused",
    "pages_paywalled", "feed_moved",
    # A source fell out of its habit.
    "not_read_since", "never_read", "nothing_new", "other_volume", "too_many_links", "items_a_day", "items_a_week",
    "items_a_month",
    # Which story a report belongs to.
    "same_text", "same_event", "first_report", "takes_reports", "days_apart", "other_place", "too_little_in_common",
    "another_issue",
    # What a later version of an article changed; "…_unquoted" where nothing of it may be quoted.
    "text_had", "changes", "headline", "numbers", "correction", "added_paragraph", "added", "changed", "removed",
    "correction_unquoted", "added_paragraph_unquoted", "added_unquoted", "changed_unquoted", "removed_unquoted",
    # What of a search was found, beside words.
    "term_place", "term_kind", "term_source", "term_language", "term_title", "term_near", "term_office",
    "term_published",
    # A mail or a posting did not leave.
    "mail_answered", "mail_unreachable", "outbox_unwritable", "no_mail_address", "held_back", "held_for_https",
    "replaced", "restored", "channel_off",
    "chat_not_taken", "followed",
    # Whom a refused mail is about; what came back; what of ours is to be mended.
    "nobody_there", "box_full", "mail_unwanted", "sender_refused", "sender_stopped", "mail_returned", "called_spam",
    "bounce_box_unread", "mend_spf", "mend_dkim", "mend_dmarc", "mend_all", "mend_ptr", "mend_tls", "mend_rate",
    "mend_domain", "mend_relay", "mend_listed", "mend_unsaid",
]  # fmt: skip
CODES: frozenset[str] = frozenset(get_args(Code))


@dataclass(frozen=True, slots=True)
class Why:
    """A code and its arguments, which JSON can hold. False when there is nothing to tell."""

    code: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.code)

    def __hash__(self) -> int:
        return hash(self.code)  # arguments may be lists

    def __str__(self) -> str:
        """For logs, in no language: "answered status=404"."""
        if self.code == "as_written":
            return str(self.args.get("text", ""))
        return " ".join([self.code, *(f"{name}={_short(value)}" for name, value in self.args.items())])

    @property
    def columns(self) -> tuple[str, dict[str, Any]]:
        """As two columns of a table: the code, by which the database can count, and the arguments."""
        return self.code, dict(self.args)

    def as_json(self) -> dict[str, Any]:
        """As it stands inside JSON."""
        return {"code": self.code, "args": dict(self.args)}


def because(code: Code, /, **args: Any) -> Why:
    """A reason. An argument may be a reason itself, a list or a day; times are given in ISO 8601.

    >>> str(because("given_up", attempts=4, last=because("answered", status=404)))
    'given_up attempts=4 last=(answered status=404)'
    """
    return Why(code, {name: _plain(value) for name, value in args.items()})


def as_written(text: str) -> Why:
    """What somebody wrote, shown as it is; an empty text is nothing to tell."""
    return because("as_written", text=text) if text else Why()


def inner(value: Any) -> Why | None:
    """The reason that an argument is, if it is one."""
    if isinstance(value, dict) and value.keys() == {"code", "args"}:
        return Why(value["code"], value["args"])
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Why):
        return value.as_json()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _short(value: Any) -> str:
    why = inner(value)
    return f"({why})" if why else str(value)
