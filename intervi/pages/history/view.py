"""From what was found to what the history shows of it. Pure: no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from intervi.analysis.search import Passage
from intervi.interviews.filter import Order, Standing
from intervi.interviews.history import HistoryPage, Search
from intervi.interviews.summaries import InterviewSummary
from intervi.pages import diary, formatting, kinds
from intervi.pages.diary import Row
from intervi.translation import N_, _, fill, ngettext

PATH = "/history"
CSV = "/api/history.csv"

STANDINGS = {
    Standing.READY: N_("Report ready"),
    Standing.WORKING: N_("Being analysed"),
    Standing.OPEN: N_("Not finished"),
    Standing.EMPTY: N_("Nothing answered"),
    Standing.CANCELLED: N_("Cancelled"),
}
ORDERS = {
    Order.NEWEST: N_("Newest first"),
    Order.OLDEST: N_("Oldest first"),
    Order.BEST: N_("Highest score first"),
    Order.WORST: N_("Lowest score first"),
    Order.LONGEST: N_("Longest first"),
}
BANDS = {"-40": N_("below 40"), "40-60": N_("40 to 60"), "60-80": N_("60 to 80"), "80-": N_("80 and more")}
"""Scores to choose from, as :func:`in_band` understands them."""


@dataclass(frozen=True)
class Choice:
    """Something to choose in a filter."""

    value: str
    label: str


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address of the list without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Piece:
    """A piece of the passage in which something was found."""

    text: str
    is_found: bool


@dataclass(frozen=True)
class Entry:
    """One interview."""

    row: Row
    held: str
    """``19:12``; empty if it was not held, or is not over."""
    can_be_compared: bool
    passage: list[Piece] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """The whole page."""

    lines: list[Entry] = field(default_factory=list)
    found: str = ""
    words: str = ""
    domain: str = ""
    kind: str = ""
    difficulty: str = ""
    status: str = ""
    band: str = ""
    since: str = ""
    until: str = ""
    order: str = Order.NEWEST
    domains: list[Choice] = field(default_factory=list)
    bands: list[Choice] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    csv: str = CSV
    place: str = ""
    newer: str = ""
    older: str = ""
    """The addresses of the pages beside this one; empty where there is none."""


def shown(
    search: Search,
    found: HistoryPage,
    passages: Mapping[UUID, Passage],
    domains: Sequence[tuple[str, str]],
    *,
    time_zone: str,
    today: datetime,
) -> Shown:
    """The page of what was looked for and what was found."""
    chips = _chips(search, dict(domains))
    number = found.number
    return Shown(
        lines=[_entry(each, passages.get(each.id), time_zone, today) for each in found.interviews],
        found=_count(found.total, is_narrowed=bool(chips)),
        words=search.words,
        domain=search.domain,
        kind=search.kind,
        difficulty=search.difficulty,
        status=search.status or "",
        band=band(search),
        since=str(search.since or ""),
        until=str(search.until or ""),
        order=search.order,
        domains=_offered(search.domain, domains),
        bands=_offered(band(search), [(value, _(label)) for value, label in BANDS.items()]),
        chips=chips,
        csv=replace(search, page=1).address(CSV),
        place=fill(N_("Page {page} of {pages}"), {"page": number, "pages": found.pages}) if found.pages > 1 else "",
        newer=replace(search, page=number - 1).address(PATH) if number > 1 else "",
        older=replace(search, page=number + 1).address(PATH) if number < found.pages else "",
    )


def band(search: Search) -> str:
    """The scores that are looked for; empty: all."""
    low, high = search.score_from, search.score_below
    return "" if low is None and high is None else f"{'' if low is None else low}-{'' if high is None else high}"


def in_band(search: Search, wanted: str) -> Search:
    """The search with these scores (``"40-60"``: from 40 on, below 60; ``""``: all)."""
    low, _dash, high = wanted.partition("-")
    return replace(search, score_from=_whole(low), score_below=_whole(high))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text[:4]) <= 100 else None


def _offered(chosen: str, offered: Sequence[tuple[str, str]]) -> list[Choice]:
    """What can be chosen; what an address asks for is among it even if it is none of ours."""
    known = [*offered, (chosen, chosen)] if chosen and chosen not in dict(offered) else offered
    return [Choice(value, label) for value, label in known]


def _chips(search: Search, domains: Mapping[str, str]) -> list[Chip]:
    without = replace(search, page=1)
    on = [
        (fill(N_("“{words}”"), {"words": formatting.isolated(search.words)}), bool(search.words), {"words": ""}),
        (formatting.isolated(domains.get(search.domain, search.domain)), bool(search.domain), {"domain": ""}),
        (kinds.choices().get(search.kind, ""), bool(search.kind), {"kind": ""}),
        (kinds.levels().get(search.difficulty, ""), bool(search.difficulty), {"difficulty": ""}),
        (_(STANDINGS[search.status]) if search.status else "", search.status is not None, {"status": None}),
        (_score_words(search), bool(band(search)), {"score_from": None, "score_below": None}),
        (_day_words(N_("since {day}"), search.since), search.since is not None, {"since": None}),
        (_day_words(N_("until {day}"), search.until), search.until is not None, {"until": None}),
    ]
    return [Chip(label, replace(without, **off).address(PATH)) for label, is_on, off in on if is_on]


def _score_words(search: Search) -> str:
    chosen = band(search)
    return fill(N_("Score {scores}"), {"scores": _(BANDS[chosen]) if chosen in BANDS else chosen})


def _day_words(text: str, day: date | None) -> str:
    return fill(text, {"day": formatting.date_of(day)}) if day else ""


def _count(total: int, *, is_narrowed: bool) -> str:
    if is_narrowed:
        return ngettext("{count} interview found", "{count} interviews found", total).format(count=total)
    return ngettext("{count} interview", "{count} interviews", total).format(count=total)


def _entry(summary: InterviewSummary, passage: Passage | None, time_zone: str, today: datetime) -> Entry:
    return Entry(
        row=diary.rows([summary], time_zone=time_zone, today=today)[0],
        held="" if summary.seconds is None else formatting.clock(summary.seconds),
        can_be_compared=summary.report_ready,
        passage=[Piece(text, is_found) for text, is_found in passage.pieces] if passage else [],
    )
