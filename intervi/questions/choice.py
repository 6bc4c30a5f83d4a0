"""The choice of the next question: pure, so that the same interview always goes the same way.

1. **A follow-up**, if what was just said left out something that a follow-up of the bank asks for, or covered everything and one goes
   beyond it (planned probing, as structured interviews do it: Levashina, Hartwell, Morgeson & Campion 2014). One to a question, and to
   every second question at most, so that time is left for others.
2. **Where from**: the interview's domain; else the domains whose own words (title, slug, keywords) stand in the domain as written, the job
   title or the job description; else, and when those have nothing left, the questions that fit any profession; last every domain, without
   its technical questions.
3. **Which type**: the one asked for; in a mixed interview the type that is furthest behind its share for this interviewer.
4. **Which question**: within one step of the difficulty asked for, one that this candidate met in no earlier interview, and of those
   the one that tells most about the candidate's level (greatest Fisher information at the estimate: Lord 1980). Where several tell the
   same, one from a category not yet touched, and last by a fixed shuffle of its own for each interview, so that no question wears out
   (randomesque exposure control: Kingsbury & Zara 1989).

A question is never asked twice in an interview.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

import snowballstemmer

from intervi.clock import now
from intervi.questions import bank
from intervi.questions.bank import Domain, FollowUp, Question
from intervi.questions.levels import DIFFICULTY, Level, ScoredAnswer, Skill, estimate_levels

MIXED = "mixed"
ANY_PROFESSION = "general"
"""The domain whose questions can be put to anybody."""

SHARES: dict[str, dict[str, float]] = {
    "Tech": {"technical": 0.5, "behavioral": 0.25, "situational": 0.25},
    "HR": {"behavioral": 0.4, "cultural": 0.4, "situational": 0.2},
    "Manager": {"situational": 0.4, "behavioral": 0.3, "technical": 0.15, "cultural": 0.15},
    "Behavioral": {"behavioral": 0.7, "situational": 0.3},
}
"""What each interviewer asks in a mixed interview; the first named opens it."""

LEFT_OUT = 0.2
"""Coverage below which a point counts as left out (as in the report: touched upon)."""
COVERED = 0.6
"""Coverage from which a point counts as said (as in the report)."""
WORTH_PROBING = 0.35
"""Relevance below which an answer is about something else (as in the scores: ``MOST_BY_RELEVANCE``): asking on would not help."""
REACH = 1
"""How many steps from the difficulty asked for an interview goes, up and down."""

_LEVELS = ("junior", "mid", "senior")
_WORD = re.compile(r"[a-z]+")
_TOO_COMMON = frozenset({"and", "of", "the", "for", "in", "a", "an", "with", "to", "at", "on"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What the interview is to be like."""

    interview_id: UUID
    domain_slug: str | None = None
    domain_text: str = ""
    job_title: str = ""
    job_description: str = ""
    question_kind: str = MIXED
    difficulty: str = "mid"
    persona: str = "Tech"


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What is known of the answer just given."""

    exchange_id: UUID
    question_id: str
    relevance: float
    """0 to 1."""
    coverage: tuple[float, ...]
    """Of each of the question's points, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the candidate from answers that were analysed."""

    answers: Sequence[ScoredAnswer] = ()
    last: LastAnswer | None = None
    """None: the last answer is not analysed (yet), or is one to a follow-up."""
    at: datetime | None = None
    """The moment for which the level is estimated; None: now."""


NOTHING_KNOWN = Known()


def choose_next(
    wish: Wish, asked: Sequence[str], met_before: Collection[str] = (), known: Known = NOTHING_KNOWN
) -> Question | None:
    """The next question of the bank, or ``None`` when there is none left to ask.

    Args:
        wish: What the interview is to be like.
        asked: Ids of the bank's questions already asked in it, in any order.
        met_before: Ids of questions this candidate met in earlier interviews: avoided while there are others.
        known: What the candidate's level is estimated from.
    """
    asked_already = [found for found in map(bank.question, asked) if found]
    for pool in _pools(wish):
        if open_questions := [question for question in pool if question.id not in asked]:
            levels = _levels(wish, open_questions, known)
            return min(open_questions, key=lambda question: _rank(question, wish, levels, asked_already, met_before))
    return None


def has_room_for_follow_up(questions: int, follow_ups: int) -> bool:
    """Whether an interview with so many questions, follow-ups not counted, may have another follow-up."""
    return 2 * follow_ups < questions


def choose_follow_up(last: LastAnswer) -> FollowUp | None:
    """The follow-up that asks for what the answer left out most plainly; if it left out nothing at all, one that goes beyond the points."""
    question = bank.question(last.question_id)
    if question is None or last.relevance < WORTH_PROBING or len(last.coverage) != len(question.points):
        return None
    probes = [
        (last.coverage[follow_up.point - 1], number)
        for number, follow_up in enumerate(question.follow_ups)
        if follow_up.point and last.coverage[follow_up.point - 1] < LEFT_OUT
    ]
    if probes:
        return question.follow_ups[min(probes)[1]]
    if min(last.coverage) >= COVERED:
        return next((follow_up for follow_up in question.follow_ups if follow_up.point is None), None)
    return None


def fitting_domains(wish: Wish) -> tuple[Domain, ...]:
    """The domains an interview draws on: its own, or those that fit its words best, or the one that fits everybody."""
    if wish.domain_slug:
        return _domains({wish.domain_slug})
    for text in (wish.domain_text, wish.job_title, wish.job_description):
        words = _stems(text)
        matches = {
            domain.slug: len(words & _words_of(domain)) for domain in bank.domains() if domain.slug != ANY_PROFESSION
        }
        if best := max(matches.values(), default=0):
            return _domains({slug for slug, count in matches.items() if count == best})
    return _domains({ANY_PROFESSION})


def _domains(slugs: Collection[str]) -> tuple[Domain, ...]:
    return tuple(domain for domain in bank.domains() if domain.slug in slugs)


def skill_of(question: Question) -> Skill:
    """What an answer to the question shows."""
    return Skill(question.domain, question.type)


def _pools(wish: Wish) -> Iterable[list[Question]]:
    """Where to look, best first: a later pool is used only when every question of the earlier ones was asked."""
    own = [question for domain in fitting_domains(wish) for question in domain.questions]
    general = list(bank.questions_of(ANY_PROFESSION))
    wanted = SHARES[wish.persona] if wish.question_kind == MIXED else {wish.question_kind}
    yield [question for question in own if question.type in wanted]
    # A mix may well hold more of its own field; who asked for one kind is given that kind.
    if wish.question_kind == MIXED:
        yield own
    yield [question for question in general if question.type in wanted]
    yield own + general
    # Nothing technical from a field that is not the candidate's.
    yield [question for domain in bank.domains() for question in domain.questions if question.type != "technical"]


def _levels(wish: Wish, questions: Iterable[Question], known: Known) -> Mapping[Skill, Level]:
    """What is expected of the candidate: before any answer, the level whose questions were asked for."""
    skills = {skill_of(question) for question in questions}
    return estimate_levels(known.answers, skills, at=known.at or now(), expected=DIFFICULTY[wish.difficulty])


def _rank(
    question: Question,
    wish: Wish,
    levels: Mapping[Skill, Level],
    asked: Sequence[Question],
    met_before: Collection[str],
) -> tuple[float, bool, bool, float, bool, str]:
    """Smaller is better, by the rule in the order it is written above."""
    shuffled = sha256(f"{wish.interview_id}{question.id}".encode()).hexdigest()
    return (
        0 if wish.question_kind != MIXED else _coverage(question.type, wish.persona, asked),
        abs(_LEVELS.index(question.difficulty) - _LEVELS.index(wish.difficulty)) > REACH,
        question.id in met_before,
        -round(levels[skill_of(question)].information(question.difficulty), 9),  # equal is equal, whatever the last bit
        question.category in {other.category for other in asked},
        shuffled,
    )


def _coverage(question_type: str, persona: str, asked: Sequence[Question]) -> float:
    """How much of its share a type has had: the smallest is furthest behind, and of equals the one named first."""
    shares = SHARES[persona]
    if question_type not in shares:
        return float("inf")
    count = sum(question.type == question_type for question in asked)
    return count / shares[question_type] + list(shares).index(question_type) / 1000


@lru_cache(maxsize=64)
def _words_of(domain: Domain) -> frozenset[str]:
    return _stems(" ".join((domain.title, domain.slug.replace("-", " "), *domain.keywords)))


def _stems(text: str) -> frozenset[str]:
    words = [word for word in _WORD.findall(text.casefold()) if word not in _TOO_COMMON]
    # A stemmer keeps state, so each call has its own: threads must not share one.
    return frozenset(snowballstemmer.stemmer("english").stemWords(words))
