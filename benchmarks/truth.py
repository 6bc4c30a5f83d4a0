"""Prints how far every figure lies from the truth, and writes it into docs/measurements.md.

    .venv/bin/python -m benchmarks.truth [sound words picture recorded] [--prompts DIRECTORY] [--print]

Sound: made by espeak-ng (men and women, three accents and more, three speeds) in quiet and in noise. Picture: faces made by
``tests/media_made/faces.py``. Recorded: the prompts of Debian's ``asterisk-core-sounds-en-wav``; left out where they are not installed.
The tests in ``tests/truth`` ask for the targets on a part of the same material.
"""

import argparse
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from intervi.analysis.figures import Figure
from intervi.settings import REPOSITORY_ROOT
from tests.media_made.speech import make_speech
from tests.truth import picture, recognition, recorded, sound
from tests.truth.errors import Errors
from workers.speech import measure_speech
from workers.transcription import transcribe
from workers.whisper_weights import BUNDLED

DOCUMENT = REPOSITORY_ROOT / "docs" / "measurements.md"
GROUPED = "pink 10 dB"
"""Where voices, accents and speeds are told apart."""
PRINTS = (
    "Each cell: mean error ± spread over the answers (worst). Pauses: share found. Fillers: precision / recall / F1."
)


def made_sound(_prompts: Path) -> str:
    """Every figure of the sound, in every noise; whole answers for the pace; contours for the pitch."""
    errors, groups, contours = Errors(), Errors(), Errors()
    for case in sound.cases():
        one = Errors()
        sound.compare(case, one)
        errors.take_over(one, case.condition, case.condition)
        if case.condition == GROUPED:
            for group in case.groups:
                groups.take_over(one, GROUPED, group)
    answers = sound.interview_answers()
    for index, parts in enumerate(answers):
        voice, rate = sound.VOICES[index % len(sound.VOICES)], sound.RATES[index % len(sound.RATES)]
        sound.compare_pace(make_speech(parts, voice, rate), "clean", errors)
    sound.compare_contours(contours)
    count = len(sound.TEXTS) * len(sound.VOICES) * len(sound.RATES)
    lines = [
        f"{count} made answers ({len(sound.TEXTS)} texts, {len(sound.VOICES)} voices, {len(sound.RATES)} speeds); pace from syllables: "
        f"{len(answers)} whole answers. {PRINTS}",
        errors.table([sound.condition(*noise) for noise in sound.NOISES]),
        f"The same by who speaks, and how fast, in {GROUPED}.",
        groups.table(sound.GROUPS),
        contours.table(list(contours.differences["f0 at every moment, %"]), "made sound"),
        "No voice, every figure null: " + "; ".join(f"{name}: {_reasons(name)}" for name in sound.NOT_A_VOICE) + ".",
    ]
    return "\n\n".join(lines)


def _reasons(name: str) -> str:
    samples, _expected = sound.NOT_A_VOICE[name]
    figures = [figure for _name, figure in measure_speech(samples, None) if isinstance(figure, Figure)]
    return ", ".join(sorted({str(figure.reason) for figure in figures}))


def made_picture(_prompts: Path) -> str:
    """Every figure of the picture, under every condition."""
    errors = Errors()
    with tempfile.TemporaryDirectory() as name:
        for condition in picture.CONDITIONS:
            picture.compare(Path(name), condition, errors)
            picture.compare_angles(Path(name), condition, errors)
            picture.compare_posture(Path(name), condition, errors)
        nobody = {condition: picture.reasons_without_a_face(Path(name), condition) for condition in picture.NOBODY}
    found = "; ".join(f"{condition}: {', '.join(sorted(map(str, reasons)))}" for condition, reasons in nobody.items())
    return "\n\n".join(
        [
            "Head turned and nodding by up to 30° and 20°, in 28 ways; looking aside by 25°, smiling by half and in full, "
            "shoulders tilted by 6 and 12°, leaning by a fifth; far: half the size, very far: 0.3 of it; dark: a fifth of the light; "
            "tilted: the head by 10°; blinking: every two seconds. Mean error ± spread (worst).",
            errors.table(list(picture.CONDITIONS)),
            f"No face, every figure null: {found}.",
        ]
    )


def recognised_words(_prompts: Path) -> str:
    """What the recogniser makes of the made answers, in every noise."""
    errors, rate = Errors(), 150
    for case in sound.cases(rates=(rate,)):
        recognition.compare(case, errors)
    return "\n\n".join(
        [
            f"{len(sound.TEXTS) * len(sound.VOICES)} made answers ({len(sound.TEXTS)} texts, {len(sound.VOICES)} voices, {rate} words a "
            f"minute), recognised by Whisper {BUNDLED}, which is part of the installation. {PRINTS}",
            errors.table([sound.condition(*noise) for noise in sound.NOISES]),
        ]
    )


def recorded_speech(prompts: Path) -> str:
    """Recorded prompts: against their words, against Praat, and what the recogniser makes of them."""
    errors, count, seconds = Errors(), 0, 0.0
    for one in recorded.prompts(prompts):
        recorded.compare(one, errors)
        count, seconds = count + 1, seconds + len(one.samples) / recorded.RATE
    engines = set()
    for name in recorded.WORDS:
        one = recorded.prompt(name, prompts)
        heard = transcribe(one.samples)
        engines.add(heard.engine)
        wrong = recognition.word_error_rate([recognition.plain(word) for word in one.words], recognition.spoken(heard))
        errors.add(recognition.WRONG, recorded.WHERE, wrong)
    return "\n\n".join(
        [
            f"{count} recordings of one speaker ({seconds / 60:.0f} minutes, 8 kHz, no fillers); {len(recorded.WORDS)} of them with "
            f"their words. Recogniser: {', '.join(sorted(engines))}.",
            errors.table([recorded.WHERE]),
        ]
    )


PARTS: dict[str, Callable[[Path], str]] = {
    "sound": made_sound,
    "words": recognised_words,
    "picture": made_picture,
    "recorded": recorded_speech,
}


def write(part: str, text: str) -> None:
    """Puts a part's table between its marks in the document."""
    begin, end = f"<!-- truth: {part} -->", f"<!-- end of truth: {part} -->"
    before = DOCUMENT.read_text()
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(before):
        raise SystemExit(f"{DOCUMENT} has no marks for {part}")
    DOCUMENT.write_text(pattern.sub(lambda _match: f"{begin}\n{text}\n{end}", before))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--prompts", type=Path, default=recorded.DIRECTORY)
    parser.add_argument("--print", action="store_true", help="do not write the document")
    arguments = parser.parse_args()
    for part in arguments.parts:
        if part == "recorded" and not arguments.prompts.is_dir():
            print(f"recorded: left out, as {arguments.prompts} is not there (asterisk-core-sounds-en-wav)")
            continue
        text = PARTS[part](arguments.prompts)
        print(f"\n## {part}\n\n{text}", flush=True)
        if not arguments.print:
            write(part, text)


if __name__ == "__main__":
    main()
