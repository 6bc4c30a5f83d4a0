"""What the recogniser of the installation makes of made answers: words, pace by them, and hesitations."""

from functools import cache

import pytest

from tests.truth import recognition, sound
from tests.truth.errors import Errors
from tests.truth.recognition import FOUND, PACE, ROUGH, WRITTEN, WRONG

pytestmark = pytest.mark.media

NOISES = (("clean", 0), ("pink", 20), ("pink", 10))
CONDITIONS = [sound.condition(*noise) for noise in NOISES]


@cache
def errors() -> Errors:
    """Of two texts by three voices. espeak-ng is harder to make out than people are: see docs/measurements.md for recorded speech."""
    found = Errors()
    for case in sound.cases(voices=(sound.VOICES[0], sound.VOICES[3], sound.VOICES[9]), rates=(150,), noises=NOISES):
        recognition.compare(case, found)
    return found


@pytest.mark.parametrize(("condition", "share"), [("clean", 0.15), ("pink 20 dB", 0.2), ("pink 10 dB", 0.4)])
def test_words(condition: str, share: float) -> None:
    assert errors().mean(WRONG, condition) <= share


@pytest.mark.parametrize("condition", ["clean", "pink 20 dB"])
def test_what_is_plain_is_scored(condition: str) -> None:
    assert errors().recall(ROUGH, condition) == 0


def test_pace_by_the_words_that_were_recognised() -> None:
    assert abs(errors().mean(PACE, "clean")) <= 0.03


@pytest.mark.parametrize("condition", CONDITIONS)
def test_hesitations(condition: str) -> None:
    assert errors().f1(FOUND, condition) >= 0.8
    hits, _true, written = errors().matches[WRITTEN][condition]
    assert hits >= 0.9 * written, "Whisper writes none that was not said"
