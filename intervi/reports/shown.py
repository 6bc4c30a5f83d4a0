"""Scores and figures as they are shown, on a page and on paper: numbers formatted, widths as percentages, reasons as sentences."""

from dataclasses import dataclass, field

from intervi import formatting
from intervi.analysis.figures import Figure, Score, ScorePart, Scores
from intervi.analysis.wording import not_measured
from intervi.reports import words
from intervi.translation import N_, _, fill


@dataclass(frozen=True)
class PartView:
    """One part of a score, or one of the four scores within the overall one."""

    name: str
    label: str
    value: str
    """Of 100; empty if it was not measured."""
    weight: str
    points: str
    width: str
    """Its share of the bar, which stands for 100."""
    why: str
    """What was measured, against what is wanted; empty where the part is a score itself."""
    note: str
    """Why there is no value."""


@dataclass(frozen=True)
class ScoreView:
    """A score and its sum."""

    name: str
    label: str
    value: str
    """Empty if it was not measured."""
    note: str
    share: str = ""
    """How far it counts, and why, if it does not count in full."""
    parts: list[PartView] = field(default_factory=list)


@dataclass(frozen=True)
class FigureView:
    """A measured figure beside its target range."""

    label: str
    value: str
    unit: str
    basis: str
    target: str
    mark: str
    target_start: str
    target_width: str
    judgement: str
    kind: str
    """``good``, ``watch`` or ``act``."""
    note: str
    """``Not measured, because …``; then nothing else is shown."""


def four(scores: Scores) -> tuple[Score, ...]:
    """The four that the overall score is made of."""
    return scores.content, scores.structure, scores.delivery, scores.presence


def score_view(score: Score) -> ScoreView:
    """A score with its sum, ready to be shown."""
    value = score.value.value
    return ScoreView(
        name=score.name,
        label=words.part(score.name),
        value="" if value is None else formatting.points(value),
        note=sentence(not_measured(score.value)) if value is None else "",
        share=_share(score),
        parts=[_part_view(part) for part in score.parts],
    )


def _part_view(part: ScorePart) -> PartView:
    value = part.value.value
    return PartView(
        name=part.name,
        label=words.part(part.name),
        value="" if value is None else formatting.points(value),
        weight=formatting.percent(part.weight),
        points=formatting.points(part.points),
        width=f"{max(0.0, part.points):.1f}%",
        why=_why(part),
        note=sentence(not_measured(part.value)) if value is None else "",
    )


def _share(score: Score) -> str:
    if score.share >= 1.0 or score.value.value is None:
        return ""
    return fill(
        N_("Counted at {share}, because it is not clear that this answers the question"),
        {"share": formatting.percent(score.share)},
    )


def _why(part: ScorePart) -> str:
    measured = part.measured.value if part.measured else None
    if measured is None or part.target is None:
        return ""
    if part.target == (1.0, 1.0):
        if not measured:
            return _("not found")
        whole = (part.value.value or 0.0) >= 99.95
        return _("found") if whole else _("found, in an answer with little that is concrete")
    low, high = part.target
    unit = _(words.UNITS[part.unit]) if part.unit in words.UNITS else ""
    amount = f"{_exact_amount(measured, part.unit, part.target)} {unit}".strip()
    return f"{amount}; {_target(low, high, part.unit)}"


def figure_view(part: ScorePart) -> FigureView:
    """A part of delivery or presence as a figure beside its target range."""
    label = words.part(part.name)
    measured = part.measured
    if measured is None or measured.value is None or part.target is None:
        note = sentence(not_measured(measured if measured and measured.reason else part.value))
        return FigureView(label, "", "", "", "", "", "", "", "", "", note)
    value, (low, high) = measured.value, part.target
    scale = _scale(part, value)
    kind, judgement = _judge(value, low, high, part.value)
    return FigureView(
        label=label,
        value=_exact_amount(value, part.unit, (low, high)),
        unit=_(words.UNITS[part.unit]) if part.unit in words.UNITS else "",
        basis=_(words.BASES[measured.basis]) if part.name in words.HAVE_A_BASIS and measured.basis else "",
        target=_target(low, high, part.unit),
        mark=_place(value, scale),
        target_start=_place(low, scale),
        target_width=_place(min(high, scale) - low, scale),
        judgement=judgement,
        kind=kind,
        note="",
    )


def _scale(part: ScorePart, value: float) -> float:
    """Where the bar ends: at the whole for a share or points, else with room above the range and the value."""
    assert part.target is not None
    whole = {"share": 1.0, "points": 100.0}.get(part.unit)
    return whole or max(part.target[1] * 1.6, value * 1.1)


def _place(value: float, scale: float) -> str:
    return f"{100 * min(1.0, max(0.0, value / scale)):.1f}%"


def _judge(value: float, low: float, high: float, worth: Figure) -> tuple[str, str]:
    if low <= value <= high:
        return "good", _("within the range")
    kind = "act" if (worth.value or 0.0) < 40 else "watch"
    return kind, _("below the range") if value < low else _("above the range")


def _amount(value: float, unit: str) -> str:
    return formatting.percent(value) if unit == "share" else formatting.number(value, 0 if unit == "words/min" else 1)


def difference(by: float, unit: str) -> str:
    """How far two measured values of a figure are apart, in its unit."""
    named = _(words.UNITS[unit]) if unit in words.UNITS else ""
    return f"{_amount(abs(by), unit)} {named}".strip()


def _exact_amount(value: float, unit: str, bounds: tuple[float, float]) -> str:
    """With one digit more where the usual rounding would put a value on the bound that it misses."""
    shown = _amount(value, unit)
    if value in bounds or shown not in {_amount(bound, unit) for bound in bounds}:
        return shown
    return formatting.percent(value, 1) if unit == "share" else formatting.number(value, 2)


def _target(low: float, high: float, unit: str) -> str:
    whole = {"share": 1.0, "points": 100.0}.get(unit)
    if high == whole:
        return fill(N_("target: {low} or more"), {"low": _amount(low, unit)})
    if low == 0:
        return fill(N_("target: {high} or fewer"), {"high": _amount(high, unit)})
    return fill(N_("target: {low} to {high}"), {"low": _amount(low, unit), "high": _amount(high, unit)})


def sentence(text: str) -> str:
    """With a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
