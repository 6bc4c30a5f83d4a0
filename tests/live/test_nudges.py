"""When a coach says something, and when it does not."""

from collections.abc import Iterable
from itertools import pairwise

import pytest

from intervi.live.nudges import BETWEEN_NUDGES_SECONDS, RULES, Coach, Heard, Kind

CHUNK = 0.125
RULE = {rule.kind: rule for rule in RULES}


def speech(seconds: float, volume: float = 0.1, syllables: float | None = None) -> list[Heard]:
    return [Heard(CHUNK, volume, is_speaking=True, syllables_per_second=syllables)] * round(seconds / CHUNK)


def silence(seconds: float) -> list[Heard]:
    return [Heard(CHUNK, 0.001, is_speaking=False)] * round(seconds / CHUNK)


def told(coach: Coach, sound: Iterable[Heard], eye_contact: float | None = None) -> list[tuple[float, Kind]]:
    """What is said and when, with a figure of the eyes once a second."""
    said = []
    for number, heard in enumerate(sound):
        if eye_contact is not None and number % round(1 / CHUNK) == 0:
            coach.see(eye_contact)
        if rule := coach.hear(heard):
            said.append((round(coach.seconds, 2), rule.kind))
    return said


def test_quiet_speech_after_one_second_and_not_twice() -> None:
    coach = Coach()
    assert told(coach, speech(60, 0.015)) == [(1.0, Kind.VOLUME)]


def test_it_is_said_again_only_after_it_was_better() -> None:
    coach = Coach()
    told(coach, speech(5, 0.015))
    assert told(coach, speech(30, 0.035)) == []  # above where it sets, below where it clears
    assert told(coach, speech(10, 0.015)) == []
    assert told(coach, speech(10, 0.1)) == []
    assert [kind for _at, kind in told(coach, speech(10, 0.015))] == [Kind.VOLUME]


def test_and_no_sooner_than_its_gap() -> None:
    coach = Coach()
    told(coach, speech(2, 0.015))
    swaying = [*speech(8, 0.2), *speech(8, 0.01)] * 4
    times = [at for at, kind in told(coach, swaying) if kind == Kind.VOLUME]
    assert times
    assert times[0] >= 1 + RULE[Kind.VOLUME].gap_seconds


@pytest.mark.parametrize("volume", [0.03, 0.05, 0.5])
def test_from_the_documented_threshold_on_nothing_is_said(volume: float) -> None:
    assert told(Coach(), speech(30, volume)) == []


def test_pauses_between_words_are_not_quiet_speech() -> None:
    assert told(Coach(), [*speech(0.5, 0.1), *silence(0.5)] * 30) == []


def test_fast_speech() -> None:
    coach = Coach()
    assert told(coach, speech(10, syllables=3.5)) == []
    assert [kind for _at, kind in told(coach, speech(30, syllables=5.0))] == [Kind.PACE]
    assert told(coach, speech(10, syllables=4.2)) == []  # not yet slow enough to be praised by a second nudge
    assert told(coach, speech(10, syllables=5.0)) == []


def test_a_long_silence_after_speech_and_none_before() -> None:
    coach = Coach()
    assert told(coach, silence(30)) == []
    told(coach, speech(3))
    began = coach.seconds
    assert told(coach, silence(30)) == [(pytest.approx(began + 8.1, abs=0.13), Kind.SILENCE)]
    told(coach, speech(3))
    assert [kind for _at, kind in told(coach, silence(30))] == [Kind.SILENCE]


def test_between_two_answers_silence_is_nobodys_business() -> None:
    coach = Coach()
    told(coach, speech(3))
    coach.begin_answer()
    assert told(coach, silence(30)) == []


def test_eyes_off_the_camera() -> None:
    coach = Coach()
    assert [kind for _at, kind in told(coach, speech(30), eye_contact=0.2)] == [Kind.EYES]
    assert told(coach, speech(30), eye_contact=0.5) == []
    assert told(coach, speech(20), eye_contact=0.9) == []
    assert [kind for _at, kind in told(coach, speech(30), eye_contact=0.2)] == [Kind.EYES]


def test_without_figures_nothing_is_said_of_the_eyes() -> None:
    assert told(Coach(), speech(60)) == []


def test_two_minutes_once_for_each_answer() -> None:
    coach = Coach()
    assert told(coach, speech(200)) == [(pytest.approx(120.1, abs=0.13), Kind.LENGTH)]
    coach.begin_answer()
    assert [kind for _at, kind in told(coach, speech(130))] == [Kind.LENGTH]


def test_a_long_silence_begins_another_turn() -> None:
    coach = Coach()
    told(coach, [*speech(100), *silence(15)])
    assert told(coach, speech(100)) == []


def test_two_different_nudges_keep_their_distance() -> None:
    coach = Coach()
    said = told(coach, speech(60, 0.015, syllables=5.0), eye_contact=0.1)
    assert {kind for _at, kind in said} == {Kind.VOLUME, Kind.PACE, Kind.EYES}
    times = [at for at, _kind in said]
    assert all(later - earlier >= BETWEEN_NUDGES_SECONDS for earlier, later in pairwise(times))


def test_each_threshold_names_its_source() -> None:
    assert {rule.kind for rule in RULES} == set(Kind)
    assert all(len(rule.source) > 20 for rule in RULES)
