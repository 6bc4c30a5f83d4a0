"""The question bank: every file is well made, and what is wrong in one is named."""

from collections import Counter
from pathlib import Path

import pytest

from intervi.questions import bank


def test_there_are_72_questions_over_6_domains_of_every_type_and_difficulty() -> None:
    assert len(bank.domains()) >= 6
    for domain in bank.domains():
        assert len(domain.questions) >= 12, domain.slug
        assert {q.type for q in domain.questions} == {"technical", "behavioral", "situational", "cultural"}, domain.slug
        difficulties = Counter(q.difficulty for q in domain.questions)
        assert min(difficulties[level] for level in ("junior", "mid", "senior")) >= 3, (domain.slug, difficulties)


def test_no_two_questions_are_alike() -> None:
    texts = [q.text.casefold() for domain in bank.domains() for q in domain.questions]
    points = [point.casefold() for domain in bank.domains() for q in domain.questions for point in q.points]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    assert [point for point, times in Counter(points).items() if times > 1] == []


def test_questions_can_be_read_aloud_in_a_few_seconds() -> None:
    too_long = [q.id for domain in bank.domains() for q in domain.questions if len(q.text.split()) > 40]
    assert too_long == []


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
