"""The targets for the figures of the sound, on a part of what ``benchmarks/truth.py`` measures."""

from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import numpy as np
import pytest

from intervi.analysis.figures import Figure
from tests.media_made.speech import MadeSpeech, Voice, make_speech
from tests.truth.errors import Errors
from tests.truth.sound import (
    NOT_A_VOICE,
    RATES,
    TEXTS,
    VOICES,
    cases,
    compare,
    compare_contours,
    compare_pace,
    interview_answers,
)
from workers.speech import measure_speech

pytestmark = pytest.mark.media

SOME_VOICES = (VOICES[3], VOICES[6], VOICES[8])
NOISES = (("clean", 0.0), ("pink", 10.0), ("babble", 10.0))


@cache
def errors() -> Errors:
    """Those of ``_measured``, in a process of its own: what espeak-ng says depends a little on what it has said before, and so on which
    tests have been run."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_measured).result()


def _measured() -> Errors:
    """Both texts by three voices, each at another speed, in quiet, in noise and among others who talk."""
    found = Errors()
    for voice, rate in zip(SOME_VOICES, RATES, strict=True):
        for case in cases(TEXTS, [voice], [rate], NOISES):
            compare(case, found)
    return found


class TestPauses:
    @pytest.mark.parametrize(
        ("condition", "mean", "worst"),
        [("clean", 0.005, 0.02), ("pink 10 dB", 0.015, 0.05), ("babble 10 dB", 0.02, 0.06)],
    )
    def test_their_share(self, condition: str, mean: float, worst: float) -> None:
        assert abs(errors().mean("pause ratio", condition)) <= mean
        assert abs(errors().worst("pause ratio", condition)) <= worst

    @pytest.mark.parametrize(("condition", "share"), [("clean", 1.0), ("pink 10 dB", 1.0), ("babble 10 dB", 0.9)])
    def test_every_long_one_where_it_is(self, condition: str, share: float) -> None:
        assert errors().recall("pauses over 0.5 s, both ends within 0.15 s", condition) >= share


class TestPace:
    def test_from_known_words(self) -> None:
        assert abs(errors().worst("pace from words, %", "clean")) <= 0.03

    def test_from_syllables(self) -> None:
        found = Errors()
        for index, parts in enumerate(interview_answers()[::5]):
            compare_pace(make_speech(parts, VOICES[index], RATES[index % 3]), "clean", found)
        assert abs(found.mean("pace from syllables, %", "clean")) <= 0.08
        assert abs(found.worst("pace from syllables, %", "clean")) <= 0.15

    def test_syllables_themselves(self) -> None:
        assert abs(errors().worst("syllables, %", "clean")) <= 0.08


class TestPitch:
    @pytest.mark.parametrize("condition", ["clean", "pink 10 dB", "babble 10 dB"])
    def test_median_and_spread_are_praats(self, condition: str) -> None:
        assert abs(errors().worst("median f0 against Praat, %", condition)) <= 0.01
        assert abs(errors().worst("f0 spread against Praat, %", condition)) <= 0.1

    def test_contours(self) -> None:
        found = Errors()
        compare_contours(found)
        assert len(found.matches["moments that have an f0"]) == 9
        for name in found.matches["moments that have an f0"]:
            assert found.recall("moments that have an f0", name) > 0.99
            assert abs(found.worst("f0 at every moment, %", name)) <= 0.02


@pytest.mark.parametrize(("condition", "least"), [("clean", 0.9), ("pink 10 dB", 0.8), ("babble 10 dB", 0.7)])
def test_fillers_without_a_transcript(condition: str, least: float) -> None:
    assert errors().f1("fillers by sound", condition) >= least


@pytest.mark.parametrize("condition", ["clean", "pink 10 dB", "babble 10 dB"])
def test_loudness(condition: str) -> None:
    assert abs(errors().worst("loudness, dB", condition)) <= 1.0


class TestNoVoice:
    @pytest.mark.parametrize("name", NOT_A_VOICE)
    def test_every_figure_is_null_with_the_reason(self, name: str) -> None:
        samples, reason = NOT_A_VOICE[name]
        figures = [figure for _name, figure in measure_speech(samples, None) if isinstance(figure, Figure)]
        assert {figure.value for figure in figures} == {None}
        assert {figure.reason for figure in figures} == {reason}


class TestWhoNeverRests:
    """Nothing of a recording that holds nothing but voice may be taken for a room, nor for other people."""

    @pytest.mark.parametrize("voice", [VOICES[0], VOICES[3], VOICES[6]], ids=lambda voice: voice.name)
    def test_has_no_pause(self, voice: Voice) -> None:
        spoken = make_speech(["We moved every record to one new system and nobody had to wait for anything"], voice)
        measured = measure_speech(spoken.samples, None)
        assert measured.pauses == []
        assert measured.speaking_seconds.value == pytest.approx(spoken.seconds, abs=0.35)

    def test_weaker_syllables_are_no_room(self) -> None:
        spoken = make_speech(["We moved every record to one new system and nobody had to wait for anything"], VOICES[3])
        slow = 1 - 0.8 * np.sin(np.pi * np.arange(len(spoken.samples)) / len(spoken.samples)) ** 2
        swelling = MadeSpeech((spoken.samples * slow).astype(np.float32))
        assert measure_speech(swelling.samples, None).speaking_seconds.value == pytest.approx(spoken.seconds, abs=0.35)
