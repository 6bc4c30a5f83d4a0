"""Interviews as comma-separated values (RFC 4180), for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from intervi.interviews.summaries import InterviewSummary
from intervi.translation import _

BEGINNING = "\ufeff"
"""Without this mark, Excel reads UTF-8 as if it were not."""
_PARTS = ("content", "structure", "delivery", "presence")
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # the full-width ones too, which Excel takes for the plain ones
"""A cell that begins with one of these can be run by a spreadsheet (OWASP, CSV injection)."""


def header() -> str:
    """The first line."""
    return _line(
        [
            _("Date"),
            _("Domain"),
            _("Job"),
            _("Kind"),
            _("Difficulty"),
            _("Status"),
            _("Minutes"),
            _("Questions"),
            _("Answers"),
            _("First question"),
            _("Score"),
            _("Content"),
            _("Structure"),
            _("Delivery"),
            _("Presence"),
            _("Id"),
        ]
    )


def lines(summaries: Sequence[InterviewSummary], time_zone: str) -> str:
    """A line for each interview; dates where the reader is, scores of 100, empty where there is none."""
    zone = ZoneInfo(time_zone)
    return "".join(
        _line(
            [
                summary.created_at.astimezone(zone).isoformat(timespec="seconds"),
                safe(summary.domain_title),
                safe(summary.job_title),
                summary.question_kind,
                summary.difficulty,
                summary.standing,
                "" if summary.seconds is None else f"{summary.seconds / 60:.1f}",
                str(summary.questions),
                str(summary.answers),
                safe(summary.first_question or ""),
                _number(summary.score),
                *(_number(summary.parts.get(name)) for name in _PARTS),
                str(summary.id),
            ]
        )
        for summary in summaries
    )


def safe(text: str) -> str:
    """What somebody wrote, so that no spreadsheet takes it for a formula: with an apostrophe before it where it looks like one.

    >>> safe("=1+1"), safe("Sales")
    ("'=1+1", 'Sales')
    """
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA else text


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
