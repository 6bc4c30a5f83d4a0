"""From a comparison to what the page shows of it. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from intervi.analysis.comparison import Comparison, FigurePair, Pair, QuestionPair, Side
from intervi.interviews import service as interviews
from intervi.pages import formatting
from intervi.reports import words
from intervi.reports.shown import difference, figure_view
from intervi.translation import N_, _, fill


@dataclass(frozen=True)
class SideView:
    """One of the two interviews."""

    title: str = ""
    date: str = ""
    address: str = ""
    score: str = ""


@dataclass(frozen=True)
class LineView:
    """A score or a figure of both."""

    name: str
    label: str
    before: str
    after: str
    before_width: str
    after_width: str
    """Of the bars; empty where nothing was measured."""
    change: str
    """In words: by how much, and which way."""
    kind: str
    """``good``, ``watch``, or empty where neither is better."""


@dataclass(frozen=True)
class QuestionView:
    """A question that both asked."""

    question: str
    before_address: str
    after_address: str
    lines: list[LineView]


@dataclass(frozen=True)
class Shown:
    """The whole page, the earlier interview first."""

    before: SideView = SideView()
    after: SideView = SideView()
    sentence: str = ""
    scores: list[LineView] = field(default_factory=list)
    figures: list[LineView] = field(default_factory=list)
    questions: list[QuestionView] = field(default_factory=list)


def shown(comparison: Comparison, *, time_zone: str, today: datetime) -> Shown:
    """What changed, ready to be drawn."""
    return Shown(
        before=_side(comparison.before, time_zone, today),
        after=_side(comparison.after, time_zone, today),
        sentence=_sentence(comparison.overall),
        scores=_scores([comparison.overall, *comparison.parts]),
        figures=[_figure(pair) for pair in comparison.figures],
        questions=[_question(pair, comparison) for pair in comparison.questions],
    )


def _side(side: Side, time_zone: str, today: datetime) -> SideView:
    interview = side.interview
    return SideView(
        title=interviews.domain_title(interview) or interview.job_title or _("Interview"),
        date=formatting.moment(interview.created_at, time_zone, today=today),
        address=f"/history/{interview.id}",
        score=_points(interview.score),
    )


def _sentence(overall: Pair) -> str:
    if overall.change is None:
        return _("One of the two has no overall score, so only their parts are compared.")
    if abs(overall.change) < _SAME:
        return fill(N_("The overall score is the same: {after} of 100."), {"after": _points(overall.after)})
    text = (
        N_("The overall score rose by {points}, from {before} to {after}.")
        if overall.change > 0
        else N_("The overall score fell by {points}, from {before} to {after}.")
    )
    return fill(
        text,
        {
            "points": formatting.points(abs(overall.change)),
            "before": _points(overall.before),
            "after": _points(overall.after),
        },
    )


_SAME = 0.05
"""Scores are shown with one decimal."""


def _scores(pairs: Sequence[Pair]) -> list[LineView]:
    return [
        LineView(
            name=pair.name,
            label=_("Overall score") if pair.name == "overall" else words.part(pair.name),
            before=_points(pair.before),
            after=_points(pair.after),
            before_width=_width(pair.before),
            after_width=_width(pair.after),
            change="" if pair.change is None else formatting.change(pair.change),
            kind=_kind(pair.change),
        )
        for pair in pairs
    ]


def _kind(change: float | None) -> str:
    if change is None or abs(change) < _SAME:
        return ""
    return "good" if change > 0 else "watch"


def _points(score: float | None) -> str:
    return _("not measured") if score is None else formatting.points(score)


def _width(score: float | None) -> str:
    return "" if score is None else f"{score:.1f}%"


def _figure(pair: FigurePair) -> LineView:
    before, after = figure_view(pair.before), figure_view(pair.after)
    return LineView(
        name=pair.after.name,
        label=after.label,
        before=f"{before.value} {before.unit}".strip() if not before.note else before.note,
        after=f"{after.value} {after.unit}".strip() if not after.note else after.note,
        before_width=before.mark,
        after_width=after.mark,
        change=_figure_change(pair, after.target),
        kind={True: "good", False: "watch", None: ""}[pair.is_nearer],
    )


def _figure_change(pair: FigurePair, target: str) -> str:
    if pair.change is None:
        return ""
    amount = difference(pair.change, pair.after.unit)
    if amount == difference(0.0, pair.after.unit):
        return fill(N_("unchanged; {target}"), {"target": target})
    values = {"amount": amount, "target": target}
    more = pair.change > 0
    if pair.is_nearer is None:
        return fill(N_("{amount} more; {target}") if more else N_("{amount} less; {target}"), values)
    if pair.is_nearer:
        return fill(
            N_("{amount} more, nearer to the target; {target}")
            if more
            else N_("{amount} less, nearer to the target; {target}"),
            values,
        )
    return fill(
        N_("{amount} more, further from the target; {target}")
        if more
        else N_("{amount} less, further from the target; {target}"),
        values,
    )


def _question(pair: QuestionPair, comparison: Comparison) -> QuestionView:
    before, after = pair.numbers
    return QuestionView(
        question=pair.question or _("A recording without a question"),
        before_address=f"/history/{comparison.before.interview.id}#q{before}",
        after_address=f"/history/{comparison.after.interview.id}#q{after}",
        lines=_scores([pair.overall, *pair.parts]),
    )
