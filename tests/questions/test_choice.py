"""The rule of choice, on the bank as it is."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from intervi.ids import new_id
from intervi.questions import bank
from intervi.questions.bank import Question
from intervi.questions.choice import (
    SHARES,
    Known,
    LastAnswer,
    Wish,
    choose_follow_up,
    choose_next,
    fitting_domains,
    has_room_for_follow_up,
)
from intervi.questions.levels import ScoredAnswer, Skill, estimate_levels

ANY = UUID("01930000-0000-8000-8000-000000000001")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOFTWARE = Wish(ANY, domain_slug="software-dev")


def asked_in(wish: Wish, at_most: int = 1000, met_before: frozenset[str] = frozenset()) -> list[Question]:
    """The questions of an interview, one after the other."""
    questions: list[Question] = []
    while len(questions) < at_most:
        question = choose_next(wish, [question.id for question in questions], met_before)
        if question is None:
            break
        questions.append(question)
    return questions


def types(questions: list[Question]) -> list[str]:
    return [question.type for question in questions]


@pytest.mark.parametrize("persona", list(SHARES))
@pytest.mark.parametrize("domain", [domain.slug for domain in bank.domains()])
def test_none_is_asked_twice_and_the_own_field_comes_first(domain: str, persona: str) -> None:
    ids = [question.id for question in asked_in(replace(SOFTWARE, domain_slug=domain, persona=persona), 45)]
    assert len(ids) == len(set(ids)) == 45
    own = {question.id for question in bank.questions_of(domain)}
    assert own == set(ids[: len(own)])


def test_it_ends_when_nothing_is_left() -> None:
    questions = asked_in(SOFTWARE)
    assert len(questions) == len({question.id for question in questions}) > 200


@pytest.mark.parametrize("persona", list(SHARES))
def test_a_mixed_interview_covers_the_types_of_its_interviewer(persona: str) -> None:
    shares = SHARES[persona]
    first = asked_in(replace(SOFTWARE, persona=persona), len(shares))
    assert set(types(first)) == set(shares), "each type comes before any comes twice"
    assert first[0].type == next(iter(shares))


def test_a_mixed_interview_keeps_to_the_shares() -> None:
    counts = Counter(types(asked_in(SOFTWARE, 8)))
    # Twelve questions are too few to hold the shares for long: after eight, no type is a question and a half off.
    for kind, share in SHARES["Tech"].items():
        assert counts[kind] == pytest.approx(share * 8, abs=1.5)


@pytest.mark.parametrize("kind", ["technical", "behavioral", "situational", "cultural"])
def test_a_kind_asked_for_comes_from_the_own_field_first_then_from_what_fits_anybody(kind: str) -> None:
    questions = asked_in(replace(SOFTWARE, question_kind=kind))
    own = {question.id for question in bank.questions_of("software-dev") if question.type == kind}
    general = {question.id for question in bank.questions_of("general") if question.type == kind}
    assert {question.id for question in questions[: len(own)]} == own
    assert {question.id for question in questions[len(own) : len(own | general)]} == general


def test_nothing_technical_comes_from_another_field() -> None:
    for kind in ("mixed", "technical"):
        technical = [q for q in asked_in(replace(SOFTWARE, question_kind=kind)) if q.type == "technical"]
        assert {question.domain for question in technical} == {"software-dev", "general"}


@pytest.mark.parametrize("difficulty", ["junior", "mid", "senior"])
@pytest.mark.parametrize("kind", ["technical", "behavioral", "situational", "cultural"])
def test_the_nearest_difficulty_comes_first(kind: str, difficulty: str) -> None:
    levels = ("junior", "mid", "senior")
    own = [question for question in bank.questions_of("software-dev") if question.type == kind]
    questions = asked_in(replace(SOFTWARE, question_kind=kind, difficulty=difficulty), len(own))
    distances = [abs(levels.index(question.difficulty) - levels.index(difficulty)) for question in questions]
    assert distances == sorted(distances)


def test_what_was_met_before_comes_later() -> None:
    wish = replace(SOFTWARE, question_kind="technical", difficulty="junior")
    first = asked_in(wish, 1)[0]
    within_reach = [
        question
        for question in bank.questions_of("software-dev")
        if question.type == "technical" and question.difficulty in ("junior", "mid")
    ]
    questions = asked_in(wish, len(within_reach), frozenset({first.id}))
    assert questions[-1].id == first.id, "after all that are new, and before what is too hard"


def answers(score: float, times: int = 8, difficulty: str = "mid", kind: str = "technical") -> list[ScoredAnswer]:
    skill = Skill("software-dev", kind)
    return [ScoredAnswer(skill, difficulty, score, NOW + timedelta(minutes=minute)) for minute in range(times)]


@pytest.mark.parametrize(
    ("score", "asked_for", "difficulty"),
    [
        (0.05, "mid", "junior"),
        (0.5, "mid", "mid"),
        (0.95, "mid", "senior"),
        (0.95, "junior", "mid"),
        (0.05, "senior", "mid"),
    ],
)
def test_the_question_follows_the_level_but_no_further_than_one_step(
    score: float, asked_for: str, difficulty: str
) -> None:
    wish = replace(SOFTWARE, question_kind="technical", difficulty=asked_for)
    known = Known(answers(score), at=NOW)
    question = choose_next(wish, [], known=known)
    assert question is not None
    assert question.difficulty == difficulty


def test_an_answer_to_another_type_moves_the_level_too_but_less() -> None:
    wanted = Skill("software-dev", "technical")
    own, other = (
        estimate_levels(answers(1.0, 3, kind=kind), [wanted], at=NOW)[wanted].mean for kind in ("technical", "cultural")
    )
    assert own > other > 0


QUESTION = next(q for q in bank.questions_of("software-dev") if any(f.point for f in q.follow_ups))
PROBE = next(f for f in QUESTION.follow_ups if f.point)


def left_out(*points: int, relevance: float = 1.0) -> LastAnswer:
    """An answer to ``QUESTION`` that says everything but these points."""
    coverage = [0.0 if number in points else 0.9 for number in range(1, len(QUESTION.points) + 1)]
    return LastAnswer(ANY, QUESTION.id, relevance, tuple(coverage))


def test_a_follow_up_asks_for_what_was_left_out() -> None:
    assert PROBE.point is not None
    assert choose_follow_up(left_out(PROBE.point)) == PROBE


def test_an_answer_that_left_out_nothing_is_asked_for_more_than_the_points() -> None:
    deeper = choose_follow_up(left_out())
    assert deeper in QUESTION.follow_ups
    assert deeper is not None
    assert deeper.point is None


def test_no_follow_up_where_something_else_was_left_out() -> None:
    unasked = set(range(1, len(QUESTION.points) + 1)) - {f.point for f in QUESTION.follow_ups}
    assert choose_follow_up(left_out(*unasked)) is None


def test_every_second_question_has_a_follow_up_at_most() -> None:
    follow_ups = 0
    for questions in range(1, 17):
        follow_ups += has_room_for_follow_up(questions, follow_ups)
    assert follow_ups == 8
    assert not has_room_for_follow_up(2, 1)


def test_no_follow_up_to_what_is_about_something_else_or_no_longer_there() -> None:
    assert choose_follow_up(left_out(PROBE.point or 1, relevance=0.1)) is None
    assert choose_follow_up(replace(left_out(PROBE.point or 1), question_id="gone")) is None
    assert choose_follow_up(replace(left_out(PROBE.point or 1), coverage=())) is None


def test_the_same_interview_always_goes_the_same_way_and_others_differ() -> None:
    assert asked_in(SOFTWARE, 5) == asked_in(SOFTWARE, 5)
    courses = {
        tuple(question.id for question in asked_in(replace(SOFTWARE, interview_id=new_id()), 5)) for _ in range(20)
    }
    assert len(courses) > 1


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Software Engineer", {"software-dev"}),
        ("Full-stack developer", {"software-dev"}),
        ("Senior UX Researcher", {"design"}),
        ("Customer Success Agent", {"customer-support"}),
        ("Sales Engineer", {"sales", "software-dev"}),
        ("Machine Learning Engineer", {"data-science"}),
        ("Product manager", {"product-management"}),
        ("Staff nurse, intensive care", {"nursing"}),
        ("Recruiter", {"human-resources"}),
        ("Primary school teacher", {"teaching"}),
        ("Warehouse Lead", {"operations"}),
        ("Financial controller", {"finance"}),
        ("Brand Marketer", {"marketing"}),
        ("Professional falconer", {"general"}),
        ("", {"general"}),
    ],
)
def test_a_job_title_finds_its_domains(title: str, slugs: set[str]) -> None:
    assert {domain.slug for domain in fitting_domains(Wish(ANY, job_title=title))} == slugs


def test_the_domain_as_written_counts_before_the_title_and_the_title_before_the_description() -> None:
    wish = Wish(ANY, domain_text="UX", job_title="Developer", job_description="You will sell and sell.")
    assert [domain.slug for domain in fitting_domains(wish)] == ["design"]
    assert [domain.slug for domain in fitting_domains(replace(wish, domain_text=""))] == ["software-dev"]
    described = replace(wish, domain_text="", job_title="Hero", job_description="Our account executives…")
    assert [domain.slug for domain in fitting_domains(described)] == ["sales"]


def test_a_field_of_work_we_do_not_know_gets_what_fits_anybody() -> None:
    questions = asked_in(Wish(ANY, domain_text="Falconry", persona="Tech"), 16)
    assert {question.domain for question in questions} == {"general"}
