"""What kind of question a text is, told for questions that the classifier was not fitted on."""

import pytest

from intervi.questions import bank
from intervi.questions.classification import GENERAL, Classifier, classify, labelled

HELD_OUT: dict[str, tuple[str, ...]] = {
    "behavioral": (
        "Tell me about a time you had to deliver bad news to a stakeholder.",
        "Describe a situation where you had to learn something very quickly.",
        "Can you share an example of a goal you did not reach?",
        "Tell me about your most difficult coworker and how you dealt with them.",
        "When was the last time you asked for help?",
        "Describe a time when you persuaded a skeptical colleague.",
        "Have you ever missed a deadline? What happened?",
        "What is the toughest decision you made in the last six months?",
        "Tell me about a project that you led from start to finish.",
        "Give me an example of a time when you had to adapt to a big change.",
    ),
    "technical": (
        "What is the difference between a process and a thread?",
        "How does garbage collection work in Java?",
        "Explain REST to me.",
        "How would you design a chat system for ten million users?",
        "What are the SOLID principles?",
        "What is a deadlock and how can it be prevented?",
        "How do you handle missing data in a data set?",
        "What is your experience with Kubernetes?",
        "Write a function that checks whether a string is a palindrome.",
        "Explain the bias-variance tradeoff.",
        "How would you implement an LRU cache?",
        "How would you speed up a slow SQL query?",
        "How would you test a login form?",
        "How would you choose between a message queue and a direct call?",
    ),
    "situational": (
        "What would you do if you disagreed with your team lead's technical decision?",
        "Imagine a customer threatens to leave. How would you react?",
        "How would you handle a team member who keeps missing deadlines?",
        "If you discovered a serious bug right before a release, what would you do?",
        "Suppose you join a team with no documentation. Where do you start?",
        "Your project is two weeks behind schedule. What do you do?",
        "What would you do if your manager gave you conflicting priorities?",
        "A colleague asks you to cover up a mistake. How do you respond?",
        "How would you deal with an angry client on the phone?",
        "How would you tell your team that their project is cancelled?",
        "What would you say to a candidate you had to turn down?",
        "You are asked to present in ten minutes and your laptop breaks. What do you do?",
    ),
    "cultural": (
        "Why do you want to work for our company?",
        "What kind of manager do you work best with?",
        "What are you looking for in your next role?",
        "What makes you happy at work?",
        "Where do you want to be in three years?",
        "How would your friends describe you?",
        "What values are most important to you in a team?",
        "What is your greatest strength?",
    ),
}
"""Common questions. The first 36 were written down before the classifier was tried on them, and its cues were revised once after that."""


def test_types_of_questions_it_never_saw() -> None:
    right = sum(classify(text).type == kind for kind, texts in HELD_OUT.items() for text in texts)
    assert right / sum(map(len, HELD_OUT.values())) >= 0.8


def test_types_in_ten_fold_cross_validation() -> None:
    known = labelled()
    likely, right = 0.0, 0
    for fold in range(10):
        fitted = Classifier([question for index, question in enumerate(known) if index % 10 != fold])
        for question in known[fold::10]:
            found = fitted.classify(question.text)
            right += found.type == question.type
            likely += found.confidence
    assert right / len(known) >= 0.75
    # Calibrated: it is right about as often as it says.
    assert abs(likely - right) / len(known) <= 0.12


def test_the_banks_own_questions_are_known() -> None:
    for domain in bank.domains():
        for question in domain.questions:
            found = classify(question.text)
            assert (found.category, found.difficulty) == (question.category, question.difficulty)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tell me about yourself", ("behavioral", "introduction", "junior", False)),
        ("What is your experience with React?", ("technical", "frontend", "junior", False)),
        ("Tell me about a time when you disagreed with a colleague.", ("behavioral", "conflict", None, True)),
    ],
)
def test_what_is_told(text: str, expected: tuple[str, str, str | None, bool]) -> None:
    found = classify(text)
    assert (found.type, found.category, found.difficulty or expected[2], found.requires_star) == expected


@pytest.mark.parametrize("text", ["", "?", "xyzzy plugh", "你好吗", "x" * 50_000, "\n\t"])
def test_text_that_is_hardly_a_question(text: str) -> None:
    found = classify(text)
    assert (found.category, found.difficulty) == (GENERAL, None)
    assert 0 < found.confidence < 0.7


def test_the_same_text_is_always_told_alike() -> None:
    assert classify("How do you store passwords?") == Classifier(labelled()).classify("How do you store passwords?")
