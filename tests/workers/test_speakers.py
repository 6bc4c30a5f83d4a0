"""Two synthetic voices taking turns at known times, on one channel and on two; and the candidate's part of it."""

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from intervi.analysis.figures import SpeakerTurn, Transcript, Word
from intervi.analysis.transcripts import words_of_candidate
from tests.media_made.speech import (
    LOW_MAN,
    MAN,
    RATE,
    WOMAN,
    Hesitation,
    MadeSpeech,
    Voice,
    make_speech,
    noise,
    silence,
    write_wav,
)
from tests.worker_processes import ffmpeg
from workers.decoding import SegmentFile, decode_answer
from workers.sound_track import stored_sound
from workers.speakers import Utterance, clustering, heard, last_speaker, measure_candidate, of_channels, with_speakers

pytestmark = pytest.mark.media

QUESTIONS = (
    "Tell me about a time when you had to solve a difficult problem.",
    "How did you decide what to do first, and who did you involve?",
    "What would you do differently today?",
)
ANSWERS: tuple[list[str | Hesitation | float], ...] = (
    ["In my last job our payment service failed every morning", 0.4, "I looked at the logs and found a slow query"],
    ["I asked the team that owned the database", 0.9, Hesitation("um"), 0.3, "and we agreed to add an index"],
    ["I would write an alert first", 0.5, "because we learned of it from customers", 0.3, "that cost us two days"],
)


@dataclass(frozen=True)
class Talk:
    """A made interview: each speaker's channel, the words, and who speaks when."""

    channels: tuple[NDArray[np.float32], NDArray[np.float32]]
    words: list[Word]
    turns: list[SpeakerTurn]
    fillers: int
    pauses: int

    @property
    def mono(self) -> NDArray[np.float32]:
        return self.channels[0] + self.channels[1]

    @property
    def transcript(self) -> Transcript:
        words = sorted(self.words, key=lambda word: word.start)
        return Transcript(engine="made", text=" ".join(word.text for word in words), words=words)


@cache
def a_talk(interviewer: Voice, candidate: Voice, *, seconds_between: float = 0.7) -> Talk:
    left, right = MadeSpeech(silence(0.5)), MadeSpeech(silence(0.5))
    turns, words, fillers, pauses = [], [], 0, 0
    for question, answer in zip(QUESTIONS, ANSWERS, strict=True):
        for is_answer, made in ((False, make_speech([question], interviewer)), (True, make_speech(answer, candidate))):
            start = left.seconds
            quiet = MadeSpeech(silence(made.seconds))
            left, right = (left + quiet, right + made) if is_answer else (left + made, right + quiet)
            turns.append(
                SpeakerTurn(start=start, end=start + made.seconds, speaker="candidate" if is_answer else "interviewer")
            )
            words += [Word(text=one.text, start=start + one.start, end=start + one.end) for one in made.words]
            fillers, pauses = (
                (fillers + len(made.fillers), pauses + len(made.pauses)) if is_answer else (fillers, pauses)
            )
            left, right = (channel + MadeSpeech(silence(seconds_between)) for channel in (left, right))
    return Talk((left.samples, right.samples), words, turns, fillers, pauses)


def recorded_by_a_browser(talk: Talk, channels: int, directory: Path) -> tuple[Path, bool]:
    """The talk as WebM (Opus) on one channel or two, decoded as an upload is: the sound, and whether each channel is a speaker's own."""
    sound = talk.mono if channels == 1 else np.column_stack(talk.channels)
    recording, audio, playback = directory / "talk.webm", directory / "talk.flac", directory / "playback"
    playback.mkdir()
    ffmpeg("-i", write_wav(directory / "talk.wav", sound), "-c:a", "libopus", "-b:a", f"{32 * channels}k", recording)
    decoded = decode_answer([SegmentFile(uuid4(), recording, "audio", 0.0, None)], audio, playback, keep_channels=True)
    return audio, decoded.speakers_are_apart


def share_right(found: list[SpeakerTurn], truth: list[SpeakerTurn]) -> float:
    """The share of the time at which somebody speaks, at which it is who it should be."""

    def at(turns: list[SpeakerTurn], moment: float) -> str | None:
        return next((turn.speaker for turn in turns if turn.start <= moment <= turn.end), None)

    moments = np.arange(0, truth[-1].end, 0.02)
    known = [(at(truth, moment), at(found, moment)) for moment in moments if at(truth, moment)]
    return float(np.mean([right == said for right, said in known if said is not None]))


@pytest.mark.parametrize(("interviewer", "candidate"), [(WOMAN, MAN), (MAN, WOMAN), (MAN, LOW_MAN), (LOW_MAN, WOMAN)])
def test_on_one_channel_voices_tell_who_speaks(interviewer: Voice, candidate: Voice) -> None:
    talk = a_talk(interviewer, candidate)
    found = with_speakers(talk.transcript, talk.mono)
    assert share_right(found.turns, talk.turns) > 0.9
    assert len(found.turns) == len(talk.turns)
    for turn, true in zip(found.turns, talk.turns, strict=True):
        assert turn.speaker == true.speaker
        assert abs(turn.start - true.start) < 0.5
        assert abs(turn.end - true.end) < 0.5
    assert found.speaker_confidence is not None
    assert found.speaker_confidence > 0.7
    assert {word.speaker for word in found.words if word.text == "Tell"} == {"interviewer"}


@pytest.mark.parametrize("channels", [1, 2])
def test_a_browsers_recording_tells_who_spoke_when(tmp_path: Path, channels: int) -> None:
    talk = a_talk(WOMAN, MAN)
    path, is_apart = recorded_by_a_browser(talk, channels, tmp_path)
    assert is_apart == (channels == 2)
    if is_apart:
        with stored_sound(path, 0) as left, stored_sound(path, 1) as right:
            found = of_channels(*_halves(talk), [left, right])
        assert share_right(found.turns, talk.turns) == 1.0
    else:
        with stored_sound(path) as sound:
            found = with_speakers(talk.transcript, sound)
        assert share_right(found.turns, talk.turns) > 0.9
    assert len(found.turns) == len(talk.turns)
    for turn, true in zip(found.turns, talk.turns, strict=True):
        assert turn.speaker == true.speaker
        assert abs(turn.start - true.start) < 0.5
        assert abs(turn.end - true.end) < 0.5


def test_without_words_roles_follow_who_says_less_and_speaks_first() -> None:
    talk = a_talk(WOMAN, MAN)
    found = with_speakers(Transcript(engine="none"), talk.mono)
    assert share_right(found.turns, talk.turns) > 0.9
    assert found.speaker_confidence is not None
    assert found.speaker_confidence < 0.9, "it is less sure than with words"


def test_one_voice_is_the_candidates_and_said_to_be_a_guess() -> None:
    talk = a_talk(MAN, MAN)
    found = with_speakers(talk.transcript, talk.mono)
    assert ({turn.speaker for turn in found.turns}, found.speaker_confidence) == ({"candidate"}, 0.5)


def test_on_two_channels_it_is_all_right() -> None:
    talk = a_talk(MAN, MAN)
    # Each microphone hears the other, too.
    heard = [own + 0.05 * other for own, other in (talk.channels, talk.channels[::-1])]
    found = of_channels(*_halves(talk), heard)
    assert share_right(found.turns, talk.turns) == 1.0
    assert [turn.speaker for turn in found.turns] == [turn.speaker for turn in talk.turns]
    for turn, true in zip(found.turns, talk.turns, strict=True):
        assert abs(turn.start - true.start) < 0.5
        assert abs(turn.end - true.end) < 0.5
    assert [word.speaker for word in found.words] == [_speaker(talk, word) for word in found.words]
    assert found.speaker_confidence == 1.0


def _halves(talk: Talk) -> tuple[Transcript, Transcript]:
    """What is recognised on each channel."""
    interviewer, candidate = (
        talk.transcript.model_copy(update={"words": [word for word in talk.words if _speaker(talk, word) == speaker]})
        for speaker in ("interviewer", "candidate")
    )
    return interviewer, candidate


def _speaker(talk: Talk, word: Word) -> str:
    return next(turn.speaker for turn in talk.turns if turn.start - 0.01 <= word.start <= turn.end)


def test_a_stored_recording_is_read_part_by_part_with_the_same_result(tmp_path: Path) -> None:
    talk = a_talk(WOMAN, MAN)
    path = tmp_path / "talk.flac"
    soundfile.write(path, talk.mono, RATE, subtype="PCM_16")
    samples, _rate = soundfile.read(path, dtype="float32")
    with stored_sound(path) as stored:
        assert with_speakers(talk.transcript, stored) == with_speakers(talk.transcript, samples)
        whole = measure_candidate(samples, talk.turns, talk.transcript)
        assert measure_candidate(stored, talk.turns, talk.transcript) == whole


@pytest.mark.parametrize("most", [20, 8])
def test_long_recordings_are_clustered_by_some_of_their_pieces(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(clustering, "_MOST_PIECES", most)
    monkeypatch.setattr(clustering, "_MOST_FRAMES", 300)
    talk = a_talk(WOMAN, MAN)
    assert share_right(with_speakers(talk.transcript, talk.mono).turns, talk.turns) > 0.9


def utterances_of(talk: Talk) -> list[tuple[SpeakerTurn, Utterance]]:
    """Each turn as it is heard while the talk goes on, with the truth."""
    found = []
    for turn in talk.turns:
        samples = talk.mono[round((turn.start - 0.3) * RATE) : round((turn.end + 0.4) * RATE)]
        said = [word for word in talk.words if turn.start <= word.start <= turn.end]
        found.append((turn, heard(samples, " ".join(word.text for word in said), turn.start - 0.3)))
    return found


class TestWhileItGoesOn:
    @pytest.mark.parametrize(("interviewer", "candidate"), [(WOMAN, MAN), (MAN, WOMAN), (LOW_MAN, WOMAN)])
    def test_each_speaker_is_told_by_what_was_heard_up_to_then(self, interviewer: Voice, candidate: Voice) -> None:
        talk = utterances_of(a_talk(interviewer, candidate))
        told = [
            (turn.speaker, last_speaker([utterance for _turn, utterance in talk[: number + 1]]))
            for number, (turn, _utterance) in enumerate(talk)
        ]
        assert told[0][1] is None, "there is nobody yet to tell them from"
        named = [(truth, said) for truth, said in told if said is not None]
        assert len(named) >= 2
        assert all(0.6 <= sure <= 1 for _truth, (_name, sure) in named)
        assert [name for truth, (name, _sure) in named if not name.startswith("speaker")] == [
            truth for truth, (name, _sure) in named if not name.startswith("speaker")
        ]

    def test_without_words_they_are_numbered_or_named_by_who_says_less(self) -> None:
        talk = [replace(utterance, text="") for _turn, utterance in utterances_of(a_talk(WOMAN, MAN))]
        assert last_speaker(talk) is not None

    def test_one_voice_is_not_told_as_two(self) -> None:
        talk = [utterance for _turn, utterance in utterances_of(a_talk(MAN, MAN))]
        assert [last_speaker(talk[: number + 1]) for number in range(len(talk))] == [None] * len(talk)

    def test_what_is_kept_between_two_utterances_is_all_there_is(self) -> None:
        talk = [utterance for _turn, utterance in utterances_of(a_talk(WOMAN, MAN))]
        again = [Utterance.of(json.loads(json.dumps(utterance.kept()))) for utterance in talk]
        assert last_speaker(again) == last_speaker(talk)

    def test_whispering_has_no_pitch_and_is_still_looked_at(self) -> None:
        talk = [utterance for _turn, utterance in utterances_of(a_talk(WOMAN, MAN))]
        whispered = [
            replace(one, pieces=tuple(replace(p, features=(*p.features[:-1], math.nan)) for p in one.pieces))
            for one in talk
        ]
        last_speaker(whispered)

    def test_silence_has_no_voice(self) -> None:
        assert heard(silence(2.0), "", 0.0).pieces == ()


def test_noise_alone_has_no_speaker() -> None:
    found = with_speakers(Transcript(engine="none"), noise(5.0, "pink") * 0.1)
    assert (found.turns, found.speaker_confidence) == ([], None)


class TestCandidate:
    def test_nothing_of_the_interviewer_counts(self) -> None:
        talk = a_talk(WOMAN, MAN)
        labelled = talk.transcript.model_copy(
            update={
                "turns": talk.turns,
                "words": [word.model_copy(update={"speaker": _speaker(talk, word)}) for word in talk.words],
            }
        )
        own = words_of_candidate(labelled)
        assert "Tell" not in own.text
        speech = measure_candidate(talk.mono, talk.turns, labelled)
        own_seconds = sum(turn.end - turn.start for turn in talk.turns if turn.speaker == "candidate")
        assert speech.duration_seconds == pytest.approx(own_seconds, abs=0.7)
        assert len(speech.pauses) == talk.pauses
        assert len(speech.fillers) == talk.fillers
        words = len(own.words) - talk.fillers
        assert speech.words_per_minute.value == pytest.approx(words / own_seconds * 60, rel=0.12)
        for span in (*speech.pauses, *speech.fillers):
            assert any(
                turn.speaker == "candidate" and turn.start - 0.2 <= span.start and span.end <= turn.end + 0.2
                for turn in talk.turns
            ), "times are those of the recording"

    def test_an_interviewer_alone_leaves_nothing_to_measure(self) -> None:
        sound = make_speech([QUESTIONS[0]], WOMAN).samples
        turns = [SpeakerTurn(start=0, end=len(sound) / RATE, speaker="interviewer")]
        assert measure_candidate(sound, turns, None).words_per_minute.value is None
