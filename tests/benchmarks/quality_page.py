"""The tables of docs/quality.md: a pure function of what docs/quality.json holds. The words around are a template."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, StrictUndefined

Figures = Mapping[str, Any]

_FEW = 40  # items: of a smaller collection a figure says little
_A_DAY = 500  # items of a state's outlets: some 25 of them, 20 a day each

KINDS = {  # the labeller's kinds of stories, as a reader would say them
    "no_ice_word": "ICE activity told without the agency's name", "court": "court cases", "287g": "287(g) agreements",
    "death_in_custody": "deaths in custody", "sanctuary": "sanctuary policy", "impact": "what ICE does to a place",
    "cbp_led": "operations that the Border Patrol leads", "audit": "audits of workplaces", "raid": "raids",
    "roundup": "roundups of many stories", "budget_politics": "budgets and politics", "protest": "protests over ICE",
    "media": "news programmes and the press", "leadership": "who leads the agency", "shooting": "shootings",
    "hsi": "customs cases of Homeland Security Investigations", "privacy_tech": "surveillance and technology",
    "foreign": "deportations by other countries", "border_wall": "the border and its wall", "deployment": "deployments",
    "immigration_econ": "immigration and the economy", "cbp_only": "the Border Patrol alone",
    "dhs_other": "other business of Homeland Security", "protest_other": "protests over other things",
    "national_guard": "the National Guard", "migrant_busing": "migrants sent on by bus", "tps": "protected status",
    "healthcare": "health care", "local_detention": "local jails", "sanctuary_word": "sanctuaries of another sort",
    "generic": "plain local news", "labor": "work", "scam": "swindlers who pose as agents",
}  # fmt: skip
HOW = {
    "right": "right", "second": "the right place, but not first", "same_state": "another place of that state",
    "other_state": "a place in another state", "silent": "nothing said", "invented": "a place invented",
}  # fmt: skip
SETS = {
    "scrapinghub": "articles from a crawl, for which people marked the body text",
    "fundus": "newspapers of several countries; the truth comes from a parser made by hand for each",
    "wcxb": "a wide mix of article pages",
    "segments": "pages with sentences that must stay and others that must go",
    "dates": "local outlets, for the day of publication",
}
READING = {
    "text_f1": "text, F1", "text_precision": "text, P", "text_recall": "text, R",
    "segments": "sentences kept or dropped as they should be", "title_exact": "headline exact",
    "author_exact": "authors exact", "person_exact": "authors exact, where they are persons",
    "date_day": "day exact", "date_minute": "minute exact",
}  # fmt: skip
TOPIC = {
    "precision": "precision", "recall": "recall", "f1": "F1", "full_text_f1": "F1, whole texts",
    "excerpt_f1": "F1, excerpts", "title_only_f1": "F1, headline alone", "es_f1": "F1, Spanish",
    "no_ice_word_recall": "recall on activity that never says ICE",
    "mention_fp": "passing mentions taken for activity",
    "capital_ice_fp": "other “ICE” in capitals taken for activity",
    "adjacent_fp": "neighbouring subjects taken for activity",
}  # fmt: skip
UNSEEN = {  # where it is measured
    "learned_left_out_f1": "F1 of a learner over the same evidence, each item's origin left out",
    "veto_left_out_f1": "F1 where that learner may take away what the rules found",
    "kind_exact": "kind as the reader says",
    "kind_agrees": "kind, either of the two, as far as the reader's kinds tell them apart",
}
SIMPLER = {
    "peer_title_or_two_f1": "F1 of a simpler rule: the agency named in the headline, or twice in the text",
    "peer_two_term_regex_f1": "F1 of the simplest: “ICE” in capitals or the agency's full name",
}
PLACES = {
    "top1": "best guess right", "top1_hard": "best guess right, hard names", "precision": "precision",
    "recall": "recall", "f1": "F1", "state_f1": "F1 of the states alone", "invented": "invented where none is said",
}  # fmt: skip
COPIES = {
    "neardup_real": "articles of US outlets, with the agency texts that stood in several of them",
    "neardup_synth": "copies made on purpose: cut, with a local lead, a new headline, links, slips of the pen",
}
PAIRS = {
    "pair_precision": "pairs, P", "pair_recall": "R", "pair_f1": "F1", "pair_f1_no_ignore": "F1, doubtful ones counted",
    "bcubed_f": "groups, B-cubed F", "ari": "ARI", "peer_jaccard_pair_f1": "F1 by resemblance",
    "peer_exact_pair_f1": "F1 by exact text",
}  # fmt: skip
EVENTS = {
    "documents": "articles on events that several outlets told in their own words",
    "titles": "headlines alone, of wide running stories, as an aggregator grouped them",
    "ice_pages": "saved pages about ICE activity, by incident",
    "one_town": "the same, as if all had happened in one town on one day, which is harder than any town is",
}
GROUPS = {
    "bcubed_precision": "B-cubed P", "bcubed_recall": "R", "bcubed_f": "F",
    "peer_each_alone_bcubed_f": "F, had each stood alone",
}  # fmt: skip
FEEDS = {  # of these, what the benchmark tells
    "files": "files", "plain_entries": "entries", "plain_peer_entries": "peer", "entries": "entries",
    "peer_entries": "peer", "pages": "with a web address", "peer_pages": "peer", "titles": "titles right",
    "peer_titles": "peer", "dates": "dates right", "peer_dates": "peer", "worse_files": "worse files",
    "exceptions": "exceptions",
}  # fmt: skip
READERS = {
    "files_per_cpu_s": "icewire", "fastfeedparser_files_per_cpu_s": "fastfeedparser",
    "feedparser_files_per_cpu_s": "feedparser",
}  # fmt: skip
POLLING = {
    "adaptive": "icewire", "fixed_15": "every 15 minutes", "fixed_30": "every 30 minutes", "fixed_60": "every hour",
}  # fmt: skip
NEEDED = {  # what each benchmark must tell; the rest is shown where it is there
    "extraction": (*SETS,), "topic": (*TOPIC, "items", "unsure_left_out"),
    "places": (*PLACES, "cases", "cases_hard", "cases_empty"), "copies": (*COPIES,), "events": (*EVENTS,),
    "feeds": ("real_feeds", "total"), "polling": (*POLLING,), "confusions": ("topic", "places"),
}  # fmt: skip


def render(record: Figures, template: str) -> str:
    """The page: a Jinja template with the tables of {"versions": {name: version}, "benchmarks": {name: {"measured":
    date, "figures": {…}}}} filled in. KeyError names a benchmark with what it does not tell of NEEDED.
    """
    told = {name: one["figures"] for name, one in record["benchmarks"].items()}
    for name, keys in NEEDED.items():
        if missing := [key for key in keys if key not in told.get(name, ())]:
            raise KeyError(f"{name}: {', '.join(missing)}")
    confused = told["confusions"]
    filled = {
        "measured": _measured(record["benchmarks"]),
        "versions": ", ".join(f"{name} {number}" for name, number in record["versions"].items()),
        "reading": _reading(told["extraction"]), "reading_sets": _list(SETS),
        "topic": told["topic"], "topic_table": _topic(told["topic"]), "gate": _gate(told["topic"]),
        "topic_origins": _origins(told["topic"]), "topic_stream": _stream(told["topic"]),
        "topic_peers": _column(told["topic"], SIMPLER, "a peer"),
        "labels": _labels(confused["topic"]["labels"]), "missed": _kinds(confused["topic"].get("missed", {})),
        "taken": _kinds(confused["topic"].get("taken", {})),
        "places": told["places"], "places_table": _places(told["places"]), "guesses": _guesses(confused["places"]),
        "copies": _rows(told["copies"], COPIES, {"n": "articles"} | PAIRS), "copies_sets": _list(COPIES),
        "events": _rows(told["events"], EVENTS, {"n": "reports"} | GROUPS), "events_sets": _list(EVENTS),
        "feeds": _feeds(told["feeds"]), "feed_speeds": _speeds(told["feeds"]["real_feeds"]),
        "polling": _polling(told["polling"]),
    }  # fmt: skip
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    return environment.from_string(template).render(filled)


def _measured(benchmarks: Figures) -> str:
    """One day, or which figures are of which."""
    days: dict[str, list[str]] = {}
    for name, one in benchmarks.items():
        days.setdefault(one["measured"], []).append(name)
    if len(days) == 1:
        return next(iter(days))
    return "; ".join(f"{', '.join(names)} on {day}" for day, names in sorted(days.items()))


def _reading(figures: Figures) -> str:
    rows = [[said, *(_pair(figures[name], key) for name in SETS)] for key, said in READING.items()]
    rows.append(["pages a second of CPU", *(_pair(figures[name], "pages_per_cpu_s") for name in SETS)])
    if any("cpu_ratio" in figures[name] for name in SETS):
        ratios = (_number(figures[name].get("cpu_ratio")) for name in SETS)
        rows.append(["CPU, as a multiple of trafilatura's for the text alone", *ratios])
    return _table(["", *(f"{name}, {figures[name]['pages']} pages" for name in SETS)], rows)


def _pair(figures: Figures, key: str) -> str:
    return f"{_number(figures[key])} / {_number(figures.get(f'peer_{key}'))}" if key in figures else ""


def _topic(figures: Figures) -> str:
    return _halves(figures, TOPIC | UNSEEN)


def _halves(figures: Figures, names: Mapping[str, str], further: Mapping[str, str] = MappingProxyType({})) -> str:
    """A row a figure: of the half not looked at, of the half in view, of all; and what stands under other endings."""
    columns = {"_judged": "not looked at", "_written": "in view", "": "all"}
    rows = [
        [
            said,
            *(_number(figures.get(key + ending)) for ending in columns),
            *(_number(figures.get(first + key)) for first in further),
        ]
        for key, said in names.items()
        if key in figures
    ]
    return _table(["", *columns.values(), *further.values()], rows)


def _origins(figures: Figures) -> str:
    """F1 of both halves of each collection of some size."""
    rows = []
    for origin, halves in sorted(figures.get("origins", {}).items(), key=lambda one: one[0] != "all"):
        judged, written = halves.get("judged", {}), halves.get("written", {})
        if judged.get("items", 0) + written.get("items", 0) >= _FEW:
            cells = [judged.get("items"), judged.get("f1"), written.get("items"), written.get("f1")]
            rows.append([f"`{origin}`", *map(_number, cells)])
    return _table(["", "items not looked at", "F1", "items in view", "F1"], rows)


def _stream(figures: Figures) -> str:
    """What a day of a state's outlets brings of false alarms, and a week of misses."""
    lines = []
    for ending, said in (("_judged", "of outlets not looked at"), ("", "of all")):
        key = f"natural_local{ending}"
        if f"{key}_precision" in figures:
            false, missed = figures[f"{key}_false_per_1000"], figures[f"{key}_missed_per_1000"]
            items, precision, recall = (figures[f"{key}_{name}"] for name in ("items", "precision", "recall"))
            lines.append(
                f"- {said} ({items:,} items of a stream): precision {precision:.3f}, recall {recall:.3f}; "
                f"{_A_DAY * false / 1000:.1f} false alarms a day, {7 * _A_DAY * missed / 1000:.0f} misses a week"
            )
    return "\n".join(lines)


def _column(figures: Figures, names: Mapping[str, str], whose: str = "icewire") -> str:
    return _table(["", whose], [[said, _number(figures[key])] for key, said in names.items() if key in figures])


def _gate(figures: Figures) -> str:
    """What the gate loses and lets pass, as far as it was measured."""
    said = []
    if "gate_lost" in figures:
        said.append(
            f"Of the items on activity the gate, which spares most pages a full reading, loses {figures['gate_lost']}."
        )
    if "gate_pages" in figures:
        said.append(f"Of {figures['gate_pages']} saved pages about ICE activity it loses {figures['gate_pages_lost']}.")
    if "gate_passes_off_topic_texts" in figures:
        share = figures["gate_passes_off_topic_texts"]
        said.append(f"Of the other items, in a template that names ICE on every page, {share:.1%} pass it.")
    if "ms_per_story" in figures:
        said.append(f"A judgement takes {figures['ms_per_story']:.2f} ms of CPU.")
    return "\n".join(said)


def _labels(labels: Mapping[str, Mapping[str, int]]) -> str:
    ours = ("activity", "near", "mention", "none")
    truth = {"ice_activity": "ICE activity", "ice_mention": "ICE in passing", "not_ice": "neither"}
    rows = [[said, *(str(labels.get(label, {}).get(o, 0)) for o in ours)] for label, said in truth.items()]
    return _table(["the reader ↓ icewire →", *ours], rows)


def _kinds(counts: Mapping[str, Sequence[int]]) -> str:
    told = (f"{KINDS.get(kind, kind.replace('_', ' '))} {n} of {of}" for kind, (n, of) in counts.items())
    return "; ".join(told) or "none"


def _places(figures: Figures) -> str:
    return _halves(figures, PLACES, {"peer_": "look-up"})


def _guesses(confused: Mapping[str, Mapping[str, int]]) -> str:
    kinds = {"city": "a city", "county": "a county", "state": "a state", "none": "no place"}
    ways = [how for how in HOW if any(how in found for found in confused.values())]
    rows = [[HOW[how], *(str(confused.get(kind, {}).get(how, 0)) for kind in kinds)] for how in ways]
    return _table(["best guess ↓ truth →", *kinds.values()], rows)


def _rows(figures: Figures, sets: Mapping[str, str], columns: Mapping[str, str]) -> str:
    rows = [[f"`{name}`", *(_number(figures[name].get(key)) for key in columns)] for name in sets]
    return _table(["", *columns.values()], rows)


def _feeds(figures: Figures) -> str:
    names = sorted(name for name, row in figures.items() if name != "total" and row.get("files"))
    columns = {key: said for key, said in FEEDS.items() if key in figures["total"]}
    return _rows(figures, dict.fromkeys([*names, "total"], ""), columns)


def _speeds(row: Figures) -> str:
    return ", ".join(f"{said} {row[key]:.0f}" for key, said in READERS.items() if key in row)


def _polling(figures: Figures) -> str:
    columns = {
        "median_minutes": "median", "mean_minutes": "mean", "p95_minutes": "95 of 100 within", "requests": "requests",
        "requests_ratio_to_15": "of those of every 15 minutes",
    }  # fmt: skip
    rows = [[said, *(_number(figures[key].get(column)) for column in columns)] for key, said in POLLING.items()]
    return _table(["", *columns.values()], rows)


def _list(sets: Mapping[str, str]) -> str:
    return "\n".join(f"- `{name}`: {said}." for name, said in sets.items())


def _number(value: float | None) -> str:
    """A count whole, a share with three decimals, what is over 1 (minutes, speeds) with one."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.1f}" if value > 1 else f"{value:.3f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
