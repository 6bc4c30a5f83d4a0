"""Interviews as rows of a diary, as the overview and the history show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from intervi.components import elements as e
from intervi.interviews.filter import UNFINISHED, Standing
from intervi.interviews.models import Status
from intervi.interviews.summaries import InterviewSummary
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


def rows(summaries: Sequence[InterviewSummary], *, time_zone: str, today: datetime) -> list[Row]:
    """The rows of interviews."""
    return [_row(summary, time_zone, today) for summary in summaries]


def _row(summary: InterviewSummary, time_zone: str, today: datetime) -> Row:
    status, kind = _status(summary)
    is_open = summary.status in UNFINISHED
    score, before = summary.score, summary.score_before
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
    match summary.standing:
        case Standing.READY:
            return _("Report ready"), "ready"
        case Standing.OPEN:
            return _("Not begun") if summary.status == Status.SCHEDULED else _("Not finished"), "plain"
        case Standing.CANCELLED:
            return _("Cancelled"), "plain"
        case Standing.WORKING:
            return _("Being analysed"), "working"
        case Standing.EMPTY:
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
