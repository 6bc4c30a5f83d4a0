"""How fast the estimate of a candidate's level closes in: simulated candidates of known level, three ways of choosing the questions.

.venv/bin/python -m benchmarks.adaptive [CANDIDATES]

Every candidate is practised with on the real bank by the real model (``intervi.questions.levels``); only the scores are drawn: for a
candidate of level θ a beta distribution with mean σ(θ − b) and variance φ·p·(1 − p), in steps of 0.1 points. Levels are drawn from the
model's own prior (so nothing can be learned here of whether the prior is true), or fixed at the ends of the range that is of interest.

- chosen: as Intervi asks (``intervi.questions.choice``): interviewer "Tech", difficulty "mid", nothing known before the first answer
- random: any unseen question of the field, of the types that this interviewer asks
- fixed: the same, but only questions of the difficulty asked for, as long as there are any

Beside them the information in the first eight questions at the true level (1/logits²): what any estimate could make of them at most
(Cramér–Rao).
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import fmean
from uuid import UUID

from intervi.questions import bank
from intervi.questions.bank import Question
from intervi.questions.choice import SHARES, Known, Wish, choose_next, skill_of
from intervi.questions.levels import (
    DISPERSION,
    GENERAL,
    OF_BOTH,
    OF_DOMAIN,
    OF_TYPE,
    Level,
    ScoredAnswer,
    Skill,
    estimate_levels,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUESTIONS = 16
"""An interview of forty minutes."""
SHOWN = (1, 2, 4, 8, 12, 16)
LEVELS: tuple[float | None, ...] = (None, -2.0, 0.0, 2.0)
"""``None``: drawn anew for each candidate and skill; else the same in every skill."""

Way = Callable[[Wish, Sequence[Question], Known, random.Random], Question]


def chosen(wish: Wish, asked: Sequence[Question], known: Known, chance: random.Random) -> Question:
    """As Intervi asks."""
    question = choose_next(wish, [question.id for question in asked], known=known)
    assert question is not None
    return question


def at_random(wish: Wish, asked: Sequence[Question], known: Known, chance: random.Random) -> Question:
    """Any question of the field that was not asked yet."""
    return chance.choice(_unseen(wish, asked))


def fixed(wish: Wish, asked: Sequence[Question], known: Known, chance: random.Random) -> Question:
    """A question of the difficulty asked for, as long as there is one."""
    unseen = _unseen(wish, asked)
    return chance.choice([question for question in unseen if question.difficulty == wish.difficulty] or unseen)


WAYS: dict[str, Way] = {"chosen": chosen, "random": at_random, "fixed": fixed}


def _unseen(wish: Wish, asked: Sequence[Question]) -> list[Question]:
    seen = {question.id for question in asked}
    return [
        question
        for question in bank.questions_of(wish.domain_slug or "")
        if question.type in SHARES[wish.persona] and question.id not in seen
    ]


@dataclass
class Candidate:
    """Somebody whose level is known."""

    chance: random.Random
    general: float
    parts: dict[object, float] = field(default_factory=dict)
    of_level: float | None = None

    def level(self, skill: Skill) -> float:
        """In this skill: the parts that it is made of, each drawn once."""
        if self.of_level is not None:
            return self.of_level
        variances = {skill.type: OF_TYPE, skill.domain: OF_DOMAIN, skill: OF_BOTH}
        for part, variance in variances.items():
            self.parts.setdefault(part, self.chance.gauss(0, variance**0.5))
        return self.general + sum(self.parts[part] for part in variances)

    def answer(self, question: Question, minute: int) -> ScoredAnswer:
        """A score as this candidate might get it."""
        skill = skill_of(question)
        mean = Level(self.level(skill), 0.0).expected_score(question.difficulty)
        precision = 1 / DISPERSION - 1
        score = self.chance.betavariate(mean * precision, (1 - mean) * precision)
        return ScoredAnswer(skill, question.difficulty, round(score, 3), NOW + timedelta(minutes=minute))


@dataclass
class Course:
    """What was known after each answer of an interview."""

    errors: list[list[float]] = field(default_factory=list)
    """Of each skill."""
    deviations: list[list[float]] = field(default_factory=list)
    information: list[float] = field(default_factory=list)


def interview(candidate: Candidate, way: Way, number: int) -> Course:
    """One interview in one field, and the levels in the skills it asks for."""
    domain = bank.domains()[number % len(bank.domains())]
    wish = Wish(UUID(int=number), domain_slug=domain.slug, persona="Tech", difficulty="mid")
    skills, course = [Skill(domain.slug, kind) for kind in SHARES[wish.persona]], Course()
    asked: list[Question] = []
    answers: list[ScoredAnswer] = []
    told = 0.0
    for minute in range(QUESTIONS):
        question = way(wish, asked, Known(answers, at=NOW), candidate.chance)
        asked.append(question)
        answers.append(candidate.answer(question, minute))
        levels = estimate_levels(answers, skills, at=answers[-1].at)
        told += Level(candidate.level(skill_of(question)), 0.0).information(question.difficulty)
        course.errors.append([levels[skill].mean - candidate.level(skill) for skill in skills])
        course.deviations.append([levels[skill].standard_deviation for skill in skills])
        course.information.append(told)
    return course


def courses(way: Way, of_level: float | None, candidates: int) -> list[Course]:
    """Interviews of so many candidates; the same ones for every way."""
    found = []
    for number in range(candidates):
        chance = random.Random(number)
        candidate = Candidate(chance, chance.gauss(0, GENERAL**0.5), of_level=of_level)
        found.append(interview(candidate, way, number))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("candidates", type=int, nargs="?", default=400)
    candidates = parser.parse_args().candidates
    heads = " | ".join(f"{count} answers" if count > 1 else "1 answer" for count in SHOWN)
    print(f"Root mean square error of the levels, logits ({candidates} candidates, {QUESTIONS} questions each)\n")
    print(f"| level | questions | {heads} | within ±1.96 s | information | a question takes |")
    print("|---|---|" + "---|" * (len(SHOWN) + 3))
    for of_level in LEVELS:
        for name, way in WAYS.items():
            began = time.process_time()
            found = courses(way, of_level, candidates)
            seconds = (time.process_time() - began) / candidates / QUESTIONS
            errors = [
                fmean(error**2 for course in found for error in course.errors[count - 1]) ** 0.5 for count in SHOWN
            ]
            inside = fmean(
                abs(error) <= 1.96 * deviation
                for course in found
                for pairs in zip(course.errors, course.deviations, strict=True)
                for error, deviation in zip(*pairs, strict=True)
            )
            print(
                f"| {'drawn' if of_level is None else of_level:>5} | {name} | "
                + " | ".join(f"{error:.2f}" for error in errors)
                + f" | {inside:.0%} | {fmean(course.information[7] for course in found):.1f} | {1000 * seconds:.1f} ms |"
            )


if __name__ == "__main__":
    main()
