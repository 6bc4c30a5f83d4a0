"""Who spoke when on one channel, over pairs of voices and kinds of noise, beside trivial guesses; written into docs/measurements.md.

    .venv/bin/python -m benchmarks.speakers [--print]

Made interviews: three questions and three answers, every pair of six voices of espeak-ng in both roles, in quiet, in noise and as a browser
records it; the words are given with their times. Right: the share of the time at which somebody speaks, at which it is who it should be.
The guesses: *one* says that the candidate speaks all the time; *pauses* has them take turns at each pause of more than half a second, the
interviewer first.
"""

import argparse
import itertools
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from intervi.analysis.figures import Span, SpeakerTurn
from intervi.settings import REPOSITORY_ROOT
from tests.media_made import speech as made
from tests.workers.test_speakers import Talk, a_talk, recorded_by_a_browser, share_right
from workers.sound_track import stored_sound
from workers.speakers import with_speakers
from workers.speakers.speakers import voice_in
from workers.speech.sound import Sound

DOCUMENT = REPOSITORY_ROOT / "docs" / "measurements.md"
VOICES = {
    "man": made.MAN,
    "British man": made.BRITISH_MAN,
    "Scottish man": made.SCOTTISH_MAN,
    "low man": made.LOW_MAN,
    "woman": made.WOMAN,
    "British woman": made.BRITISH_WOMAN,
}
PAUSE_SECONDS = 0.5
RIGHT = 0.9
SURE = 0.5
"""A pair at this confidence is told as one voice."""


def noisy(decibels: float, kind: str, talk: Talk) -> np.ndarray:
    return made.add_noise(talk.mono, decibels, kind)


def in_webm(talk: Talk) -> np.ndarray:
    with tempfile.TemporaryDirectory() as directory:
        path, _is_apart = recorded_by_a_browser(talk, 1, Path(directory))
        with stored_sound(path) as sound:
            return sound[:]


SOUNDS: dict[str, Callable[[Talk], np.ndarray]] = {
    "quiet": lambda talk: talk.mono,
    "WebM (Opus, 32 kbit/s)": in_webm,
    "pink 20 dB": partial(noisy, 20, "pink"),
    "pink 10 dB": partial(noisy, 10, "pink"),
    "babble 15 dB": partial(noisy, 15, "babble"),
}


def all_one(voice: Sequence[Span]) -> list[SpeakerTurn]:
    return [SpeakerTurn(start=span.start, end=span.end, speaker="candidate") for span in voice]


def taking_turns(voice: Sequence[Span]) -> list[SpeakerTurn]:
    turns: list[SpeakerTurn] = []
    for span in voice:
        if turns and span.start - turns[-1].end <= PAUSE_SECONDS:
            turns[-1] = turns[-1].model_copy(update={"end": span.end})
            continue
        is_interviewer = not turns or turns[-1].speaker == "candidate"
        speaker = "interviewer" if is_interviewer else "candidate"
        turns.append(SpeakerTurn(start=span.start, end=span.end, speaker=speaker))
    return turns


def edges(found: Sequence[SpeakerTurn], truth: Sequence[SpeakerTurn]) -> float:
    """The share of the true turns whose both ends are found within half a second."""
    right = [
        any(
            turn.speaker == true.speaker and max(abs(turn.start - true.start), abs(turn.end - true.end)) < 0.5
            for turn in found
        )
        for true in truth
    ]
    return float(np.mean(right))


def compare() -> str:
    """The table."""
    talks = {pair: a_talk(VOICES[pair[0]], VOICES[pair[1]]) for pair in itertools.permutations(VOICES, 2)}
    rows, as_one, wrong = [], {}, []
    for name, sound_of in SOUNDS.items():
        ours, one, pauses, ends, told_apart = [], [], [], [], []
        for pair, talk in talks.items():
            samples = sound_of(talk)
            voice = voice_in(Sound(samples))
            found = with_speakers(talk.transcript, samples)
            ours.append(share_right(found.turns, talk.turns))
            ends.append(edges(found.turns, talk.turns))
            one.append(share_right(all_one(voice), talk.turns))
            pauses.append(share_right(taking_turns(voice), talk.turns))
            is_apart = (found.speaker_confidence or 0) > SURE
            told_apart.append(is_apart)
            if not is_apart:
                as_one.setdefault(name, []).append(" and ".join(pair))
            elif ours[-1] < RIGHT:
                wrong.append(
                    f"{name}: {' and '.join(pair)}, {_percent(ours[-1])} (confidence {found.speaker_confidence})"
                )
        ours, told_apart = np.array(ours), np.array(told_apart)
        apart = ours[told_apart] if told_apart.any() else np.array([np.nan])
        rows.append(
            f"| {name} | {told_apart.sum()} of {len(ours)} | {_share(apart)} | {_share(ours)} | {_share(ends)} | {_share(one)} | "
            f"{_share(pauses)} |"
        )
    head = (
        "| | told apart | right, of those told apart: mean (worst) | right, of all | turns with both ends within 0.5 s, of all | "
        "one speaker | turns at pauses |"
    )
    told = "; ".join(f"{name}: {', '.join(pairs)}" for name, pairs in as_one.items())
    return "\n".join(
        [
            f"{len(talks)} made interviews of 40 s (six voices in both roles), the words given.",
            "",
            head,
            "|---" * 7 + "|",
            *rows,
            "",
            f"Told as one voice, with a confidence of 0.5 – {told or 'none'}.",
            "",
            f"Told apart, and right less than {_percent(RIGHT)} of the time – {'; '.join(wrong) or 'none'}.",
        ]
    )


def _share(values: Sequence[float] | np.ndarray) -> str:
    return f"{_percent(float(np.mean(values)))} ({_percent(float(np.min(values)))})"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--print", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    table = compare()
    print(table)
    if not arguments.print:
        begin, end = "<!-- benchmarks.speakers -->", "<!-- end of benchmarks.speakers -->"
        text = DOCUMENT.read_text()
        assert begin in text
        DOCUMENT.write_text(
            re.sub(f"{begin}.*?{end}", lambda _match: f"{begin}\n{table}\n{end}", text, flags=re.DOTALL)
        )


if __name__ == "__main__":
    main()
