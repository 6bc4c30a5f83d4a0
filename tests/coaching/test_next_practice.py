"""What to practise next."""

from intervi.analysis.answer_scores import AnswerScores
from intervi.coaching.next_practice import suggest


def of(question_type: str, mean: float, *, domain: str = "sales", answers: int = 4) -> AnswerScores:
    return AnswerScores(question_type, domain, answers, mean)


def test_the_weakest_kind_of_question_with_what_it_rests_on() -> None:
    found = suggest([of("behavioral", 70), of("situational", 50, answers=3), of("technical", 60)])
    assert (found.because, found.question_type, found.domain_slug) == ("weakest_type", "situational", "")
    assert (found.answers, found.mean, found.others) == (3, 50, 65)


def test_the_weakest_domain_where_that_is_clearer() -> None:
    found = suggest(
        [
            of("behavioral", 72),
            of("technical", 70),
            of("behavioral", 41, domain="design"),
            of("technical", 43, domain="design"),
        ]
    )
    assert (found.because, found.domain_slug, found.question_type, found.mean) == ("weakest_domain", "design", "", 42)


def test_answers_are_weighed_by_their_number() -> None:
    found = suggest([of("behavioral", 90, answers=9), of("behavioral", 40, answers=1), of("technical", 60, answers=2)])
    assert (found.question_type, found.others) == ("technical", 85)


def test_one_answer_says_nothing_about_a_kind() -> None:
    assert suggest([of("behavioral", 70), of("situational", 10, answers=1)]).because == "new_type"


def test_what_was_never_answered_where_nothing_is_clearly_weaker() -> None:
    found = suggest([of("behavioral", 70), of("technical", 71)])
    assert (found.because, found.question_type) == ("new_type", "situational")


def test_a_mix_for_who_is_level_and_for_who_is_new() -> None:
    level = [of(kind, 70) for kind in ("behavioral", "technical", "situational", "cultural")]
    assert suggest(level).because == "level"
    assert suggest([]).because == "level"


def test_a_domain_of_ones_own_is_no_suggestion() -> None:
    assert suggest([of("behavioral", 70), of("behavioral", 30, domain="")]).because == "new_type"
