"""The question bank: every file is well made, and what is wrong in one is named."""

import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from intervi.pages.practice.choices import planned_questions
from intervi.questions import bank
from intervi.questions.bank import Domain, Question
from intervi.questions.choice import ANY_PROFESSION, SHARES, Wish, choose_next
from workers.language.embeddings import embed

QUESTIONS = [question for domain in bank.domains() for question in domain.questions]
TYPES = ("technical", "behavioral", "situational", "cultural")
DIFFICULTIES = ("junior", "mid", "senior")
DOMAINS = pytest.mark.parametrize("domain", bank.domains(), ids=lambda domain: domain.slug)

ALIKE_QUESTIONS, ALIKE_POINTS = 0.75, 0.83
"""Cosines of sentence embeddings from which two would be taken for the same; of a type, questions share much of their beginning."""
SECONDS_TO_READ, SYLLABLES_PER_SECOND = 20, 4.0
"""A reader's calm pace (articulation rate of English read aloud: 4 to 5 syllables a second, pauses included 3.5 to 4.5)."""


def test_there_are_enough_questions() -> None:
    assert len(QUESTIONS) >= 300
    assert len(bank.domains()) >= 12


@DOMAINS
def test_every_domain_has_all_types_at_all_levels(domain: Domain) -> None:
    counts = Counter((question.type, question.difficulty) for question in domain.questions)
    assert {
        (kind, level): counts[kind, level] for kind in TYPES for level in DIFFICULTIES if counts[kind, level] < 2
    } == {}
    assert sum(question.type == "technical" for question in domain.questions) >= 8
    by_level = Counter(question.difficulty for question in domain.questions)
    assert max(by_level.values()) - min(by_level.values()) <= 3, by_level


@DOMAINS
@pytest.mark.parametrize("persona", list(SHARES))
@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_no_mixed_interview_of_forty_minutes_leaves_its_field(domain: Domain, persona: str, difficulty: str) -> None:
    wish = Wish(UUID(int=1), domain_slug=domain.slug, persona=persona, difficulty=difficulty)
    assert {question.domain for question in _asked(wish)} == {domain.slug}


@DOMAINS
@pytest.mark.parametrize("kind", TYPES)
def test_no_interview_of_one_kind_runs_dry(domain: Domain, kind: str) -> None:
    asked = _asked(Wish(UUID(int=1), domain_slug=domain.slug, question_kind=kind))
    assert {question.domain for question in asked} <= {domain.slug, ANY_PROFESSION}
    if domain.slug != ANY_PROFESSION:
        assert {question.type for question in asked} == {kind}


def _asked(wish: Wish) -> list[Question]:
    """The questions of an interview of forty minutes."""
    asked: list[Question] = []
    for _ in range(planned_questions(40)):
        question = choose_next(wish, [question.id for question in asked])
        assert question is not None
        asked.append(question)
    return asked


@pytest.mark.parametrize(
    ("texts", "bound"),
    [
        ([(question.id, question.text) for question in QUESTIONS], ALIKE_QUESTIONS),
        ([(question.id, point) for question in QUESTIONS for point in question.points], ALIKE_POINTS),
    ],
    ids=["questions", "points"],
)
def test_no_two_are_alike(texts: list[tuple[str, str]], bound: float) -> None:
    """By meaning, over the whole bank: a point that fits two questions says nothing about either."""
    vectors = embed([text for _id, text in texts])
    alike = np.argwhere(np.triu(vectors @ vectors.T, 1) >= bound)
    assert [(texts[first], texts[second]) for first, second in alike] == []


def test_no_follow_up_is_asked_in_the_same_words_twice() -> None:
    texts = Counter(follow_up.text.casefold() for question in QUESTIONS for follow_up in question.follow_ups)
    assert [text for text, times in texts.items() if times > 1] == []


def test_every_question_can_ask_for_something_that_was_left_out() -> None:
    assert [
        question.id for question in QUESTIONS if not any(follow_up.point for follow_up in question.follow_ups)
    ] == []


def test_points_are_more_than_a_word_and_questions_ask() -> None:
    assert [point for question in QUESTIONS for point in question.points if len(point.split()) < 4] == []
    for question in QUESTIONS:
        for text in (question.text, *(follow_up.text for follow_up in question.follow_ups)):
            assert text.endswith(("?", ".")), text


def test_questions_can_be_read_aloud_in_twenty_seconds() -> None:
    too_long = [
        question.id for question in QUESTIONS if _syllables(question.text) / SYLLABLES_PER_SECOND > SECONDS_TO_READ
    ]
    assert too_long == []


def _syllables(text: str) -> int:
    """About: groups of vowels, a silent e at the end not counted; a number counts by its digits."""
    words = re.findall(r"[a-z]+|\d", text.casefold())
    return sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$", "", word)))) for word in words)


AMERICAN = re.compile(
    r"\b\w*(?<!s)(?:yze[ds]?|izes?|ized|izing|ization)\b|\b(?:color|behavior|center|favor|labor|honor|neighbor|judgment|fulfill|catalog)\w*",
    re.IGNORECASE,
)
ENDS_SO_IN_BRITISH_TOO = {"size", "sizes", "prize", "seize", "cataloguing"}


def test_the_spelling_is_british_throughout() -> None:
    texts = [
        text
        for question in QUESTIONS
        for text in (question.text, *question.points, *(follow_up.text for follow_up in question.follow_ups))
    ]
    found = {word.casefold() for text in texts for word in AMERICAN.findall(text)}
    assert found - ENDS_SO_IN_BRITISH_TOO == set()


@pytest.mark.parametrize(
    "text", ["software-dev", "Software Engineering", "software engineering", "6920000000000000000000a1"]
)
def test_a_domain_is_found_by_slug_title_and_id(text: str) -> None:
    domain = bank.domain_by(text)
    assert domain is not None
    assert domain.slug == "software-dev"


def test_an_unknown_domain_is_none() -> None:
    assert bank.domain_by("alchemy") is None
    assert bank.questions_of("alchemy") == ()
    assert bank.question("alchemy") is None


def test_a_follow_up_asks_for_its_point_and_for_nothing_else() -> None:
    question = next(q for domain in bank.domains() for q in domain.questions if any(f.point for f in q.follow_ups))
    assert bank.points_as_asked(question.id, question.text) == question.points
    assert bank.points_as_asked("gone", question.text) == ()
    for follow_up in question.follow_ups:
        expected = (question.points[follow_up.point - 1],) if follow_up.point else ()
        assert bank.points_as_asked(question.id, follow_up.text) == expected


GOOD = """
id: 6920000000000000000000ff
slug: trial
title: Trial
questions:
  - id: one
    type: technical
    difficulty: junior
    category: trial
    text: What is a trial for?
    points: [It is tried first, It fails safely, It is short enough]
    follow_ups: ["And what if it fails?"]
"""


@pytest.mark.parametrize(
    ("wrong", "right", "named"),
    [
        ("type: technical", "type: riddle", "type"),
        ("difficulty: junior", "difficulty: easy", "difficulty"),
        ("points: [It is tried first, It fails safely, It is short enough]", "points: [It is tried first]", "points"),
        ("id: 6920000000000000000000ff", "id: 42", "id"),
        ("slug: trial", "slug: Not A Slug", "slug"),
        ('    follow_ups: ["And what if it fails?"]', "    follow-ups: []", "follow_ups"),
        ('["And what if it fails?"]', '[{text: "And what if it fails?", point: 4}]', "a point that there is not"),
        ('["And what if it fails?"]', '[{text: "And what if it fails?", points: 1}]', "points"),
        ("title: Trial", "title: [", "trial.yaml"),
        (GOOD, "just a sentence", "trial.yaml"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, wrong: str, right: str, named: str) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(GOOD)
    assert bank.read_domain(path).questions[0].domain == "trial"
    path.write_text(GOOD.replace(wrong, right))
    with pytest.raises(ValueError, match=named) as refusal:
        bank.read_domain(path)
    assert "trial.yaml" in str(refusal.value)
