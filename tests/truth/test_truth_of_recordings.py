"""Recorded speech: where Debian's ``asterisk-core-sounds-en-wav`` is installed."""

from functools import cache

import pytest

from tests.truth.errors import Errors
from tests.truth.recorded import DIRECTORY, WHERE, WORDS, compare, prompt
from workers.speech import measure_speech

pytestmark = [
    pytest.mark.media,
    pytest.mark.skipif(not DIRECTORY.is_dir(), reason="needs asterisk-core-sounds-en-wav"),
]


@cache
def errors() -> Errors:
    found = Errors()
    for name in WORDS:
        compare(prompt(name), found)
    return found


def test_f0_is_praats() -> None:
    assert abs(errors().mean("median f0 against Praat, %", WHERE)) <= 0.01
    assert abs(errors().mean("f0 spread against Praat, %", WHERE)) <= 0.1


def test_pauses_are_praats() -> None:
    assert abs(errors().mean("share of pauses against Praat", WHERE)) <= 0.03


def test_pace_from_words() -> None:
    assert abs(errors().worst("pace from words, %", WHERE)) <= 0.03


def test_no_filler_where_there_is_none() -> None:
    assert errors().worst("false fillers a minute", WHERE) == 0


@pytest.mark.parametrize("name", WORDS)
def test_a_recording_that_is_all_voice_is_voice(name: str) -> None:
    """Prompts begin and end with speech: nobody ever hears their room alone."""
    measured = measure_speech(prompt(name).samples, None)
    assert measured.speaking_seconds.value is not None
    assert measured.speaking_seconds.value > 0.75 * measured.duration_seconds
