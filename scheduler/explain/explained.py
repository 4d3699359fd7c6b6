"""An explanation for a person: lines that keep their indent when they are broken, in a terminal or a file."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from alerts.locale import in_words, phrasebook
from scheduler.explain.told import (
    ArticleFacts,
    Change,
    Corrected,
    Explanation,
    GateAnswer,
    Listing,
    SearchAnswer,
    StoryAnswer,
    TopicAnswer,
)
from scheduler.show import count, out, seen

_WIDEST = 110  # columns; longer lines are hard to read
_LABEL = 13  # columns of a field's name
_MOST_EVIDENCE = 8
_MOST_PLACES = 6
_MOST_REPORTS = 12
_MOST_MISSED = 20
_SENTENCE = 180  # characters
_WORD = re.compile(r"\[from [^]]*\]|\S+")  # a field's witness is not broken, either
_NAMES = {
    "title": "headline", "credit": "credited", "url": "address", "link": "read at", "published_at": "published",
    "modified_at": "modified", "image_url": "image", "opt_out": "opt-out", "fetched_at": "read",
    "look_at": "next look", "source": "outlet", "content_hash": "content hash",
}  # fmt: skip
_SHOWN = (
    "source", "title", "authors", "credit", "published_at", "modified_at", "language", "wire", "paywalled", "url",
    "link", "image_url", "words", "opt_out", "fetched_at", "look_at", "content_hash",
)  # fmt: skip
_SILENT = {"opt_out", "look_at", "link", "credit"}  # say nothing when there is nothing
_ABSENT = {"authors": "none named", "wire": "none; its own report", "paywalled": "no", "opt_out": "none"}
_LABELS = {
    "activity": "yes",
    "near": "near it, but no: neighbouring agencies, money or leadership",
    "mention": "no, it only mentions the topic",
    "none": "no",
}


def print_explanation(told: Explanation) -> None:
    """Print an explanation."""
    _tell(Text(told.url, "bold"), 0, 2)
    _tell(told.how if told.judged == "anew" else "", 2)
    for listing in told.listings:
        _print_listing(listing)
    _tell(_standing(told), 2)
    for corrected in told.corrections:
        _tell(Text(_correction(corrected), "bold"), 2, 4)
    if told.article and (gone := told.article.gone_at):
        _tell(Text(f"its page is gone since {_time(gone)} (404 or 410); the story stays", "bold"), 2)
    if told.gate:
        _print_gate(told.gate)
    if told.gate and told.judged == "anew":
        _heading("Kept?", f"{'yes' if told.kept else 'no'}: {in_words(told.why)}")
    if told.article:
        _print_article(told.article)
    if told.topic:
        _print_topic(told.topic)
        _print_actors(told.topic)
        _print_places(told.places, told.kept)
    if told.story:
        _print_story(told.story, told.judged == "anew")
        _print_changes(told.changes)
        _print_searches(told.searches)
    elif told.article:
        _heading("Searches", "a page that is not kept meets none")


def _standing(told: Explanation) -> str:
    """Where what is told comes from."""
    if told.judged == "anew":
        return "not stored: this is what icewire would say"
    if told.article is None:
        unread = any(listing.state in ("new", "failed") for listing in told.listings)
        return f"{'not read yet' if unread else 'its text was not kept'}; --fresh fetches and judges it anew"
    return "told as it was stored; --fresh fetches and judges it anew"


def _correction(corrected: Corrected) -> str:
    said, judged = corrected.said or "none", corrected.judged or "none"
    return f"corrected by hand on {_time(corrected.made_at)}: the {corrected.what} is {said}; icewire says {judged}"


def _print_listing(listing: Listing) -> None:
    _tell(f"listed by {listing.source}, seen {_time(listing.seen_at)}", 2)
    reason = f": {in_words(listing.why)}" if listing.why else ""
    again = f" (again at {_time(listing.retry_at)})" if listing.retry_at else ""
    _tell(f"{listing.state.replace('_', ' ')}{reason}{again}", 4)


def _print_gate(gate: GateAnswer) -> None:
    _heading("Gate", "passed" if gate.passes else "not passed: a crawl would go no further")
    _tell(gate.because, 2)
    if not gate.passes and "×" in gate.because:
        _tell("they stand in menus, scripts and links to other stories, or say too little", 2)
    if gate.promises:
        head, text = gate.promises.headline, gate.promises.text
        _tell(f"of what activity needs, the headline alone adds up to {head:.0%}, with the text to {text:.0%}", 2)


def _print_article(article: ArticleFacts) -> None:
    _heading("What it says")
    for key in _SHOWN:
        value = getattr(article, key)
        if key in _SILENT and (not value or (key == "link" and value == article.url)):
            continue
        name = _NAMES.get(key, key.replace("_", " "))
        witness = article.witnesses.get("text" if key == "words" else key) if key != "credit" else ""
        _tell(f"{name:<{_LABEL}}{_value(key, value)}{f'  [from {witness}]' if witness else ''}", 2, 2 + _LABEL)


def _value(key: str, value: Any) -> str:
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if value in (None, "", False):
        return _ABSENT.get(key, "not said")
    return "yes" if value is True else str(value)


def _print_topic(topic: TopicAnswer) -> None:
    also = f" and {topic.second_kind}" if topic.second_kind else ""
    kind = f", of the kind{'s' if also else ''} {topic.kind}{also}" if topic.kind else ""
    label = _LABELS.get(topic.label, topic.label)
    _heading("About the topic?", f"{label}{kind} ({topic.label}, score {topic.score:.2f}; 0.50 is activity)")
    for name in filter(None, (topic.kind, topic.second_kind)):
        _tell(f"{name}: {_means(name)}", 2, 4)
    for e in topic.evidence[:_MOST_EVIDENCE]:
        where = "headline" if e["where"] == "title" else e["where"]
        said = around(e["sentence"], e["term"]) if e.get("sentence") else ""
        _tell(f"{e['weight']:+.2f}  “{e['term']}” in the {where}: {said}", 2, 9)
    _more(len(topic.evidence) - _MOST_EVIDENCE, "more piece of evidence", "more pieces of evidence")
    if not topic.evidence:
        _tell("nothing in it speaks for the topic", 2)


def _print_actors(topic: TopicAnswer) -> None:
    if not (topic.actors or topic.said_by):
        return
    _heading("Who acts, on whose word", "")
    book = phrasebook("en")
    for table, found in (("actor", topic.actors), ("word", topic.said_by)):
        for named in found:
            said = f"{'on the word of ' if table == 'word' else ''}{book.called(table, named['who'])}"
            _tell(f"{said}: “{named['sentence']}”", 2, 4)


def _means(kind: str) -> str:
    from crawler.topic import chosen  # needed only here

    return known.means if (known := chosen().kinds.named(kind)) else "a kind of an older icewire"


def _print_places(places: Sequence[Mapping[str, Any]], kept: bool) -> None:
    events = any(p.get("role", "event") == "event" for p in places)
    _heading("Where", "" if events else "no place of the event found" if kept or places else "not looked for")
    for p in places[:_MOST_PLACES]:
        name = f"{p['name']}, {p['state']}" if p["kind"] != "state" else p["name"]
        county = f", {p['county']}" if p["county"] and p["kind"] == "city" else ""
        role = p.get("role", "event")
        sure = f"confidence {p['confidence']:.2f}" if role == "event" else f"{role}, not the event's place"
        _tell(f"{name}  ({p['kind']}{county}; {sure})", 2, 4)
        if p.get("sentence"):
            _tell(f"“{around(p['sentence'], p['name'])}”", 4)
    _more(len(places) - _MOST_PLACES, "more place")


def _print_story(story: StoryAnswer, anew: bool) -> None:
    reports = story.reports
    if story.id is None:
        _heading("Story", "it would open one")
    elif anew and story.change is None:
        _heading("Story", f"it would join story {story.id}{' as a copy' if story.copy else ''}")
    else:
        _heading(f"Story {story.id}", count(len(reports), "report"))
    _tell(in_words(story.why) if anew or len(reports) < 2 else "", 2)
    if story.change is not None:
        changed = f"changed since: {in_words(story.change)}" if story.change else "nothing that matters has changed"
        _tell(f"stored already; {changed}", 2)
    for report in reports[:_MOST_REPORTS]:
        notes = ", ".join(["copy"] * report.copy + ["page gone"] * bool(report.gone_at))
        _tell(f"{report.outlet}: {report.title}{f'  ({notes})' if notes else ''}", 2, 4)
        _tell(in_words(report.why) if len(reports) > 1 else "", 4)
    _more(len(reports) - _MOST_REPORTS, "more report")
    _tell("a person merged or split it; no program does" if story.by_hand else "", 2)
    _tell(f"follows story {story.follows}, of the same matter long before" if story.follows else "", 2)
    for other in story.apart:
        _tell(f"kept apart from story {other.story}, “{other.title}”: {other.because}", 2, 4)


def _print_changes(changes: Sequence[Change]) -> None:
    for change in changes:
        said = in_words(change.why)
        shown = "" if "“" in said or not change.diff else ", marked below"
        _tell(f"changed {_time(change.replaced_at)}: {said}{shown}", 2, 4)
        _print_diff(change.diff)


def _print_diff(diff: Iterable[Sequence[str]]) -> None:
    """The words that went and came, among a few that stayed."""
    styles = {"-": "strike red", "+": "green"}
    marked = Text()
    for sign, said in diff:
        marked.append(f"[{sign}{said}{sign}]" if sign in styles else said, styles.get(sign, "dim")).append(" ")
    _tell(marked, 4)


def _print_searches(searches: Sequence[SearchAnswer]) -> None:
    """Those that met the story come first."""
    missed = [s for s in searches if s.matched is None]
    met = len(searches) - len(missed)
    _heading("Searches", f"{met} met, {len(missed)} missed" if searches else "nobody has one yet")
    for s in searches[:met]:
        mailed = ", mailed" if s.mailed else ""
        _tell(f"met     {_search(s)}: {', '.join(s.matched or ()) or 'it takes every story'}{mailed}", 2, 10)
        _tell(f"“{s.window}”" if s.window else "", 10)
    for s in missed[:_MOST_MISSED]:
        _tell(f"missed  {_search(s)}: {'; '.join(s.missing)}", 2, 10)
    _more(len(missed) - _MOST_MISSED, "more missed; --json lists all", "more missed; --json lists all")


def _search(s: SearchAnswer) -> str:
    state = "" if s.state == "active" else f", {s.state}"
    return f"{s.search or 'every story'}  ({s.subscriber}{state})"


def around(sentence: str, term: str) -> str:
    """A long sentence cut to what stands around a term, on word boundaries."""
    said = " ".join(sentence.split())
    if len(said) <= _SENTENCE:
        return said
    at = max(0, said.lower().find(term.lower().partition(" + ")[0]))
    start = max(0, min(at - _SENTENCE // 3, len(said) - _SENTENCE))
    cut = said[start : start + _SENTENCE]
    if start:
        cut = "…" + cut.partition(" ")[2]
    return cut if start + _SENTENCE >= len(said) else cut.rpartition(" ")[0] + "…"


def _heading(title: str, said: str = "") -> None:
    out().print()
    _tell(Text.assemble((title, "bold"), f"  {said}" if said else ""), 0, 2)


def _more(number: int, one: str, many: str = "") -> None:
    if number > 0:
        _tell(f"… and {count(number, one, many)}", 2)


def _tell(said: str | Text, indent: int, hang: int | None = None) -> None:
    """Print a paragraph, its first line `indent` columns in, further ones `hang`. Nothing when it is empty."""
    text = _harmless(said) if isinstance(said, Text) else Text(seen(said))
    width = max(40, min(out().width, _WIDEST))
    further = indent if hang is None else hang
    at = indent
    for line in _lines(text, width - indent, width - further):
        out().print(Text(" " * at) + line, soft_wrap=True)
        at = further


def _harmless(text: Text) -> Text:
    """The same styles on what steers no terminal."""
    if seen(text.plain) == text.plain:
        return text
    return Text.assemble(*((seen(piece.text), piece.style or "") for piece in text.render(out())))


def _lines(text: Text, width: int, further: int) -> Iterator[Text]:
    """A paragraph in lines so wide, broken between words only: an address stays whole."""
    start = end = 0
    for word in _WORD.finditer(text.plain):
        stays = cell_len(word[0]) > further and end - start <= _LABEL  # too wide for any line: beside its label, then
        if end > start and not stays and cell_len(text.plain[start : word.end()]) > width:
            yield text[start:end]
            start, width = word.start(), further
        end = word.end()
    if end:
        yield text[start:end]


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
