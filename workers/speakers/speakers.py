"""Speakers of a recorded interview: one channel each where the channels differ, else told apart by their voices."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.figures import Span, Speaker, SpeakerTurn, Transcript, Word
from workers.sound_track import Samples
from workers.speakers.clustering import Turn, tell_apart
from workers.speakers.roles import interviewer_of
from workers.speech.level import levels
from workers.speech.pitch import track_pitch
from workers.speech.sound import Sound
from workers.speech.spectrum import measured_spectrum
from workers.speech.voice_activity import voice_probabilities, voice_spans

_CROSSTALK_DB = 10.0
"""By how much a channel must be louder than the other for its voice to be its own and not heard across the table."""
_JOINING_SECONDS = 1.0
"""A pause of one speaker within which nobody else speaks does not end a turn."""


def with_speakers(transcript: Transcript, audio: Samples) -> Transcript:
    """The transcript of one channel with two people on it, each word with its speaker.

    Args:
        transcript: recognised in ``audio``.
        audio: 16 kHz, mono, shape (samples,); read block by block.
    """
    sound = Sound(audio)
    if sound.is_silent():
        return transcript
    voice = voice_in(sound)
    if not voice:
        return transcript
    found = tell_apart(sound, voice, track_pitch(sound))
    if len({turn.speaker for turn in found.turns}) < 2:
        turns = [SpeakerTurn(start=turn.start, end=turn.end, speaker="candidate") for turn in found.turns]
        return _labelled(transcript, turns, 0.5)
    interviewer, signs = interviewer_of(found.turns, transcript.words)
    turns = [_named(turn, interviewer) for turn in found.turns]
    # Sure of the voices, and sure of whose each is: no surer than the less sure of both.
    return _labelled(transcript, turns, min(found.confidence, 0.5 + signs / 2))


def of_channels(left: Transcript, right: Transcript, channels: Sequence[Samples]) -> Transcript:
    """One transcript of an interview with a microphone for each: left the interviewer's, right the candidate's."""
    sounds = [Sound(channel) for channel in channels]
    contours = [levels(sound) for sound in sounds]
    turns: list[SpeakerTurn] = []
    speakers: tuple[Speaker, Speaker] = ("interviewer", "candidate")
    for index, speaker in enumerate(speakers):
        own, other = contours[index], contours[1 - index]
        turns += [
            SpeakerTurn(start=span.start, end=span.end, speaker=speaker)
            for span in ([] if sounds[index].is_silent() else voice_in(sounds[index]))
            if _level(own, span) - _level(other, span) > -_CROSSTALK_DB
        ]
    words = [
        word.model_copy(update={"speaker": speaker})
        for transcript, speaker in zip((left, right), speakers, strict=True)
        for word in transcript.words
    ]
    words.sort(key=lambda word: word.start)
    spoken = left if left.words else right
    return spoken.model_copy(
        update={
            "text": " ".join(word.text for word in words),
            "words": words,
            "turns": _joined(sorted(turns, key=lambda turn: turn.start)),
            "speaker_confidence": 1.0,
            "reason": None if words else spoken.reason,
        }
    )


def voice_in(sound: Sound) -> list[Span]:
    """Where somebody speaks."""
    with measured_spectrum(sound) as spectrum:
        return voice_spans(voice_probabilities(sound), spectrum, sound.seconds)


def _level(contour: NDArray[np.float32], span: Span) -> float:
    frames = contour[round(span.start * 100) : max(round(span.end * 100), round(span.start * 100) + 1)]
    return float(np.percentile(frames, 75)) if len(frames) else -120.0


def _named(turn: Turn, interviewer: int) -> SpeakerTurn:
    speaker: Speaker = "interviewer" if turn.speaker == interviewer else "candidate"
    return SpeakerTurn(start=turn.start, end=turn.end, speaker=speaker)


def _labelled(transcript: Transcript, turns: list[SpeakerTurn], confidence: float) -> Transcript:
    words = [word.model_copy(update={"speaker": _speaker_at(turns, word)}) for word in transcript.words]
    return transcript.model_copy(
        update={"words": words, "turns": _joined(turns), "speaker_confidence": round(confidence, 2)}
    )


def _speaker_at(turns: Sequence[SpeakerTurn], word: Word) -> Speaker:
    """Whose turn the word lies in, or is nearest to."""
    middle = (word.start + word.end) / 2
    return min(turns, key=lambda turn: max(turn.start - middle, middle - turn.end, 0.0)).speaker


def _joined(turns: Sequence[SpeakerTurn]) -> list[SpeakerTurn]:
    joined: list[SpeakerTurn] = list(turns[:1])
    for _before, turn in pairwise(turns):
        last = joined[-1]
        if last.speaker == turn.speaker and turn.start - last.end <= _JOINING_SECONDS:
            joined[-1] = last.model_copy(update={"end": turn.end})
        else:
            joined.append(turn)
    return joined
