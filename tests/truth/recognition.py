"""Words recognised by the model of the installation, against those that were said."""

import re
from collections.abc import Sequence

from intervi.analysis.figures import Filler, Transcript, Word
from tests.media_made.speech import FILLERS
from tests.truth.errors import Errors
from tests.truth.sound import Case
from workers.speech import measure_speech
from workers.transcription import certainty, transcribe

WRONG = "words got wrong, share"
CERTAINTY = "the recogniser's certainty"
ROUGH = "answers that are rough, not scored"
PACE = "pace from recognised words, %"
WRITTEN = "um, uh and er written down"
FOUND = "fillers by words and sound"


def compare(case: Case, errors: Errors) -> None:
    """Recognises an answer and adds its errors."""
    heard, said = transcribe(case.samples), [word.text for word in case.truth.words]
    errors.add(WRONG, case.condition, word_error_rate(without_fillers(said), without_fillers(spoken(heard))))
    errors.add(CERTAINTY, case.condition, certainty(heard.words) if heard.words else 0.0)
    errors.match(ROUGH, case.condition, int(not heard.usable), 1)
    measured = measure_speech(case.samples, heard)
    if heard.usable and measured.words_per_minute.value is not None:
        errors.add(PACE, case.condition, measured.words_per_minute.value / case.truth.words_per_minute - 1)
    errors.match(WRITTEN, case.condition, *hesitations(case, [w for w in heard.words if plain(w.text) in FILLERS]))
    errors.match(FOUND, case.condition, *hesitations(case, measured.fillers))


def hesitations(case: Case, found: Sequence[Word | Filler]) -> tuple[int, int, int]:
    """How many of those that were made lie where one was found, how many were made, how many were found."""
    true = case.truth.fillers
    hits = sum(any(one.start < word.end and word.start < one.end for one in found) for word in true)
    return hits, len(true), len(found)


def spoken(transcript: Transcript) -> list[str]:
    return [plain(word) for word in transcript.text.split()]


def without_fillers(words: list[str]) -> list[str]:
    return [word for word in map(plain, words) if word and word not in FILLERS]


def plain(word: str) -> str:
    """Without punctuation and capitals."""
    return re.sub(r"[^\w']", "", word).lower()


def word_error_rate(said: list[str], heard: list[str]) -> float:
    """Substituted, left out and added words over those said (Levenshtein distance)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for index, other in enumerate(heard, 1):
            before, row[index] = row[index], min(row[index] + 1, row[index - 1] + 1, before + (word != other))
    return row[-1] / len(said)
