"""What changed from one interview to another: scores, figures, and the answers to questions that both asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis.figures import Figure, InterviewReport, Score, ScorePart, Scores
from intervi.errors import Conflict
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Interview
from intervi.translation import _

NAMES = ("content", "structure", "delivery", "presence")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    interview: Interview
    scores: Scores
    exchanges: Sequence[Exchange]
    answers: Mapping[UUID, Scores]
    """The scores of its answers, by exchange."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Something that both have, the earlier one's first. ``None``: that one has it not, or not measured."""

    name: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        """How much more it is in the later one."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class FigurePair:
    """A figure of both, each the mean over the answers on which it was measured."""

    before: ScorePart
    after: ScorePart

    @property
    def change(self) -> float | None:
        """How much more it is in the later one, in its own unit."""
        before, after = _measured(self.before), _measured(self.after)
        return None if before is None or after is None else after - before

    @property
    def is_nearer(self) -> bool | None:
        """Whether the later one is nearer to the target range; ``None``: both are as near, or one is not measured."""
        before, after, target = _measured(self.before), _measured(self.after), self.after.target
        if before is None or after is None or target is None:
            return None
        was, is_now = _beyond(before, target), _beyond(after, target)
        return None if was == is_now else is_now < was


@dataclass(frozen=True, slots=True)
class QuestionPair:
    """A question that both asked, with the scores of the two answers."""

    question: str
    numbers: tuple[int, int]
    overall: Pair
    parts: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two interviews, the earlier one first."""

    before: Side
    after: Side
    overall: Pair
    parts: Sequence[Pair]
    figures: Sequence[FigurePair]
    questions: Sequence[QuestionPair]
    """Those that both asked, in the order of the later one."""


async def compare(session: AsyncSession, principal: Principal, one: UUID, other: UUID) -> Comparison:
    """Compares two interviews of the principal's, the one made earlier first.

    Raises:
        NotFound: if one of them is nobody's or somebody else's.
        Conflict: if they are the same, or one has no report yet.
    """
    if one == other:
        raise Conflict(_("An interview is compared with another one."))
    before, after = [await _side(session, principal, each) for each in sorted((one, other))]
    return Comparison(
        before=before,
        after=after,
        overall=Pair("overall", before.interview.score, after.interview.score),
        parts=_parts(before.scores, after.scores),
        figures=list(_figures(before, after)),
        questions=list(_questions(before, after)),
    )


async def _side(session: AsyncSession, principal: Principal, interview_id: UUID) -> Side:
    interview = await interviews.get(session, principal, interview_id)
    if interview.report is None:
        raise Conflict(_("One of these interviews has no report yet. Once it has, the two can be compared."))
    states = await analysis.of_interview(session, principal, interview_id)
    return Side(
        interview=interview,
        scores=InterviewReport.model_validate(interview.report).scores,
        exchanges=await exchanges.of_interview(session, principal, interview_id),
        answers={state.analysis.exchange_id: state.scores for state in states if state.scores is not None},
    )


def _parts(before: Scores, after: Scores) -> list[Pair]:
    return [Pair(name, getattr(before, name).value.value, getattr(after, name).value.value) for name in NAMES]


def _figures(before: Side, after: Side) -> Iterator[FigurePair]:
    """The figures of delivery and presence that at least one of the two has."""
    earlier, later = _figures_of(before), _figures_of(after)
    for name in dict.fromkeys([*later, *earlier]):
        known = [part for part in (*earlier.get(name, ()), *later.get(name, ())) if part.measured]
        if known:
            yield FigurePair(_mean(earlier.get(name, ()), like=known[0]), _mean(later.get(name, ()), like=known[0]))


def _figures_of(side: Side) -> dict[str, list[ScorePart]]:
    found: dict[str, list[ScorePart]] = {}
    for scores in side.answers.values():
        for part in _measured_parts((scores.delivery, scores.presence)):
            found.setdefault(part.name, []).append(part)
    return found


def _measured_parts(scores: Sequence[Score]) -> Iterator[ScorePart]:
    return (part for score in scores for part in score.parts if part.target is not None)


def _mean(parts: Sequence[ScorePart], *, like: ScorePart) -> ScorePart:
    """One part with the mean of what was measured, with target and unit as another has them."""
    reason = next((part.measured for part in parts if part.measured and part.measured.value is None), None)
    return like.model_copy(
        update={
            "measured": _mean_of([part.measured for part in parts if part.measured], reason),
            "value": _mean_of([part.value for part in parts], None) or like.value,
        }
    )


def _mean_of(figures: Sequence[Figure], otherwise: Figure | None) -> Figure | None:
    values = [figure.value for figure in figures if figure.value is not None]
    return Figure(value=fmean(values)) if values else otherwise


def _questions(before: Side, after: Side) -> Iterator[QuestionPair]:
    earlier = {_same(exchange): exchange for exchange in reversed(before.exchanges) if exchange.id in before.answers}
    for exchange in after.exchanges:
        asked_before = earlier.pop(_same(exchange), None) if exchange.id in after.answers else None
        if asked_before is not None:
            was, is_now = before.answers[asked_before.id], after.answers[exchange.id]
            yield QuestionPair(
                question=exchange.question,
                numbers=(asked_before.position, exchange.position),
                overall=Pair("overall", was.overall.value.value, is_now.overall.value.value),
                parts=_parts(was, is_now),
            )


def _same(exchange: Exchange) -> str:
    """What two askings of the same question share."""
    return exchange.question_id or " ".join(exchange.question.casefold().split())


def _measured(part: ScorePart) -> float | None:
    return part.measured.value if part.measured else None


def _beyond(value: float, target: tuple[float, float]) -> float:
    low, high = target
    return max(low - value, value - high, 0.0)
