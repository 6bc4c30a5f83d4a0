"""What a candidate chooses, and what it means for the interview."""

from uuid import uuid4

import pytest

from intervi.interviews.models import Interview, Origin, SessionType
from intervi.pages.practice.choices import Choices, last_time, planned_questions


def an_interview(**fields: object) -> Interview:
    return Interview(user_id=uuid4(), **{"origin": Origin.PRACTICE, **fields})


@pytest.mark.parametrize(("minutes", "questions"), [(5, 2), (10, 4), (20, 8), (40, 16), (180, 72)])
def test_the_length_says_how_many_questions(minutes: int, questions: int) -> None:
    assert planned_questions(minutes) == questions


def test_choices_come_back_as_they_were_made() -> None:
    interview = an_interview(
        domain_slug="sales",
        question_kind="cultural",
        difficulty="senior",
        persona="HR",
        duration_minutes=40,
        session_type=SessionType.AUDIO,
    )
    expected = Choices(
        domain="sales", kind="cultural", difficulty="senior", persona="HR", minutes=40, way=SessionType.AUDIO
    )
    assert Choices.of(interview) == expected
    assert Choices(**expected.as_dict()) == expected


def test_last_time_is_the_newest_that_was_set_up_here() -> None:
    newest_first = [
        an_interview(origin=Origin.HIRING, job_title="of somebody else"),
        an_interview(job_title="newest"),
        an_interview(job_title="older"),
    ]
    chosen = last_time(newest_first)
    assert chosen is not None
    assert chosen.job_title == "newest"


def test_a_newcomer_has_no_last_time() -> None:
    assert last_time([]) is None
