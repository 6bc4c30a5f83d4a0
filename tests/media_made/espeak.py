"""espeak-ng's library, with what its program does not tell: the time of every word and every sound.

The same text, voice and rate give the same words, sounds and times. The samples depend a little on what the library has said before
(it keeps the phase of its own tremble and noise), so what was said once is kept: within a process the same call gives the same samples.
"""

import ctypes
import functools
import itertools
import re
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SYNCHRONOUS = 2
_PHONEME_EVENTS = 0x1
_PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4}
_UTF8_WITH_PHONEME_CODES = 0x1 | 0x100
_END, _WORD, _PHONEME = 0, 1, 7


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class Sound:
    """A word or a phoneme (espeak's own mnemonics; a pause begins with ``_``), in samples of ``Synthesis.rate``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Synthesis:
    """What espeak-ng made of a text."""

    samples: NDArray[np.float32]
    rate: int
    words: list[Sound]
    phonemes: list[Sound]


@functools.cache
def _library() -> tuple[ctypes.CDLL, int]:
    library = ctypes.CDLL("libespeak-ng.so.1")
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
    if rate <= 0:
        raise RuntimeError("espeak-ng is not installed completely: its data was not found")
    return library, rate


@functools.lru_cache(maxsize=512)
def synthesise(text: str, voice: str, words_per_minute: int, pitch: int) -> Synthesis:
    """Speaks ``text`` (which may hold ``[[phoneme codes]]``) with ``voice`` (such as ``en-us+f3``), pitch 0 to 99."""
    library, rate = _library()
    encoded = text.encode()
    pieces: list[NDArray[np.int16]] = []
    events: list[tuple[int, int, int, str]] = []

    def collect(wave: "ctypes._Pointer[ctypes.c_short]", count: int, event: "ctypes._Pointer[_Event]") -> int:
        if count > 0:
            pieces.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while event[index].type != _END:
            one = event[index]
            name = one.id.string.decode(errors="replace") if one.type == _PHONEME else ""
            events.append((one.type, one.text_position, one.sample, name))
            index += 1
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise ValueError(f"espeak-ng has no voice {voice}")
    for name, value in {"rate": words_per_minute, "volume": 100, "pitch": pitch, "range": 50}.items():
        library.espeak_SetParameter(_PARAMETERS[name], value, 0)
    library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8_WITH_PHONEME_CODES, None, None)
    library.espeak_Synchronize()
    samples = (np.concatenate(pieces) if pieces else np.zeros(0, np.int16)).astype(np.float32) / 32768.0
    phonemes = _with_ends([(at, name) for kind, _, at, name in events if kind == _PHONEME], len(samples))
    starts = {position - 1: at for kind, position, at, _ in events if kind == _WORD}
    return Synthesis(samples, rate, _words(text, starts, phonemes), phonemes)


def _with_ends(starts: list[tuple[int, str]], total: int) -> list[Sound]:
    ends = [at for at, _ in starts[1:]] + [total]
    return [Sound(name, at, end) for (at, name), end in zip(starts, ends, strict=True)]


def _words(text: str, starts: dict[int, int], phonemes: list[Sound]) -> list[Sound]:
    """The words of the text with the times of their sounds.

    espeak-ng speaks some pairs ("with the") as one word: those share its time evenly.
    """
    spoken = [one for one in phonemes if not one.text.startswith("_")]
    groups: list[tuple[int, list[str]]] = []
    for match in re.finditer(r"[^\W_]+(?:['’-][^\W_]+)*", text):
        if match.start() in starts or not groups:
            groups.append((starts.get(match.start(), 0), []))
        groups[-1][1].append(match.group())
    words = []
    for index, (start, names) in enumerate(groups):
        following = groups[index + 1][0] if index + 1 < len(groups) else sys.maxsize
        # A word begins a little before its first sound where the mouth takes its place for it.
        sounds = [one for one in spoken if start <= one.start < following]
        if sounds:
            edges = np.linspace(sounds[0].start, sounds[-1].end, len(names) + 1).astype(int).tolist()
            words += [Sound(name, *edge) for name, edge in zip(names, itertools.pairwise(edges), strict=True)]
    return words
