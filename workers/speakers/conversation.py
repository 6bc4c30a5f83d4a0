"""Who speaks in a conversation that still goes on: told for each utterance by what was heard up to it, and never corrected later.

The same features of the voice as in a whole recording, clustered anew with each utterance; without the models of each voice, for which too
little was heard, so a change of speaker within an utterance is not seen. Nobody is named before two voices are clearly apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.figures import Span, Word
from workers.sound_track import Samples
from workers.speakers.clustering import Piece, Turn, describe_pieces, which_voices
from workers.speakers.roles import interviewer_of
from workers.speakers.speakers import voice_in
from workers.speech.pitch import track_pitch
from workers.speech.sound import Sound

_CLEAR_SIGNS = 0.3
"""Share of the signs that must speak for one of the two as the interviewer; below it they are numbered as they were first heard."""
_SURE = 0.6
"""Below it nothing is said: of what was told on made interviews, nearly all that was wrong lay there (docs/measurements.md)."""


@dataclass(frozen=True)
class Utterance:
    """What was said between two pauses, in seconds of the conversation."""

    start: float
    end: float
    text: str
    pieces: tuple[Piece, ...]

    def kept(self) -> list[object]:
        """As JSON, which whoever holds the conversation gives back with the next utterance."""
        pieces = [[piece.span.start, piece.span.end, *piece.features] for piece in self.pieces]
        return [self.start, self.end, self.text, pieces]

    @classmethod
    def of(cls, kept: list[Any]) -> "Utterance":
        start, end, text, pieces = kept
        return cls(start, end, text, tuple(Piece(Span(start=one[0], end=one[1]), tuple(one[2:])) for one in pieces))


def heard(audio: Samples, text: str, starts_at: float) -> Utterance:
    """An utterance with its voice described.

    Args:
        audio: 16 kHz, mono, shape (samples,).
        starts_at: where in the conversation it begins.
    """
    sound = Sound(audio)
    voice = [] if sound.is_silent() else voice_in(sound)
    pieces = describe_pieces(sound, voice, track_pitch(sound)) if voice else []
    return Utterance(
        starts_at,
        starts_at + sound.seconds,
        text,
        tuple(
            Piece(Span(start=starts_at + piece.span.start, end=starts_at + piece.span.end), piece.features)
            for piece in pieces
        ),
    )


def last_speaker(utterances: Sequence[Utterance]) -> tuple[str, float] | None:
    """Who said the last of these, and how sure that is (up to 1); ``None`` where two voices are not told apart, or it is not sure enough.

    ``interviewer`` or ``candidate`` where it is clear who asks, else ``speaker 1`` or ``speaker 2`` in the order in which they were heard.
    """
    nearness = which_voices([piece for utterance in utterances for piece in utterance.pieces])
    if nearness is None or not utterances[-1].pieces:
        return None
    shares = _by_utterance(utterances, nearness)
    turns = [
        Turn(utterance.start, utterance.end, int(share > 0.5))
        for utterance, share in zip(utterances, shares, strict=True)
        if share is not None
    ]
    own = shares[-1]
    if own is None or len({turn.speaker for turn in turns}) < 2:
        return None
    speaker, sure = int(own > 0.5), max(own, 1 - own)
    if sure < _SURE:
        return None
    interviewer, signs = interviewer_of(turns, _words(utterances))
    if signs < _CLEAR_SIGNS:
        return f"speaker {1 if speaker == turns[0].speaker else 2}", round(sure, 2)
    role = "interviewer" if speaker == interviewer else "candidate"
    return role, round(min(sure, 0.5 + signs / 2), 2)


def _by_utterance(utterances: Sequence[Utterance], nearness: NDArray[np.float64]) -> list[float | None]:
    """The mean over each utterance's pieces, by their length; ``None`` for one without any."""
    shares: list[float | None] = []
    position = 0
    for utterance in utterances:
        own = nearness[position : position + len(utterance.pieces)]
        position += len(own)
        lengths = [piece.span.seconds for piece in utterance.pieces]
        shares.append(float(np.average(own, weights=lengths)) if len(own) else None)
    return shares


def _words(utterances: Sequence[Utterance]) -> list[Word]:
    """The words, spread over their utterance: whose they are is all that is asked."""
    found = []
    for utterance in utterances:
        texts = utterance.text.split()
        length = (utterance.end - utterance.start) / max(1, len(texts))
        found += [
            Word(text=text, start=utterance.start + number * length, end=utterance.start + (number + 1) * length)
            for number, text in enumerate(texts)
        ]
    return found
