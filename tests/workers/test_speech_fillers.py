"""Filled pauses: by sound, by words, and each once."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from intervi.analysis.disfluencies import is_hesitation
from intervi.analysis.figures import Filler, Transcript, Word
from tests.media_made.speech import BRITISH_WOMAN, MAN, WOMAN, Hesitation, MadeSpeech, Voice, make_speech
from workers.speech import measure_speech
from workers.speech.fillers import all_fillers, fillers_in_words

HESITANT = (
    0.5,
    "My last job, um, was in a small team.",
    0.6,
    Hesitation("uh"),
    0.4,
    "I looked after the reports, er, for three years.",
    0.5,
)
FLUENT = (
    0.5,
    "Their first server was a small one, and I learned to work with it.",
    0.6,
    "Her answer was that we had enough money for another summer, but we were late.",
    0.5,
)


def words(text: str, gaps: Sequence[int] = ()) -> list[Word]:
    """Words of 0.3 s; a pause of 0.4 s follows those whose index is in ``gaps``."""
    at, made = 0.0, []
    for index, one in enumerate(text.split()):
        made.append(Word(text=one, start=at, end=at + 0.3))
        at += 0.7 if index in gaps else 0.3
    return made


def found_in(text: str, gaps: Sequence[int] = ()) -> list[str]:
    return [filler.word for filler in fillers_in_words(words(text, gaps))]


@pytest.mark.media
class TestBySound:
    @pytest.mark.parametrize("noisy", [False, True], ids=["clean", "15 dB"])
    @pytest.mark.parametrize("rate", [130, 170])
    @pytest.mark.parametrize("voice", [MAN, WOMAN, BRITISH_WOMAN], ids=lambda voice: voice.name)
    def test_found_without_a_transcript(self, voice: Voice, rate: int, noisy: bool) -> None:
        truth = make_speech(HESITANT, voice, rate)
        speech = measure_speech(truth.with_noise(15) if noisy else truth.samples, None)
        hits = [one for one in truth.fillers if any(f.start < one.end and f.end > one.start for f in speech.fillers)]
        precision, recall = len(hits) / max(len(speech.fillers), 1), len(hits) / len(truth.fillers)
        assert 2 * precision * recall / max(precision + recall, 0.01) >= 0.8
        assert {filler.basis for filler in speech.fillers} == {"acoustic"}
        assert speech.fillers_per_minute.value == pytest.approx(60 * len(speech.fillers) / truth.seconds)

    @pytest.mark.parametrize("voice", [MAN, WOMAN, BRITISH_WOMAN], ids=lambda voice: voice.name)
    def test_fluent_speech_with_the_same_vowels_has_next_to_none(self, voice: Voice) -> None:
        assert len(measure_speech(make_speech(FLUENT, voice).samples, None).fillers) <= 1

    def test_a_hesitation_that_the_recogniser_left_out_is_added(self) -> None:
        truth = make_speech(HESITANT, WOMAN)
        speech = measure_speech(truth.samples, _recognised(truth, without_fillers=True))
        assert [filler.basis for filler in speech.fillers] == ["acoustic"] * 3

    def test_a_hesitation_that_was_recognised_is_counted_once(self) -> None:
        truth = make_speech(HESITANT, WOMAN)
        speech = measure_speech(truth.samples, _recognised(truth))
        assert [filler.word for filler in speech.fillers] == ["um", "uh", "er"]
        assert {filler.basis for filler in speech.fillers} == {"transcript"}


def _recognised(truth: MadeSpeech, *, without_fillers: bool = False) -> Transcript:
    kept = [word for word in truth.words if not (without_fillers and word in truth.fillers)]
    found = [Word(text=word.text, start=word.start, end=word.end) for word in kept]
    return Transcript(engine="truth", text=" ".join(word.text for word in found), words=found)


class TestByWords:
    @pytest.mark.parametrize("text", ["um", "Um,", "uh", "uhm", "umm", "er", "erm", "hmm", "mm", "Uh..."])
    def test_sounds_of_hesitation(self, text: str) -> None:
        assert is_hesitation(text)

    @pytest.mark.parametrize("text", ["a", "her", "hum", "error", "we", "oh", "era", "home", "", "me"])
    def test_words_are_none(self, text: str) -> None:
        assert not is_hesitation(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("it was, you know, quite late", ["you know"]),
            ("do you know what that is", []),
            ("as you know, we shipped it", []),
            ("you know the answer to that", []),
            ("I mean, it worked in the end", ["i mean"]),
            ("that is what I mean, exactly", []),
            ("it was, like, three in the morning", ["like"]),
            ("I like the work and people like it", []),
            ("tools like these help", []),
        ],
    )
    def test_phrases_only_where_they_are_set_off(self, text: str, expected: list[str]) -> None:
        assert found_in(text) == expected

    def test_a_pause_sets_off_as_a_comma_does(self) -> None:
        assert found_in("it was like three in the morning", gaps=[2]) == ["like"]

    def test_a_phrase_has_the_time_of_its_words(self) -> None:
        (filler,) = fillers_in_words(words("so, you know, yes"))
        assert (filler.start, filler.end) == (pytest.approx(0.3), pytest.approx(0.9))


class TestBothSources:
    def heard(self, start: float, end: float) -> Filler:
        return Filler(word="uh", start=start, end=end, basis="acoustic")

    def test_a_sound_that_a_word_accounts_for_is_that_word(self) -> None:
        assert all_fillers([self.heard(0.05, 0.25)], [Word(text="her", start=0, end=0.3)]) == []

    def test_a_word_with_far_too_much_time_accounts_for_nothing(self) -> None:
        heard = self.heard(0.3, 0.8)
        assert all_fillers([heard], [Word(text="but", start=0, end=1.4)]) == [heard]

    def test_in_order_of_time(self) -> None:
        found = all_fillers([self.heard(3, 3.4), self.heard(0.1, 0.5)], [Word(text="um", start=2, end=2.3)])
        assert all(one.start <= other.start for one, other in pairwise(found))
        assert len(found) == 3
