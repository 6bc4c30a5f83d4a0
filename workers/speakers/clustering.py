"""Two voices on one channel, told apart by how they sound.

Speech is cut into pieces at its pauses. Each piece has the means of its mel-frequency cepstral coefficients (the shape of the vocal tract)
and its median fundamental frequency (the voice); both in units of how much they vary within one speaker, which is what linear
discriminant analysis rests on. The pieces fall into two clusters (Ward 1963), each of which is then modelled by a Gaussian mixture over its
frames (Reynolds & Rose 1995), and the frames are decided anew by the models, smoothed over time: pieces that hold a change of speaker
without a pause are cut there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import librosa
import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering
from sklearn.mixture import GaussianMixture

from intervi.analysis.figures import Span
from workers.speech.pitch import Pitch
from workers.speech.sound import RATE, STEP_SECONDS, Sound
from workers.spilled import Rows, Spilled

_COEFFICIENTS = 16
_FFT = 512
_BANDS = 40
_DYNAMIC_RANGE_DB = 80.0
"""A band so much below the loudest of the whole sound is silent."""
_PIECE_SECONDS = 1.5
"""Long enough for a stable mean, short enough to hold one speaker mostly."""
_SHORTEST_SECONDS = 0.3
_SMOOTHING_SECONDS = 0.6
"""Over which the models' answers are averaged before a change of speaker inside a piece is believed."""
_COMPONENTS = 6
_LEAST_PIECES = 8
_MOST_PIECES = 2_000
"""Looked at by Ward's method, whose memory grows with the square: of a longer recording every second (third …) one, and the rest join the
nearer cluster."""
_MOST_FRAMES = 60_000
"""That a speaker's model learns from: ten minutes, spread over the recording."""
_SEPARATION = 4.0
"""Distance of the clusters' middles in standard deviations of their members, below which they are halves of one speaker's variety."""
_RESTLESS = 0.22
"""Share of changes between pieces without a pause between them, above which it is no two speakers: people seldom take over in mid-word."""
_LEAST_SHARE = 0.05
"""Of the speech, that the rarer speaker has: less is a cough."""

Features = NDArray[np.float64]


@dataclass(frozen=True)
class Turn:
    """A stretch of one speaker's speech."""

    start: float
    end: float
    speaker: int
    """0 or 1."""


@dataclass(frozen=True)
class Voices:
    """Who speaks when."""

    turns: list[Turn]
    confidence: float
    """0.5 to 1: how clearly the models tell the two apart; 0.5 where only one voice was heard."""


def tell_apart(sound: Sound, voice: Sequence[Span], pitch: Pitch) -> Voices:
    """Labels each stretch of voice with its speaker; all with 0 where only one is heard. The sound is read block by block.

    Args:
        voice: where somebody speaks.
        pitch: of ``sound``.
    """
    pieces = _pieces(voice)
    one = Voices([Turn(span.start, span.end, 0) for span in voice], 0.5)
    if len(pieces) < _LEAST_PIECES:
        return one
    with _frame_features(sound, pitch) as frames:
        cuts = [_slice(piece, len(frames)) for piece in pieces]
        labels = _two_voices(_described(frames, cuts), pieces)
        if labels is None:
            return one
        margin = _margin(frames, cuts, labels)
    return Voices(_turns(voice, (margin > 0).astype(np.int64)), _confidence(margin, pieces))


@dataclass(frozen=True)
class Piece:
    """A piece of speech, described by its voice."""

    span: Span
    features: tuple[float, ...]


def describe_pieces(sound: Sound, voice: Sequence[Span], pitch: Pitch) -> list[Piece]:
    """The pieces of what is said in a sound, for ``which_voices``; nan: no pitch was found in it."""
    if not (pieces := _pieces(voice)):
        return []
    with _frame_features(sound, pitch) as frames:
        features = _described(frames, [_slice(piece, len(frames)) for piece in pieces])
    return [Piece(piece, tuple(values.tolist())) for piece, values in zip(pieces, features, strict=True)]


def which_voices(pieces: Sequence[Piece]) -> NDArray[np.float64] | None:
    """Which of two voices each piece has; ``None`` where two are not told apart (too little was said, or by one speaker).

    Returns:
        Shape (pieces,), 0 to 1: how much nearer a piece is to the second voice than to the first; 0.5 lies between them.
    """
    if len(pieces) < _LEAST_PIECES:
        return None
    features = np.array([piece.features for piece in pieces])
    spans = [piece.span for piece in pieces]
    labels = _two_voices(features, spans)
    if labels is None:
        return None
    lengths = _lengths(spans)
    scaled = _whitened(_completed(features))
    first, second = (
        np.linalg.norm(scaled - np.average(scaled[labels == label], axis=0, weights=lengths[labels == label]), axis=1)
        for label in (0, 1)
    )
    return np.asarray(first / np.maximum(first + second, 1e-9))


def _pieces(voice: Sequence[Span]) -> list[Span]:
    found = []
    for span in voice:
        count = max(1, round(span.seconds / _PIECE_SECONDS))
        edges = np.linspace(span.start, span.end, count + 1)
        found += [Span(start=float(a), end=float(b)) for a, b in pairwise(edges) if b - a >= _SHORTEST_SECONDS]
    return found


def _slice(span: Span, frames: int) -> slice:
    start = min(round(span.start / STEP_SECONDS), frames - 1)
    return slice(start, max(start + 1, min(round(span.end / STEP_SECONDS), frames)))


def _frame_features(sound: Sound, pitch: Pitch) -> Spilled:
    """(frames, coefficients + 1): MFCC without the first, which is loudness, and log2 of the fundamental frequency (nan: unvoiced)."""
    found = Spilled(_COEFFICIENTS + 1)
    with _mel_decibels(sound) as decibels, np.errstate(divide="ignore"):
        silent = max((float(part.max()) for part in decibels.parts()), default=0.0) - _DYNAMIC_RANGE_DB
        first = 0
        for part in decibels.parts():
            hertz = pitch.hertz[first : first + len(part)]
            coefficients = scipy.fft.dct(np.maximum(part, np.float32(silent)), norm="ortho")[:, 1 : _COEFFICIENTS + 1]
            found.append(np.column_stack([coefficients, np.where(hertz > 0, np.log2(hertz), np.nan)]))
            first += len(part)
    return found


def _mel_decibels(sound: Sound) -> Spilled:
    """(frames, bands)."""
    found = Spilled(_BANDS)
    filters = librosa.filters.mel(sr=RATE, n_fft=_FFT, n_mels=_BANDS).T
    window = scipy.signal.get_window("hann", _FFT).astype(np.float32)
    for _frames, rows in sound.blocks(_FFT):
        spectrum = scipy.fft.rfft(rows * window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2) @ filters
        found.append(10 * np.log10(np.maximum(power, 1e-10)))
    return found


def _described(frames: Spilled, cuts: Sequence[slice]) -> Features:
    """(pieces, features)."""
    return np.array([_describe(frames.part(cut.start, cut.stop)) for cut in cuts])


def _describe(frames: Rows) -> Features:
    """A piece by the means over its voiced frames (all, if too few are)."""
    voiced = ~np.isnan(frames[:, -1])
    chosen = frames[voiced] if voiced.sum() >= 5 else frames
    octave = float(np.nanmedian(chosen[:, -1])) if voiced.any() else np.nan
    return np.append(chosen[:, :-1].mean(axis=0, dtype=np.float64), octave)


def _two_voices(described: Features, pieces: Sequence[Span]) -> NDArray[np.int64] | None:
    """Which of two voices each piece has; ``None`` where they are halves of one speaker's variety."""
    labels, separation = _clusters(described, _lengths(pieces))
    return None if separation < _SEPARATION or _restlessness(pieces, labels) > _RESTLESS else labels


def _lengths(pieces: Sequence[Span]) -> Features:
    return np.array([piece.seconds for piece in pieces])


def _clusters(described: Features, lengths: Features) -> tuple[NDArray[np.int64], float]:
    """Two clusters of pieces, and how far apart they are."""
    scaled = _whitened(_completed(described))
    every = -(-len(scaled) // _MOST_PIECES)
    some = AgglomerativeClustering(n_clusters=2, linkage="ward").fit_predict(scaled[::every])
    labels = some if every == 1 else _nearer(scaled, [scaled[::every][some == label].mean(axis=0) for label in (0, 1)])
    labels = _reassigned(scaled, labels, lengths)
    share = min(lengths[labels == label].sum() for label in (0, 1)) / lengths.sum()
    return labels, 0.0 if share < _LEAST_SHARE else _distance(scaled, labels)


def _completed(described: Features) -> Features:
    """What is missing is taken for the median; a pitch that no piece has (all is whispered) tells nothing."""
    typical = np.zeros(described.shape[1])
    is_known = ~np.isnan(described).all(axis=0)
    typical[is_known] = np.nanmedian(described[:, is_known], axis=0)
    return np.where(np.isnan(described), typical, described)


def _whitened(described: Features) -> Features:
    """In units of how much neighbouring pieces differ, most of which have one speaker: what varies within a speaker counts for little."""
    steps = np.diff(described, axis=0)
    # The median is blind to the few steps that go from one speaker to the other.
    within = np.median(np.abs(steps), axis=0) / 0.6745 / np.sqrt(2)
    return np.asarray((described - described.mean(axis=0)) / np.maximum(within, 1e-6))


def _reassigned(scaled: Features, labels: NDArray[np.int64], lengths: Features) -> NDArray[np.int64]:
    """A few rounds of k-means from where Ward left off: an early merge that was wrong is undone."""
    for _ in range(10):
        middles = [np.average(scaled[labels == label], axis=0, weights=lengths[labels == label]) for label in (0, 1)]
        nearer = _nearer(scaled, middles)
        if len(set(nearer)) < 2 or (nearer == labels).all():
            break
        labels = nearer
    return labels


def _nearer(scaled: Features, middles: Sequence[Features]) -> NDArray[np.int64]:
    return np.asarray(np.argmin([np.square(scaled - middle).sum(axis=1) for middle in middles], axis=0))


def _distance(scaled: Features, labels: NDArray[np.int64]) -> float:
    """Between the middles, along the line that joins them, in standard deviations of the members."""
    one, other = scaled[labels == 0], scaled[labels == 1]
    axis = other.mean(axis=0) - one.mean(axis=0)
    length = float(np.linalg.norm(axis))
    if length == 0 or min(len(one), len(other)) < 2:
        return 0.0
    along = [group @ axis / length for group in (one, other)]
    spread = np.sqrt(np.mean([np.var(group) for group in along]))
    return float(length / max(spread, 1e-6))


def _restlessness(pieces: Sequence[Span], labels: NDArray[np.int64]) -> float:
    """How often the speaker changes between pieces that were cut from one stretch of voice."""
    joined = [
        labels[index] != labels[index + 1]
        for index, (piece, following) in enumerate(pairwise(pieces))
        if following.start - piece.end < STEP_SECONDS
    ]
    return float(np.mean(joined)) if joined else 0.0


def _confidence(margin: Features, pieces: Sequence[Span]) -> float:
    """The mean probability of the speaker that each piece was given, were its frames' evidence one tenth as strong as if independent."""
    evidence = np.array([abs(margin[_slice(piece, len(margin))].sum()) / 10 for piece in pieces])
    return float(np.mean(1 / (1 + np.exp(-np.minimum(evidence, 50)))))


def _margin(frames: Spilled, cuts: Sequence[slice], labels: NDArray[np.int64]) -> Features:
    """By how much each frame, with its surroundings, is likelier to be of speaker 1 than of speaker 0 (logarithm)."""
    scale = _Scale.of(frames)
    one, other = (
        _model(frames, scale, [cut for cut, of in zip(cuts, labels, strict=True) if of == label]) for label in (0, 1)
    )
    standard = map(scale.standardised, frames.parts())
    margin = np.concatenate([other.score_samples(part) - one.score_samples(part) for part in standard])
    width = round(_SMOOTHING_SECONDS / STEP_SECONDS)
    return np.convolve(np.clip(margin, -10, 10), np.ones(width) / width, mode="same")


@dataclass(frozen=True)
class _Scale:
    """By which each feature gets mean 0 and spread 1."""

    usual: np.float32
    """Of the last feature, the median: taken where it is missing."""
    mean: Features
    spread: Features

    @classmethod
    def of(cls, frames: Spilled) -> "_Scale":
        octaves = np.concatenate([part[:, -1] for part in frames.parts()])
        usual = np.float32(np.nanmedian(octaves))
        sums = np.array([_filled(part, usual).sum(axis=0, dtype=np.float64) for part in frames.parts()])
        mean = sums.sum(axis=0) / len(frames)
        squares = np.array([np.square(_filled(part, usual) - mean).sum(axis=0) for part in frames.parts()])
        return cls(usual, mean, np.maximum(np.sqrt(squares.sum(axis=0) / len(frames)), 1e-6))

    def standardised(self, rows: Rows) -> Rows:
        return np.asarray((_filled(rows, self.usual) - self.mean) / self.spread, dtype=np.float32)


def _filled(rows: Rows, usual: np.float32) -> Rows:
    return np.where(np.isnan(rows), usual, rows)


def _model(frames: Spilled, scale: _Scale, cuts: Sequence[slice]) -> GaussianMixture:
    which = np.concatenate([np.arange(cut.start, cut.stop) for cut in cuts])
    own = scale.standardised(frames.chosen(which[:: -(-len(which) // _MOST_FRAMES)]))
    components = min(_COMPONENTS, max(1, len(own) // 50))
    return GaussianMixture(components, covariance_type="diag", reg_covar=1e-2, random_state=0).fit(own)


def _turns(voice: Sequence[Span], decided: NDArray[np.int64]) -> list[Turn]:
    """Each stretch of voice goes to whom most of it belongs, and is cut where another has a longer part of it."""
    turns: list[Turn] = []
    for span in voice:
        where = _slice(span, len(decided))
        for start, end, speaker in _runs(decided[where]):
            begin = span.start if start == 0 else (where.start + start) * STEP_SECONDS
            finish = span.end if where.start + end >= where.stop else (where.start + end) * STEP_SECONDS
            turns.append(Turn(begin, finish, speaker))
    return turns


def _runs(labels: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Runs of one label; one shorter than the smoothing goes to its neighbour."""
    least = round(_SMOOTHING_SECONDS / STEP_SECONDS)
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    runs = [[a, b, int(labels[a])] for a, b in pairwise(edges)]
    while len(runs) > 1:
        shortest = min(range(len(runs)), key=lambda index: runs[index][1] - runs[index][0])
        if runs[shortest][1] - runs[shortest][0] >= least:
            break
        runs[shortest][2] = 1 - runs[shortest][2]
        merged: list[list[int]] = []
        for run in runs:
            if merged and merged[-1][2] == run[2]:
                merged[-1][1] = run[1]
            else:
                merged.append(run)
        runs = merged
    return [(a, b, label) for a, b, label in runs]
