"""The first rule of choice, on the bank as it is."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from intervi.ids import new_id
from intervi.questions import bank
from intervi.questions.bank import Question
from intervi.questions.choice import SHARES, Wish, choose_next, fitting_domains

ANY = UUID("01930000-0000-8000-8000-000000000001")
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
def test_none_is_asked_twice_until_nothing_is_left(domain: str, persona: str) -> None:
    ids = [question.id for question in asked_in(replace(SOFTWARE, domain_slug=domain, persona=persona))]
    assert len(ids) == len(set(ids))
    assert {question.id for question in bank.questions_of(domain)} <= set(ids)


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
def test_a_kind_asked_for_is_all_there_is(kind: str) -> None:
    questions = asked_in(replace(SOFTWARE, question_kind=kind))
    assert set(types(questions)) == {kind}
    own = {question.id for question in bank.questions_of("software-dev") if question.type == kind}
    assert {question.id for question in questions[: len(own)]} == own, "the own domain comes first"


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
    peers = [
        question
        for question in bank.questions_of("software-dev")
        if (question.type, question.difficulty) == (first.type, first.difficulty)
    ]
    assert len(peers) > 1, "the bank has no choice to make here"
    questions = asked_in(wish, len(peers), frozenset({first.id}))
    assert questions[-1].id == first.id


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
        ("Nurse", set()),
        ("", set()),
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


def test_a_field_of_work_we_do_not_know_gets_a_mix_with_nothing_technical() -> None:
    questions = asked_in(Wish(ANY, domain_text="Falconry", persona="Tech"), 12)
    assert set(types(questions)) == {"behavioral", "situational"}
    assert len({question.domain for question in questions}) > 1
