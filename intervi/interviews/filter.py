"""Which interviews of a list are meant, and in what order: the one filter of every list, page and contract."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, UnaryExpression, exists
from sqlmodel import col, func, select

from intervi.interviews.models import AnswerStatus, Exchange, Interview, Status

UNFINISHED = (Status.SCHEDULED, Status.ACTIVE, Status.PAUSED)


class Standing(StrEnum):
    """Where an interview stands for whoever looks for it again: its status and its report in one word."""

    OPEN = "open"
    """Not over."""
    WORKING = "working"
    """Over and answered, and without a report yet."""
    READY = "ready"
    EMPTY = "empty"
    """Over, and nothing was answered."""
    CANCELLED = "cancelled"


class Order(StrEnum):
    """How a list is sorted. Without a score comes last, and among equals the newest is first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    BEST = "best"
    WORST = "worst"
    LONGEST = "longest"


def standing_of(status: Status, *, has_report: bool, answers: int) -> Standing:
    """The standing of one interview; :func:`_stands` says the same in SQL."""
    if has_report:
        return Standing.READY
    if status in UNFINISHED:
        return Standing.OPEN
    if status == Status.CANCELLED:
        return Standing.CANCELLED
    return Standing.WORKING if answers else Standing.EMPTY


@dataclass(frozen=True, slots=True)
class Filter:
    """Which interviews are meant; what is left out lets all through. Texts match exactly.

    What is about to be deleted is in no list, but still there until then.
    """

    statuses: Collection[Status] = ()
    standing: Standing | None = None
    domain_slug: str | None = None
    domain_text: str | None = None
    question_kind: str | None = None
    difficulty: str | None = None
    about_others: bool | None = None
    since: datetime | None = None
    """Made then or later."""
    before: datetime | None = None
    """Made earlier than that."""
    least_score: float | None = None
    below_score: float | None = None
    """The score shown: from this one on, and below that one."""
    among: Select[tuple[UUID]] | None = None
    """A query of ids: those that a search has found."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Of a query that selects from ``Interview``."""
        yield col(Interview.deletes_at).is_(None)
        if self.statuses:
            yield col(Interview.status).in_(self.statuses)
        if self.standing:
            yield from _stands(self.standing)
        for column, value in (
            (Interview.domain_slug, self.domain_slug),
            (Interview.domain_text, self.domain_text),
            (Interview.question_kind, self.question_kind),
            (Interview.difficulty, self.difficulty),
            (Interview.about_others, self.about_others),
        ):
            if value is not None:
                yield col(column) == value
        if self.since:
            yield col(Interview.created_at) >= self.since
        if self.before:
            yield col(Interview.created_at) < self.before
        if self.least_score is not None:
            yield shown_score() >= self.least_score
        if self.below_score is not None:
            yield shown_score() < self.below_score
        if self.among is not None:
            yield col(Interview.id).in_(self.among)


EVERY = Filter()


def shown_score(interview: Any = Interview) -> ColumnElement[float | None]:
    """The score shown of an interview (or an alias of the table): the reported one if there is one, else the measured one."""
    return func.coalesce(interview.reported_score, interview.measured_score)


def ordered(order: Order) -> tuple[UnaryExpression[Any], ...]:
    """What a query that selects from ``Interview`` is sorted by."""
    newest = col(Interview.id).desc()
    match order:
        case Order.NEWEST:
            return (newest,)
        case Order.OLDEST:
            return (col(Interview.id).asc(),)
        case Order.BEST:
            return (shown_score().desc().nulls_last(), newest)
        case Order.WORST:
            return (shown_score().asc().nulls_last(), newest)
        case Order.LONGEST:
            held = func.extract("epoch", col(Interview.ended_at) - col(Interview.started_at))
            return ((held - col(Interview.paused_seconds)).desc().nulls_last(), newest)


def _stands(standing: Standing) -> Iterator[ColumnElement[bool]]:
    if standing == Standing.READY:
        yield col(Interview.reported_at).is_not(None)
        return
    yield col(Interview.reported_at).is_(None)
    if standing == Standing.OPEN:
        yield col(Interview.status).in_(UNFINISHED)
    elif standing == Standing.CANCELLED:
        yield col(Interview.status) == Status.CANCELLED
    else:
        yield col(Interview.status) == Status.COMPLETED
        answered = exists(
            select(Exchange.id)
            .where(Exchange.interview_id == Interview.id, Exchange.status == AnswerStatus.ANSWERED)
            .correlate(Interview)
        )
        yield answered if standing == Standing.WORKING else ~answered
