"""What to practise next: the kind of question or the domain that is weakest by measured scores, and why."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from intervi.analysis.answer_scores import AnswerScores
from intervi.questions.bank import QuestionType

LEAST_ANSWERS = 2
"""Fewer say nothing about a kind."""
CLEAR_POINTS = 3.0
"""A kind that is closer than this to all others is not called the weakest."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to practise."""

    because: Literal["weakest_type", "weakest_domain", "new_type", "level"]
    question_type: str = ""
    domain_slug: str = ""
    answers: int = 0
    """Answers it rests on."""
    mean: float | None = None
    """Their mean score."""
    others: float | None = None
    """The mean score of all other answers."""


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    answers: int
    mean: float
    others: float

    @property
    def gap(self) -> float:
        return self.others - self.mean


def suggest(scores: Sequence[AnswerScores]) -> Suggestion:
    """The clearest weakness among types and domains; without one, a type that was never answered, else simply more of everything."""
    types = _groups(scores, lambda each: each.question_type)
    domains = _groups(scores, lambda each: each.domain_slug)
    weakest_type = max(types, key=lambda group: group.gap, default=None)
    weakest_domain = max((group for group in domains if group.name), key=lambda group: group.gap, default=None)
    weakest = max(filter(None, (weakest_type, weakest_domain)), key=lambda group: group.gap, default=None)
    if weakest is not None and weakest.gap >= CLEAR_POINTS:
        if weakest is weakest_type:
            return Suggestion("weakest_type", weakest.name, "", weakest.answers, weakest.mean, weakest.others)
        return Suggestion("weakest_domain", "", weakest.name, weakest.answers, weakest.mean, weakest.others)
    answered = {each.question_type for each in scores}
    new = next((kind for kind in get_args(QuestionType) if kind not in answered), None)
    return Suggestion("new_type", new) if new and answered else Suggestion("level")


def _groups(scores: Iterable[AnswerScores], name: Callable[[AnswerScores], str]) -> list[_Group]:
    """The groups with enough answers in and outside of them."""
    scores = list(scores)
    total = sum(each.answers for each in scores)
    points = sum(each.answers * each.mean for each in scores)
    found = []
    for wanted in sorted({name(each) for each in scores}):
        own = [each for each in scores if name(each) == wanted]
        answers = sum(each.answers for each in own)
        own_points = sum(each.answers * each.mean for each in own)
        if answers >= LEAST_ANSWERS and total - answers >= LEAST_ANSWERS:
            found.append(_Group(wanted, answers, own_points / answers, (points - own_points) / (total - answers)))
    return found
