"""The estimate of a candidate's level: what moves it, how far, and what it forgets."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from math import log

import pytest

from intervi.questions.levels import (
    DIFFICULTY,
    GENERAL,
    MEMORY_DAYS,
    OF_BOTH,
    OF_DOMAIN,
    OF_TYPE,
    TREND_DAYS,
    Level,
    ScoredAnswer,
    Skill,
    estimate_levels,
    skill_levels,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SALES = Skill("sales", "technical")
SAME_TYPE, SAME_DOMAIN, OTHER = Skill("design", "technical"), Skill("sales", "cultural"), Skill("design", "cultural")


def answered(*scores: float, skill: Skill = SALES, difficulty: str = "mid", days_ago: float = 0) -> list[ScoredAnswer]:
    return [ScoredAnswer(skill, difficulty, score, NOW - timedelta(days=days_ago)) for score in scores]


def level(answers: list[ScoredAnswer], skill: Skill = SALES, expected: float = 0.0) -> Level:
    return estimate_levels(answers, [skill], at=NOW, expected=expected)[skill]


def test_before_any_answer_it_is_what_is_expected_of_anyone() -> None:
    for expected in (-1.0, 0.0, 1.0):
        assert level([], expected=expected) == Level(expected, pytest.approx(1.0), 0)
    assert pytest.approx(1.0) == GENERAL + OF_TYPE + OF_DOMAIN + OF_BOTH


def test_an_expected_score_moves_nothing_but_makes_surer() -> None:
    after = level(answered(0.5))
    assert after.mean == pytest.approx(0.0)
    assert (after.standard_deviation, after.answers) == (pytest.approx(0.5**0.5), 1)  # by hand: 1 / (1 + 1/4 / φ)


def test_one_step_by_hand() -> None:
    # P = 1, p = 1/2, φ = 1/4: the information is 1, so the step is (1 - 1/2) / φ / (1 + 1) = 1.
    assert level(answered(1.0)).mean == pytest.approx(1.0)


def test_answers_to_related_skills_count_in_proportion() -> None:
    own, same_type, same_domain, other = (
        level(answered(1.0), skill).mean for skill in (SALES, SAME_TYPE, SAME_DOMAIN, OTHER)
    )
    assert (own, same_type, same_domain, other) == (
        pytest.approx(1.0),
        pytest.approx(GENERAL + OF_TYPE),
        pytest.approx(GENERAL + OF_DOMAIN),
        pytest.approx(GENERAL),
    )


@pytest.mark.parametrize("difficulty", list(DIFFICULTY))
@pytest.mark.parametrize("true_level", [-1.5, 0.0, 1.5])
def test_many_answers_lead_to_the_true_level(true_level: float, difficulty: str) -> None:
    score = Level(true_level, 0.0).expected_score(difficulty)
    found = level(answered(*[score] * 60, difficulty=difficulty))
    assert found.mean == pytest.approx(true_level, abs=0.15)
    assert found.standard_deviation < 0.25


def test_the_same_score_on_a_harder_question_says_more() -> None:
    means = [level(answered(0.6, difficulty=difficulty)).mean for difficulty in ("junior", "mid", "senior")]
    assert means == sorted(means)
    assert means[0] < means[2]


def test_every_answer_makes_surer_and_moves_it_less_than_the_one_before() -> None:
    found = [level(answered(*[0.9] * times)) for times in range(6)]
    deviations = [each.standard_deviation for each in found]
    assert deviations == sorted(deviations, reverse=True)
    steps = [later.mean - earlier.mean for earlier, later in pairwise(found)]
    assert steps == sorted(steps, reverse=True)
    assert min(steps) > 0


def test_the_order_of_the_rows_does_not_matter() -> None:
    answers = [*answered(0.9, days_ago=3), *answered(0.2, days_ago=2, difficulty="senior"), *answered(0.6, days_ago=1)]
    assert len({level(list(order)).mean for order in permutations(answers)}) == 1


def test_what_was_long_ago_fades_back_to_what_is_expected() -> None:
    fresh, old, ancient = (level(answered(1.0, days_ago=days)) for days in (0, MEMORY_DAYS, 100 * MEMORY_DAYS))
    assert old.mean == pytest.approx(fresh.mean / 2.718281828)
    assert fresh.standard_deviation < old.standard_deviation < 1
    assert (ancient.mean, ancient.standard_deviation) == (pytest.approx(0.0), pytest.approx(1.0))


def test_nothing_but_extreme_scores_stays_finite() -> None:
    for score in (0.0, 1.0):
        found = level(answered(*[score] * 500))
        assert abs(found.mean) < 10
        assert 0 < found.standard_deviation < 1


def test_information_is_greatest_where_half_is_expected() -> None:
    for difficulty, logits in DIFFICULTY.items():
        here = Level(logits, 1.0)
        assert here.expected_score(difficulty) == 0.5
        assert max(DIFFICULTY, key=here.information) == difficulty
    assert Level(log(3), 1.0).expected_score() == pytest.approx(0.75)


class TestSkillLevels:
    """What a page shows of them."""

    def test_are_those_of_the_skills_answered_the_highest_first(self) -> None:
        answers = [*answered(0.2), *answered(0.9, 0.8, skill=OTHER)]
        found = skill_levels(answers, at=NOW)
        assert [(one.skill, one.level.answers) for one in found] == [(OTHER, 2), (SALES, 1)]
        assert {one.skill: one.level for one in found} == estimate_levels(answers, [SALES, OTHER], at=NOW)
        assert skill_levels([], at=NOW) == []

    def test_are_compared_with_what_was_known_a_month_ago(self) -> None:
        early, late = answered(0.1, 0.1, days_ago=40), answered(1.0, 1.0, 1.0, 1.0)
        [found] = skill_levels([*late, *early], at=NOW)
        assert found.before == estimate_levels(early, [SALES], at=NOW - timedelta(days=TREND_DAYS))[SALES]
        assert found.change == pytest.approx(found.level.expected_score() - found.before.expected_score())
        assert found.trend == 1

    def test_no_answer_by_then_is_no_trend(self) -> None:
        [found] = skill_levels(answered(0.1, 0.9), at=NOW)
        assert (found.before, found.change, found.trend) == (None, None, None)
        related = {
            one.skill: one for one in skill_levels([*answered(0.9, days_ago=40), *answered(0.9, skill=OTHER)], at=NOW)
        }
        assert related[OTHER].before is None, "the other skill's answer is not this one's"

    @pytest.mark.parametrize(("score", "trend"), [(0.0, -1), (0.5, 0), (1.0, 1)])
    def test_a_move_within_the_uncertainty_is_no_trend(self, score: float, trend: int) -> None:
        steady = answered(0.5, 0.5, 0.5, days_ago=31)
        assert skill_levels([*steady, *answered(*[score] * 4)], at=NOW)[0].trend == trend

    def test_without_practice_there_is_no_trend_either_way(self) -> None:
        assert skill_levels(answered(0.9, 0.9, days_ago=60), at=NOW)[0].trend == 0

    def test_the_interval_is_of_the_expected_score_and_narrows(self) -> None:
        low, high = Level(0.0, 1.0).expected_score_interval()
        assert (low, high) == (pytest.approx(0.1235, abs=1e-4), pytest.approx(0.8765, abs=1e-4))  # 1 / (1 + e^±1.96)
        assert high - low > (lambda ends: ends[1] - ends[0])(level(answered(0.5, 0.5)).expected_score_interval())
