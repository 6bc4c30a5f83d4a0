"""Finding interviews again: what is looked for, as an address says it, and the page of a list that it finds."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar, get_args
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.interviews import repository, summaries
from intervi.interviews.filter import EVERY, Filter, Order, Standing
from intervi.interviews.scores import domain_title
from intervi.interviews.summaries import InterviewSummary
from intervi.questions import bank, choice

MAX_SEARCH_CHARACTERS = 200
LAST_PAGE = 1_000_000
KINDS = (*get_args(bank.QuestionType), choice.MIXED)
DIFFICULTIES = ("junior", "mid", "senior")
_BATCH = 200
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of a list, and how long the list is."""

    interviews: Sequence[InterviewSummary]
    number: int
    """From 1."""
    size: int
    total: int
    """Of all pages."""

    @property
    def pages(self) -> int:
        """How many pages there are; 0 of nothing."""
        return -(-self.total // self.size)


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for. Empty: everything, newest first. Its fields are the parameters of an address."""

    words: str = ""
    """As typed into a search box: all of them, ``"a phrase"``, ``or``, ``-without``."""
    domain: str = ""
    """Slug, title or id of a domain of the bank, or the free text that an interview was made with."""
    kind: str = ""
    """A question type, or ``mixed``."""
    difficulty: str = ""
    """``junior``, ``mid`` or ``senior``."""
    status: Standing | None = None
    since: date | None = None
    until: date | None = None
    """Both days inclusive, on the reader's calendar."""
    score_from: int | None = None
    score_below: int | None = None
    order: Order = Order.NEWEST
    page: int = 1

    @classmethod
    def of_address(cls, parameters: Mapping[str, str]) -> "Search":
        """What an address asks for. What it cannot mean is left out, as an old bookmark's may be."""

        def text(name: str) -> str:
            return parameters.get(name, "").replace("\0", "").strip()[:MAX_SEARCH_CHARACTERS]

        return cls(
            words=text("words"),
            domain=text("domain"),
            kind=_one_of(KINDS, text("kind")) or "",
            difficulty=_one_of(DIFFICULTIES, text("difficulty")) or "",
            status=_member(Standing, text("status")),
            since=_date(text("since")),
            until=_date(text("until")),
            score_from=_number(text("score_from"), 0, 100),
            score_below=_number(text("score_below"), 0, 100),
            order=_member(Order, text("order")) or Order.NEWEST,
            page=_number(text("page"), 1, LAST_PAGE) or 1,
        )

    def address(self, path: str) -> str:
        """The address of it below ``path``; what is as usual is left out."""
        usual = Search()
        said = {
            field.name: str(value)
            for field in fields(self)
            if (value := getattr(self, field.name)) != getattr(usual, field.name) and value is not None
        }
        return f"{path}?{urlencode(said)}" if said else path

    def is_narrowed(self) -> bool:
        """Whether anything but the order and the page is asked for."""
        return replace(self, order=Order.NEWEST, page=1) != Search()

    def filter(self, *, time_zone: str, among: Select[tuple[UUID]] | None = None) -> Filter:
        """The filter of the lists.

        Args:
            time_zone: IANA name of the zone whose days are meant.
            among: The interviews in which the words were found (``intervi.analysis.search``).
        """
        zone = ZoneInfo(time_zone)
        return replace(
            in_domain(self.domain),
            question_kind=self.kind or None,
            difficulty=self.difficulty or None,
            standing=self.status,
            since=_midnight(self.since, zone),
            before=_midnight(self.until, zone, days_later=1),
            least_score=self.score_from,
            below_score=self.score_below,
            among=among,
        )


def in_domain(domain: str | None) -> Filter:
    """The filter of one domain: by slug, title or id of a domain of the bank, else by free text, exactly. Blank: of every one."""
    wanted = domain.strip() if domain else ""
    found = bank.domain_by(wanted) if wanted else None
    return Filter(
        domain_slug=found.slug if found else None,
        domain_text=wanted if wanted and not found else None,
    )


async def page(
    session: AsyncSession,
    principal: Principal,
    *,
    number: int,
    size: int,
    which: Filter = EVERY,
    order: Order = Order.NEWEST,
) -> HistoryPage:
    """One page of those interviews. ``number`` counts from 1; a page beyond the last is empty."""
    rows = await repository.counted(
        session, principal, limit=size, offset=(number - 1) * size, which=which, order=order
    )
    return HistoryPage(
        interviews=[summaries.summary_of(row) for row in rows],
        number=number,
        size=size,
        total=await repository.count(session, principal, which),
    )


async def everything(principal: Principal, which: Filter, order: Order) -> AsyncIterator[Sequence[InterviewSummary]]:
    """All of those interviews, some hundreds at a time, each in a transaction of its own: nothing is held while they are sent."""
    place = 0
    while True:
        async with transaction() as session:
            rows = await repository.counted(session, principal, limit=_BATCH, offset=place, which=which, order=order)
        yield [summaries.summary_of(row) for row in rows]
        if len(rows) < _BATCH:
            return
        place += _BATCH


async def domains(session: AsyncSession, principal: Principal) -> list[tuple[str, str]]:
    """The domains that the principal's interviews are of, by title: what an address calls each, and its title."""
    found = await repository.domains(session, principal)
    named = {(slug or text, domain_title(slug, text)) for slug, text in found if slug or text}
    return sorted(named, key=lambda each: each[1].casefold())


def _one_of(allowed: Sequence[str], text: str) -> str | None:
    return text if text in allowed else None


def _member(kind: type[_Word], text: str) -> _Word | None:
    return kind(text) if text in set(kind) else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str, least: int, most: int) -> int | None:
    """A plain whole number within the bounds.

    >>> _number("7", 0, 100), _number("-1", 0, 100), _number("²", 0, 100), _number("", 0, 100)
    (7, None, None, None)
    """
    is_plain = text.isascii() and text.isdigit() and len(text) < 8
    return int(text) if is_plain and least <= int(text) <= most else None


def _midnight(day: date | None, zone: ZoneInfo, *, days_later: int = 0) -> datetime | None:
    """When that day begins in the zone; ``None`` where the calendar ends."""
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=days_later), time(), zone).astimezone(UTC)
    except OverflowError:
        return None
