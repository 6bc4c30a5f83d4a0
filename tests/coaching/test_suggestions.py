"""Suggested responses, built in: nothing made up, and a confidence that holds."""

import re

import pytest

from intervi.coaching.suggestions import Job, SuggestedResponse, suggest
from intervi.questions import bank
from intervi.questions.classification import Classifier, classify, labelled

JOB = Job(title="Software Engineer", company="Tech Corp", requirements=("JavaScript", "React", "Node.js"))


def _suggested(question: str, job: Job = JOB) -> list[SuggestedResponse]:
    return suggest(question, job, classify(question))


@pytest.mark.parametrize(
    ("question", "structures"),
    [
        ("Tell me about a time when you had a conflict with a colleague.", ["STAR"]),
        ("Tell me about yourself", ["direct"]),
        ("Why do you want to work here?", ["direct"]),
        ("What is your experience with React?", ["technical", "direct"]),
    ],
)
def test_the_structure_fits_the_question(question: str, structures: list[str]) -> None:
    found = _suggested(question)
    assert [response.structure for response in found] == structures
    assert [response.id for response in found] == [f"response-{number + 1}" for number in range(len(found))]


def test_a_requirement_that_the_question_names_is_spoken_of_and_no_other() -> None:
    for response in _suggested("What is your experience with React?"):
        assert "React is asked for in this job" in response.content
        assert "JavaScript" not in response.content
        assert "React" in response.tags
    for response in _suggested("How do you react to criticism?", Job(title="Nurse", requirements=("Act",))):
        assert "Act" not in response.tags


def test_what_a_good_answer_covers_is_the_banks() -> None:
    question = bank.domains()[0].questions[0]
    for response in _suggested(question.text):
        assert all(point in response.content for point in question.points)


def test_nothing_is_known_of_a_question_that_the_bank_has_not() -> None:
    assert all("To cover" not in response.content for response in _suggested("Do you juggle flaming torches?"))


def test_nothing_is_made_up() -> None:
    """Whatever is in no blank is ours, the job's, or the bank's."""
    for response in _suggested("Do you juggle 7 flaming torches?"):
        outside = re.sub(r"\[[^\]]*\]", "", response.content)
        assert not re.search(r"\d", outside)
        assert "As Software Engineer at Tech Corp" in outside
    assert all("Corp" not in each.content for each in _suggested("Why?", Job(title="Nurse")))
    assert all("As " not in each.content for each in _suggested("Why?", Job()))


def test_the_time_it_takes_grows_with_what_there_is_to_say() -> None:
    (known,) = _suggested("Tell me about a time when you had to debug a complex problem in production.")
    (unknown,) = _suggested("Tell me about a time when you juggled flaming torches.")
    assert known.estimated_duration_seconds is not None
    assert unknown.estimated_duration_seconds is not None
    assert 30 <= unknown.estimated_duration_seconds < known.estimated_duration_seconds <= 180


def test_a_structure_fits_about_as_often_as_its_confidence_says() -> None:
    """On labelled questions that the classifier was not fitted on: a story where it is behavioral, and so on."""
    known = labelled()
    fits: dict[str, list[bool]] = {"STAR": [], "technical": [], "direct": []}
    said: dict[str, list[float]] = {"STAR": [], "technical": [], "direct": []}
    for fold in range(10):
        fitted = Classifier([question for index, question in enumerate(known) if index % 10 != fold])
        for question in known[fold::10]:
            is_story = question.type == "behavioral"
            truth = {"STAR": is_story, "technical": question.type == "technical", "direct": not is_story}
            for response in suggest(question.text, JOB, fitted.classify(question.text)):
                fits[response.structure].append(truth[response.structure])
                said[response.structure].append(response.confidence or 0.0)
    for structure, found in fits.items():
        share, confidence = sum(found) / len(found), sum(said[structure]) / len(found)
        assert share >= 0.75, structure
        assert abs(share - confidence) <= 0.15, structure
