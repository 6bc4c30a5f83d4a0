"""Who speaks, told while an interview goes on: how often it is told, and how often that is right, over pairs of voices and kinds of noise.

    .venv/bin/python -m benchmarks.live_speakers

The interviews, voices and noises of ``benchmarks.speakers``, with a second between two turns (0.7 s ends an utterance: what is as long
falls to either side by a rounding), cut at their pauses as a stream is. Each utterance is told by what was heard up to it. The trivial
guess has the two take turns from one utterance to the next, the interviewer first.
"""

import itertools
from collections.abc import Iterator

import numpy as np

from benchmarks.speakers import SOUNDS, VOICES
from intervi.live.utterances import LEAD_SECONDS, PAUSE_SECONDS
from tests.workers.test_speakers import Talk, a_talk
from workers.speakers import Utterance, heard, last_speaker
from workers.speakers.speakers import voice_in
from workers.speech.sound import RATE, Sound

SECONDS_BETWEEN = 1.0
Told = tuple[str | None, str | None, str]
"""The truth, what was told, and the trivial guess."""


def told_of(talk: Talk, samples: np.ndarray) -> Iterator[Told]:
    """Each utterance of a talk that sounds like this."""
    utterances: list[Utterance] = []
    for start, end in _cut(samples):
        words = [word.text for word in talk.transcript.words if start <= (word.start + word.end) / 2 <= end]
        utterances.append(heard(samples[round(start * RATE) : round(end * RATE)], " ".join(words), start))
        middle = (start + end) / 2
        truth = next((turn.speaker for turn in talk.turns if turn.start <= middle <= turn.end), None)
        speaker = last_speaker(utterances)
        yield truth, speaker and speaker[0], "candidate" if len(utterances) % 2 == 0 else "interviewer"


def _cut(samples: np.ndarray) -> list[tuple[float, float]]:
    cut: list[tuple[float, float]] = []
    for span in voice_in(Sound(samples)):
        if cut and span.start - cut[-1][1] < PAUSE_SECONDS:
            cut[-1] = cut[-1][0], span.end
        else:
            cut.append((max(0.0, span.start - LEAD_SECONDS), span.end))
    return cut


def compare() -> str:
    """The table."""
    talks = [
        a_talk(VOICES[one], VOICES[other], seconds_between=SECONDS_BETWEEN)
        for one, other in itertools.permutations(VOICES, 2)
    ]
    rows = [
        "| | utterances | with a speaker | as interviewer or candidate | of those right | taking turns: right |",
        "|---" * 6 + "|",
    ]
    for name, sound_of in SOUNDS.items():
        found = [told for talk in talks for told in told_of(talk, sound_of(talk))]
        named = [(truth, said) for truth, said, _guess in found if said in ("interviewer", "candidate")]
        some = sum(said is not None for _truth, said, _guess in found)
        right = sum(truth == said for truth, said in named)
        guessed = sum(truth == guess for truth, _said, guess in found)
        rows.append(f"| {name} | {len(found)} | {some} | {len(named)} | {right} | {guessed} of {len(found)} |")
    monologues = [a_talk(voice, voice, seconds_between=SECONDS_BETWEEN) for voice in VOICES.values()]
    alone = [told for talk in monologues for told in told_of(talk, talk.mono)]
    mistaken = sum(said is not None for _truth, said, _guess in alone)
    rows += ["", f"One voice in both roles: {mistaken} of {len(alone)} utterances told as one of two."]
    return "\n".join(rows)


if __name__ == "__main__":
    print(compare())
