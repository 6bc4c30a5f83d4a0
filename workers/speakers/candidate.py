"""The candidate's part of a recorded interview, measured by itself: nothing of what the interviewer says counts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.figures import Filler, Reason, Span, SpeakerTurn, Speech, Transcript
from intervi.analysis.transcripts import words_of_candidate
from workers.sound_track import Samples
from workers.speech import measure_speech, no_speech
from workers.speech.sound import RATE

_EDGE_SECONDS = 0.1
"""Before and after each turn: a first consonant is quiet."""


def measure_candidate(audio: Samples, turns: Sequence[SpeakerTurn], transcript: Transcript | None) -> Speech:
    """How the candidate spoke: their turns one after another, as if nobody had spoken between; times are those of the recording.

    Args:
        audio: 16 kHz, mono, shape (samples,): the whole recording, or the candidate's channel.
        turns: of both, in their order.
        transcript: what was recognised, with speakers.
    """
    cuts = _cuts(turns, len(audio))
    if not cuts:
        return no_speech(Reason.NO_VOICE, len(audio) / RATE)
    own = _Parts(audio, cuts)
    clock = _Clock(cuts)
    words = transcript and words_of_candidate(transcript)
    if words is not None:
        moved = [
            word.model_copy(update={"start": clock.to_own(word.start), "end": clock.to_own(word.end)})
            for word in words.words
        ]
        words = words.model_copy(update={"words": moved})
    return _moved(measure_speech(own, words), clock)


def _cuts(turns: Sequence[SpeakerTurn], samples: int) -> list[tuple[int, int]]:
    """The candidate's turns in samples, with a little before and after that is nobody else's."""
    cuts: list[tuple[int, int]] = []
    for index, turn in enumerate(turns):
        if turn.speaker != "candidate":
            continue
        earliest = turns[index - 1].end if index else 0.0
        latest = turns[index + 1].start if index + 1 < len(turns) else samples / RATE
        start = max(turn.start - _EDGE_SECONDS, min(earliest, turn.start))
        end = min(turn.end + _EDGE_SECONDS, max(latest, turn.end))
        first, last = max(0, round(start * RATE)), min(samples, round(end * RATE))
        if cuts and first < cuts[-1][1]:
            first = cuts[-1][1]
        if last > first:
            cuts.append((first, last))
    return cuts


class _Parts:
    """Parts of a sound one after another, as one sound; read when they are asked for."""

    ndim = 1
    dtype = np.dtype(np.float32)

    def __init__(self, audio: Samples, cuts: Sequence[tuple[int, int]]) -> None:
        self._audio, self._cuts = audio, cuts
        self._starts = np.cumsum([0, *(end - start for start, end in cuts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, part: slice, /) -> NDArray[np.float32]:
        first, last, step = part.indices(len(self))
        if step != 1:
            raise ValueError("a sound is read sample by sample")
        parts = [np.zeros(0, np.float32)]
        index = int(np.searchsorted(self._starts, first, side="right")) - 1
        while first < last:
            within, until = first - int(self._starts[index]), min(last, int(self._starts[index + 1]))
            begin = self._cuts[index][0] + within
            parts.append(self._audio[begin : begin + until - first])
            first, index = until, index + 1
        return np.concatenate(parts)


class _Clock:
    """Between the time of the recording and that of the candidate's turns alone."""

    def __init__(self, cuts: Sequence[tuple[int, int]]) -> None:
        self._starts = np.array([start for start, _end in cuts]) / RATE
        lengths = np.array([end - start for start, end in cuts]) / RATE
        self._own_starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
        self._lengths = lengths

    def to_own(self, seconds: float) -> float:
        index = max(0, int(np.searchsorted(self._starts, seconds, side="right")) - 1)
        inside = min(max(0.0, seconds - self._starts[index]), self._lengths[index])
        return float(self._own_starts[index] + inside)

    def to_recording(self, seconds: float, *, is_end: bool = False) -> float:
        # The end of one turn is the beginning of the next on the candidate's clock, and an hour apart on the recording's.
        index = max(0, int(np.searchsorted(self._own_starts, seconds, side="left" if is_end else "right")) - 1)
        return float(self._starts[index] + seconds - self._own_starts[index])

    def is_whole(self, span: Span) -> bool:
        """Whether a span lies inside one turn: a gap between two turns is nobody's pause."""
        first, last = (int(np.searchsorted(self._own_starts, at, side="right")) for at in (span.start, span.end - 1e-6))
        return first == last


def _moved(speech: Speech, clock: _Clock) -> Speech:
    def back(span: Span) -> Span:
        return Span(start=clock.to_recording(span.start), end=clock.to_recording(span.end, is_end=True))

    def filler_back(filler: Filler) -> Filler:
        start, end = clock.to_recording(filler.start), clock.to_recording(filler.end, is_end=True)
        return filler.model_copy(update={"start": start, "end": end})

    return speech.model_copy(
        update={
            "speech": [back(span) for span in speech.speech],
            "pauses": [back(span) for span in speech.pauses if clock.is_whole(span)],
            "fillers": [filler_back(filler) for filler in speech.fillers],
        }
    )
