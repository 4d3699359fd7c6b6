"""A page judged anew, and nothing stored: what icewire would say of it now."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from alerts.locale import in_words
from crawler.extract import Hint, NotAnArticle, extract, opt_out
from crawler.glance import lead_of, stand_in, unescaped
from crawler.judge import clock_of, home_of, judge
from crawler.model import Article, IcewireError, Label, Source, Verdict, Why
from crawler.places import shipped as gazetteer
from crawler.registry import Outlet, load_registry
from crawler.text import same_site
from crawler.topic import chosen
from crawler.workshop import NotBegun, Suspected, WorkerApart
from scheduler.deployment import Deployment
from scheduler.explain.page import Given
from scheduler.explain.told import NOTHING, GateAnswer, Promises

_MOST_HITS = 500  # of terms in a page, that are counted
_MOST_TERMS = 6  # that are named


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a page was judged to be. Without an article `article` and `verdict` are None, and `because` says why."""

    source: Source
    gate: GateAnswer
    article: Article | None
    verdict: Verdict | None
    because: Why = NOTHING


def judge_afresh(
    given: Given, source: Source, hint: Hint, now: datetime, do: WorkerApart, ruled: Label | None = None
) -> Fresh:
    """Gate, extraction and judgement of a page; it is judged even when the gate would have left it out.

    `ruled`: what a person said that it is about. As in a crawl it is read by `do` in a process of its own, within
    bounds: raises IcewireError when it takes too much time or memory.
    """
    try:
        return do(partial(_judged, given, source, hint, now, ruled))
    except (Suspected, NotBegun) as error:
        raise IcewireError(f"{given.url}: it cannot be judged: {in_words(error.why)}") from error


def _judged(given: Given, source: Source, hint: Hint, now: datetime, ruled: Label | None) -> Fresh:
    gate = GateAnswer(chosen().gate.passes(given.body), _terms_in(given.body))
    if found := stand_in(given.body, [hint.title, lead_of(given.url)], source.name):
        return Fresh(source, gate, None, None, found.why)
    try:
        article = extract(given.body, given.url, source.id, now, given.content_type, hint, clock_of(source))
    except NotAnArticle as error:
        return Fresh(source, gate, None, None, error.why)
    article.opt_out = opt_out(given.body, given.headers)
    promise = chosen().topic.promise
    promises = Promises(
        headline=round(promise([article.title], ""), 2), text=round(promise([article.title], article.text), 2)
    )
    verdict = judge(article, home_of(source), chosen(), gazetteer(), now, ruled)
    return Fresh(source, replace(gate, promises=promises), article, verdict)


def _terms_in(body: bytes) -> str:
    """Which terms of the topic stand anywhere in a page, in its menus and scripts, too."""
    raw = unescaped(body)
    counts = Counter(word for _, at in zip(range(_MOST_HITS), chosen().topic.hits(raw, raw.lower()), strict=False)
                     if (word := _word_at(raw, at)))  # fmt: skip
    if not counts:
        return "no term of the topic stands anywhere on the page"
    named = ", ".join(f"{word} {n}×" for word, n in counts.most_common(_MOST_TERMS))
    more = f" and {len(counts) - _MOST_TERMS} more" if len(counts) > _MOST_TERMS else ""
    return f"terms anywhere on the page, in its menus and scripts, too: {named}{more}"


def _word_at(raw: bytes, at: int) -> str:
    start = end = at
    # What stands before a capital may be the end of an escape in a script.
    while start > 0 and at - start < 20 and raw[start - 1 : start].isalpha() and raw[at : at + 1].islower():
        start -= 1
    while end < len(raw) and end - at < 20 and (raw[end : end + 1].isalpha() or raw[end : end + 1] == b"."):
        end += 1
    word = raw[start:end].decode("ascii", "ignore").strip(".")
    return word if word.isupper() else word.lower()


def source_named(outlet_id: str, deployment: Deployment) -> Source:
    """The outlet of the registry with this id. Raises IcewireError when there is none."""
    registry = _registry(deployment)
    if outlet_id not in registry:
        raise IcewireError(f"--outlet: no outlet has the id “{outlet_id}”; `icewire sources list` tells the ids")
    return _source(registry[outlet_id])


def source_of(url: str, deployment: Deployment) -> Source:
    """The outlet whose site an address is on, when exactly one is; else one that is nowhere at home."""
    near = [outlet for outlet in _registry(deployment).values() if same_site(outlet.homepage, url)]
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    exact = [o for o in near if (urlsplit(o.homepage).hostname or "").removeprefix("www.") == host]
    for found in (exact, near):
        if len(found) == 1:
            return _source(found[0])
    return Source(id="", name=host or url, homepage=url)


def _registry(deployment: Deployment) -> dict[str, Outlet]:
    return load_registry(deployment.settings.watch.shipped, deployment.settings.registry)


def _source(outlet: Outlet) -> Source:
    facts = outlet.model_dump(include=set(Source.model_fields) - {"listed"})
    return Source(**facts | {"covers": list(outlet.covers), "sites": list(outlet.sites)})
