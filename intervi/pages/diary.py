"""Interviews as rows of a diary, as the overview and the history show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.components import elements as e
from intervi.interviews import service as interviews
from intervi.interviews.models import Status
from intervi.interviews.service import InterviewSummary
from intervi.pages import formatting
from intervi.translation import _, ngettext


@dataclass(frozen=True)
class Row:
    """One interview."""

    id: str
    address: str
    date: str
    question: str
    facts: str
    status: str
    kind: str
    """Of the status chip: ``plain``, ``working``, ``ready`` or ``failed``."""
    score: str
    change: str
    """Against the scored interview before it; empty if there is none."""


async def read(session: AsyncSession, principal: Principal, *, limit: int, offset: int = 0) -> list[Row]:
    """The newest interviews first, from ``offset`` on."""
    # One more than is shown: the oldest row's score is compared with it.
    found = await interviews.summaries(session, principal, limit=limit + 1, offset=offset)
    user = await accounts.user_of(session, principal)
    return rows(found, time_zone=user.time_zone, today=now())[:limit]


def rows(summaries: Sequence[InterviewSummary], *, time_zone: str, today: datetime) -> list[Row]:
    """The rows of interviews, newest first."""
    return [
        _row(summary, _score_before(summaries[place + 1 :]), time_zone, today)
        for place, summary in enumerate(summaries)
    ]


def _score_before(older: Sequence[InterviewSummary]) -> float | None:
    return next((each.score for each in older if each.score is not None), None)


def _row(summary: InterviewSummary, before: float | None, time_zone: str, today: datetime) -> Row:
    status, kind = _status(summary)
    is_open = summary.status in (Status.SCHEDULED, Status.ACTIVE, Status.PAUSED)
    score = summary.score
    return Row(
        id=str(summary.id),
        address=f"/practice/{summary.id}" if is_open and not summary.answers else f"/history/{summary.id}",
        date=formatting.day(summary.created_at, time_zone, today=today),
        question=summary.first_question or summary.job_title or _("No question yet"),
        facts=_facts(summary),
        status=status,
        kind=kind,
        score="" if score is None else formatting.points(score),
        change=formatting.change(score - before) if score is not None and before is not None else "",
    )


def _facts(summary: InterviewSummary) -> str:
    answers = ngettext("{count} answer", "{count} answers", summary.answers).format(count=summary.answers)
    return " · ".join(
        part for part in (formatting.isolated(summary.domain_title or summary.job_title), answers) if part
    )


def _status(summary: InterviewSummary) -> tuple[str, str]:
    if summary.report_ready:
        return _("Report ready"), "ready"
    match summary.status:
        case Status.SCHEDULED:
            return _("Not begun"), "plain"
        case Status.ACTIVE | Status.PAUSED:
            return _("Not finished"), "plain"
        case Status.CANCELLED:
            return _("Cancelled"), "plain"
        case _ if summary.answers:
            return _("Being analysed"), "working"
        case _:
            return _("Nothing answered"), "plain"


def diary(shown: rx.Var[list[Row]]) -> rx.Component:
    """The rows as links."""
    return rx.el.div(rx.foreach(shown, _drawn), class_name="diary")


def _drawn(row: rx.Var[Row]) -> rx.Component:
    return rx.el.a(
        rx.el.span(row.date, class_name="small quiet"),
        rx.el.span(
            rx.el.span(row.question, class_name="diary-question"),
            rx.el.span(row.facts, class_name="small quiet diary-facts"),
        ),
        e.chip(row.status, row.kind),
        rx.el.span(row.score, rx.el.span(row.change, class_name="small quiet"), class_name="diary-score"),
        href=row.address,
        class_name="diary-row",
    )
