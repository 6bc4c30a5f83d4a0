"""Filled pauses: found in the sound, and in the words where there are any.

In the sound: "um", "uh" and "er" are a neutral vowel, held: the spectrum stands still for longer than in any word, its first two
resonances lie where the tongue is at rest, and the voice falls silent around it or goes on holding. The same marks (little change of pitch,
a spectral envelope that stays) are those of Goto, M., Itou, K. & Hayamizu, S. (1999): A real-time filled pause detection system for
spontaneous speech recognition. Eurospeech, 227-230.

In the words: "um" and its kin always; "you know", "I mean" and "like" only where a comma or a pause sets them off, as these are words too.
Recognisers tend to leave out "um" and "uh"; that is why the sound is asked first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.disfluencies import is_hesitation
from intervi.analysis.figures import Filler, Word
from workers.speech.pitch import Pitch
from workers.speech.sound import STEP_SECONDS, Contour, runs
from workers.speech.tract import formants, spectral_change
from workers.spilled import Rows, Spilled

# --- in the sound ---------------------------------------------------------------------------------------------------

Mask = NDArray[np.bool_]

_NEUTRAL_F1_HZ, _NEUTRAL_F2_HZ = (380.0, 740.0), (900.0, 1900.0)
"""From the schwa to the vowels of "uh" and "er", men's and women's (Hillenbrand and others 1995, table V, hut and heard)."""
_SHORTEST_CORE, _LONG_CORE = 7, 24
"""Frames: no word's own vowel is held so still for longer than the second, even in slow speech."""
_NASAL = 35
"""Frames: an "m" after the vowel may be this long."""
_LONGEST_ALONE = 75
_STEADY_SHARE = 0.4
_VOICED_SHARE = 0.25
"""Low: a hesitating voice often creaks."""
_PITCH_RANGE_SEMITONES = 7.5
_UM_TAIL = 5
_SILENT_GAP, _BURST = 5, 4
"""Frames: what is quiet for shorter is part of the sound, what is loud for shorter is a click."""


@dataclass(frozen=True)
class _Marks:
    """What depends on the room."""

    steady: float
    """The spectrum's change in what is held; noise adds to it."""
    onset: int
    """Frames: a consonant before the vowel makes it a word; in noise a vowel's own beginning is drawn out by as much."""
    silence_beside: int
    """Frames: the closures of "p" and "k", and consonants lost in noise, are shorter; smoothing takes two off both ends of a silence."""


_IN_QUIET, _IN_NOISE = _Marks(0.45, 4, 11), _Marks(0.55, 9, 8)


@dataclass(frozen=True)
class _Core:
    """A neutral vowel held, within the island of sound that silence surrounds (frames)."""

    start: int
    end: int
    island_start: int
    island_end: int
    silence_before: int
    silence_after: int

    def is_alone(self, marks: _Marks) -> bool:
        """Whether vowel, and perhaps "m", are all there is between two silences longer than a consonant's."""
        return (
            min(self.silence_before, self.silence_after) >= marks.silence_beside
            and self.island_end - self.island_start <= _LONGEST_ALONE
            and self.start - self.island_start <= marks.onset
            and self.island_end - self.end <= _NASAL
        )


def fillers_heard(
    prediction: Spilled, pitch: Pitch, levels: Contour, within: Mask, out_of_room: Mask | None
) -> list[Filler]:
    """Filled pauses by their sound alone.

    Args:
        prediction: of ``tract_shapes``.
        pitch: every 10 ms.
        levels: dBFS every 10 ms.
        within: which frames are speech.
        out_of_room: which frames stand out of a noisy room; None where it is none.
    """
    if not within.any():
        return []
    marks = _IN_QUIET if out_of_room is None else _IN_NOISE
    sounding = _sounding(levels, within, out_of_room)
    steady = sounding & (spectral_change(prediction) < marks.steady)
    neutral = steady.copy()
    neutral[steady] = _is_neutral(prediction.chosen(np.flatnonzero(steady)))
    for start, end in runs(~neutral):
        if end - start <= 2 and start > 0 and end < len(neutral):
            neutral[start:end] = True
    cores = _cores(neutral, sounding)
    return [_heard(core, marks) for core in cores if _is_filler(core, marks, steady, pitch, within)]


def _sounding(levels: Contour, within: Mask, out_of_room: Mask | None) -> Mask:
    """The frames louder than the room and not far below the voice."""
    voice = float(np.percentile(levels[within], 95))
    loud = levels > voice - 30
    loud &= levels > min(float(np.percentile(levels, 5)) + 6, voice - 12) if out_of_room is None else out_of_room
    for start, end in runs(loud):
        if end - start < _BURST:
            loud[start:end] = False
    for start, end in runs(~loud):
        if end - start < _SILENT_GAP:
            loud[start:end] = True
    return loud


def _is_neutral(prediction: Rows) -> NDArray[np.bool_]:
    first, second = formants(prediction).T
    neutral = (first > _NEUTRAL_F1_HZ[0]) & (first < _NEUTRAL_F1_HZ[1])
    return np.asarray(neutral & (second > _NEUTRAL_F2_HZ[0]) & (second < _NEUTRAL_F2_HZ[1]))


def _cores(neutral: NDArray[np.bool_], sounding: NDArray[np.bool_]) -> list[_Core]:
    islands = np.array(runs(sounding)).reshape(-1, 2)
    found = []
    for start, end in runs(neutral):
        index = int(np.searchsorted(islands[:, 0], start, side="right")) - 1
        if end - start >= _SHORTEST_CORE and index >= 0 and start < islands[index, 1]:
            before = islands[index, 0] - (islands[index - 1, 1] if index else 0)
            after = (islands[index + 1, 0] if index + 1 < len(islands) else len(neutral)) - islands[index, 1]
            found.append(_Core(start, end, int(islands[index, 0]), int(islands[index, 1]), int(before), int(after)))
    return found


def _is_filler(core: _Core, marks: _Marks, steady: NDArray[np.bool_], pitch: Pitch, within: NDArray[np.bool_]) -> bool:
    hertz = pitch.hertz[core.start : core.end]
    voiced = hertz[hertz > 0]
    if len(voiced) < _VOICED_SHARE * len(hertz) or within[core.start : core.end].mean() < 0.5:
        return False
    if len(voiced) and 12 * np.log2(np.percentile(voiced, 95) / np.percentile(voiced, 5)) > _PITCH_RANGE_SEMITONES:
        return False
    if core.end - core.start >= _LONG_CORE:
        return True
    return core.is_alone(marks) and bool(steady[core.island_start : core.island_end].mean() >= _STEADY_SHARE)


def _heard(core: _Core, marks: _Marks) -> Filler:
    start = core.island_start if core.start - core.island_start <= marks.onset else core.start
    tail = core.island_end - core.end
    end = core.island_end if tail <= _NASAL else core.end
    word = "um" if _UM_TAIL < tail <= _NASAL else "uh"
    return Filler(word=word, start=start * STEP_SECONDS, end=end * STEP_SECONDS, basis="acoustic")


# --- in the words ---------------------------------------------------------------------------------------------------

_SET_OFF_SECONDS = 0.2
_KNOWING = frozenset({"do", "did", "does", "if", "as", "that", "what", "let", "would", "should", "and", "how", "all"})
_KNOWN = frozenset({"that", "what", "how", "why", "who", "where", "when", "if", "the", "about", "a", "it"})
_LONGEST_WORD = (0.3, 0.25)
"""Seconds, and seconds a vowel letter: a word that was given more time than that has swallowed a hesitation."""


def fillers_in_words(words: Sequence[Word]) -> list[Filler]:
    """Sounds of hesitation and filler phrases among recognised words."""
    found: list[Filler] = []
    for index, word in enumerate(words):
        length = 1 if is_hesitation(word.text) else _phrase_length(words, index)
        if length:
            last = words[index + length - 1]
            text = " ".join(_plain(one.text) for one in words[index : index + length])
            found.append(Filler(word=text, start=word.start, end=max(last.end, word.start), basis="transcript"))
    return found


def all_fillers(heard: Sequence[Filler], words: Sequence[Word]) -> list[Filler]:
    """What was heard and what was recognised, each once, in order.

    A sound that a recognised word accounts for is that word; one that was recognised as a hesitation keeps its spelling.
    """
    written = fillers_in_words(words)
    spoken = [word for word in words if not is_hesitation(word.text)]
    kept = [
        filler
        for filler in heard
        if not any(_overlap(filler, other) > 0 for other in written)
        and not any(_accounts_for(word, filler) for word in spoken)
    ]
    return sorted([*written, *kept], key=lambda filler: (filler.start, filler.end))


def _phrase_length(words: Sequence[Word], index: int) -> int:
    """Words of the filler phrase that begins here; 0 where none does."""
    text = _plain(words[index].text)
    following = _plain(words[index + 1].text) if index + 1 < len(words) else ""
    if text == "like":
        return int(_set_off_after(words, index))
    if (text, following) not in {("you", "know"), ("i", "mean")}:
        return 0
    before = _plain(words[index - 1].text) if index else ""
    after = _plain(words[index + 2].text) if index + 2 < len(words) else ""
    if before in _KNOWING or (after in _KNOWN and not _set_off_after(words, index + 1)):
        return 0
    return 2 if _set_off_after(words, index + 1) or _set_off_before(words, index) else 0


def _set_off_after(words: Sequence[Word], index: int) -> bool:
    """Whether a comma, or a pause, follows in the middle of a sentence."""
    if words[index].text.rstrip().endswith(","):
        return True
    if index + 1 >= len(words) or words[index].text.rstrip().endswith((".", "?", "!")):
        return False
    return words[index + 1].start - words[index].end >= _SET_OFF_SECONDS


def _set_off_before(words: Sequence[Word], index: int) -> bool:
    if index == 0 or words[index - 1].text.rstrip().endswith((",", ".", "?", "!", ";", "–", "—")):
        return True
    return words[index].start - words[index - 1].end >= _SET_OFF_SECONDS


def _plain(text: str) -> str:
    return text.strip(" ,.;:!?–—-\"'“”‘’…").lower()


def _overlap(filler: Filler, other: Filler | Word) -> float:
    return min(filler.end, other.end) - max(filler.start, other.start)


def _accounts_for(word: Word, filler: Filler) -> bool:
    vowels = len(re.findall(r"[aeiouy]+", _plain(word.text))) or 1
    plausible = word.end - word.start <= _LONGEST_WORD[0] + _LONGEST_WORD[1] * vowels
    return plausible and _overlap(filler, word) >= 0.5 * (filler.end - filler.start)
