"""Transcription: what is heard, Whisper's real loading path, a model that cannot be had, silence, and long sound."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.transcribe import Segment
from faster_whisper.transcribe import Word as WhisperWord

from intervi.analysis.figures import Reason, Span
from intervi.settings import settings
from tests.media_made.speech import RATE, WOMAN, Hesitation, MadeSpeech, Voice, make_speech
from tests.media_made.tiny_whisper import write_tiny_whisper
from workers import whisper, whisper_weights
from workers.transcription import BLOCK_SECONDS, blocks_of, transcribe, voiced_spans
from workers.whisper_weights import bundled

NOISE = (np.random.default_rng(3).standard_normal(4 * RATE) * 0.01).astype(np.float32)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Lets a test choose the model; nothing loaded or remembered leaks from one test to another."""
    whisper.forget()
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    whisper.forget()
    settings.cache_clear()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_whisper(tmp_path_factory.mktemp("whisper") / "tiny-random")


@pytest.fixture(scope="module")
def speech() -> MadeSpeech:
    return make_speech([0.8, "We shipped the product in May", 1.5, "and nobody had to work at night", 0.7])


class TestWords:
    """What the model of the installation hears."""

    def test_are_those_that_were_said_and_lie_where_they_were_said(self, speech: MadeSpeech) -> None:
        transcript = transcribe(speech.samples)
        assert (transcript.engine, transcript.engine_note, transcript.rough) == ("faster-whisper base", "", False)
        heard, said = (
            [re.sub(r"\W", "", word.text).lower() for word in transcript.words],
            "We shipped the product in May and",
        )
        assert heard[:7] == said.lower().split()
        assert transcript.text == " ".join(word.text for word in transcript.words)
        for word, truth in zip(transcript.words[:7], speech.words[:7], strict=True):
            assert (word.start, word.end) == (pytest.approx(truth.start, abs=0.35), pytest.approx(truth.end, abs=0.35))

    def test_hesitations_are_kept(self) -> None:
        made = make_speech([0.5, "I think", 0.4, Hesitation("um"), 0.4, "we looked at the logs of the service"], WOMAN)
        assert "um" in [word.text.lower().strip(",.") for word in transcribe(made.samples).words]

    def test_another_language(self) -> None:
        made = make_speech(
            ["Ich habe ein kleines Team geleitet und wir haben das Projekt im Mai abgeschlossen."], Voice("de")
        )
        words = transcribe(made.samples, "de").text.lower()
        assert sum(word in words for word in ("team", "projekt", "mai", "geleitet")) >= 3

    def test_what_is_drowned_is_rough(self, speech: MadeSpeech) -> None:
        transcript = transcribe(speech.with_noise(-3))
        assert transcript.rough or transcript.reason
        assert not transcript.usable

    def test_the_weights_are_those_that_are_published(self) -> None:
        published = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
        assert hashlib.sha256(bundled()["model.bin"]).hexdigest() == published


class TestWhisper:
    def test_a_directory_is_loaded_and_run(self, model: pytest.MonkeyPatch, tiny: Path, speech: MadeSpeech) -> None:
        model.setenv("INTERVI_WHISPER_MODEL", str(tiny))
        transcript = transcribe(speech.samples)
        assert transcript.engine == "faster-whisper tiny-random"
        assert transcript.rough, "weights that know nothing are sure of nothing"
        assert transcript.engine_note == ""
        assert all(0 <= word.start <= word.end <= speech.seconds + 0.5 for word in transcript.words)
        assert transcript.text.isprintable()

    def test_is_kept_loaded(self, model: pytest.MonkeyPatch, tiny: Path) -> None:
        model.setenv("INTERVI_WHISPER_MODEL", str(tiny))
        assert whisper.whisper()[0] is whisper.whisper()[0]

    def test_silence_of_its_own_judgement_gives_no_words(self) -> None:
        def segment(no_speech: float, log_probability: float) -> Segment:
            word = WhisperWord(start=0.0, end=0.5, word=" Thanks", probability=0.4)
            return Segment(0, 0, 0.0, 1.0, " Thanks", [], log_probability, 1.0, no_speech, [word], 0.0)

        assert not list(whisper.spoken_words([segment(0.9, -1.4)]))
        assert [word.text for word in whisper.spoken_words([segment(0.9, -0.3), segment(0.1, -1.4)])] == [
            "Thanks",
            "Thanks",
        ]

    def test_what_belongs_to_one_word_is_one(self) -> None:
        pieces = [
            (" from", 0.0, 0.2),
            (" 0", 0.3, 0.5),
            (".1", 0.5, 0.9),
            (" %", 0.9, 1.2),
            (" to", 1.3, 1.4),
            ("-day", 1.4, 1.6),
        ]
        words = [WhisperWord(start=start, end=end, word=text, probability=0.5) for text, start, end in pieces]
        segment = Segment(0, 0, 0.0, 2.0, "", [], -0.2, 1.0, 0.1, words, 0.0)
        found = [(word.text, word.start, word.end) for word in whisper.spoken_words([segment])]
        assert found == [("from", 0.0, 0.2), ("0.1", 0.3, 0.9), ("%", 0.9, 1.2), ("to-day", 1.3, 1.6)]


class TestNoSuchModel:
    """The model of the installation speaks, and says why."""

    def _transcribe_with(self, model: pytest.MonkeyPatch, name: str, speech: MadeSpeech) -> str:
        model.setenv("INTERVI_WHISPER_MODEL", name)
        transcript = transcribe(speech.samples)
        assert transcript.engine == "faster-whisper base"
        assert transcript.usable
        return transcript.engine_note

    def test_a_missing_path(self, model: pytest.MonkeyPatch, tmp_path: Path, speech: MadeSpeech) -> None:
        assert "there is no Whisper model" in self._transcribe_with(model, str(tmp_path / "nowhere"), speech)

    def test_an_empty_directory(self, model: pytest.MonkeyPatch, tmp_path: Path, speech: MadeSpeech) -> None:
        assert str(tmp_path) in self._transcribe_with(model, str(tmp_path), speech)

    @pytest.mark.parametrize("damage", [b"", b"not a model", None])
    def test_a_damaged_model(
        self, model: pytest.MonkeyPatch, tiny: Path, tmp_path: Path, speech: MadeSpeech, damage: bytes | None
    ) -> None:
        damaged = Path(shutil.copytree(tiny, tmp_path / "damaged"))
        whole = (damaged / "model.bin").read_bytes()
        (damaged / "model.bin").write_bytes(whole[: len(whole) // 2] if damage is None else damage)
        assert "could not be loaded" in self._transcribe_with(model, str(damaged), speech)

    def test_an_unknown_size(self, model: pytest.MonkeyPatch, speech: MadeSpeech) -> None:
        assert "neither a directory nor a size" in self._transcribe_with(model, "enormous.en", speech)

    def test_no_hub(self, model: pytest.MonkeyPatch, tmp_path: Path, speech: MadeSpeech) -> None:
        model.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
        assert "not on this machine" in self._transcribe_with(model, "large-v3", speech)

    def test_a_hub_that_refuses(
        self, model: pytest.MonkeyPatch, tmp_path: Path, speech: MadeSpeech, caplog: pytest.LogCaptureFixture
    ) -> None:
        model.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
        model.setattr(whisper_weights, "HF_HUB_OFFLINE", False)
        model.setenv("HF_HUB_OFFLINE", "0")
        model.setenv("HF_HOME", str(tmp_path))
        model.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        assert "could not be fetched" in self._transcribe_with(model, "large-v3", speech)
        assert "fetching Whisper large-v3 failed" in caplog.text

    def test_a_failure_is_remembered(self, model: pytest.MonkeyPatch, tmp_path: Path, tiny: Path) -> None:
        place = tmp_path / "later"
        model.setenv("INTERVI_WHISPER_MODEL", str(place))
        first, why = whisper.whisper()
        assert (first.name, str(place) in why) == ("base", True)
        shutil.copytree(tiny, place)
        assert whisper.whisper() == (first, why)
        model.setattr(
            whisper.time, "monotonic", lambda now=whisper.time.monotonic(): now + whisper.REMEMBER_FAILURE_SECONDS + 1
        )
        later, why = whisper.whisper()
        assert (later.name, why) == ("later", "")


class TestNothingToHear:
    @pytest.mark.parametrize("sound", [np.zeros(3 * RATE, np.float32), NOISE], ids=["silence", "noise"])
    def test_no_voice(self, model: pytest.MonkeyPatch, tiny: Path, sound: np.ndarray) -> None:
        model.setenv("INTERVI_WHISPER_MODEL", str(tiny))
        transcript = transcribe(sound)
        assert (transcript.text, transcript.words, transcript.reason) == ("", [], Reason.NO_VOICE)

    def test_no_sound(self) -> None:
        assert transcribe(np.zeros(0, np.float32)).reason is Reason.NO_SOUND


class TestLongSound:
    def test_is_cut_in_silence(self) -> None:
        random = np.random.default_rng(5)
        sound = (random.standard_normal(2 * BLOCK_SECONDS * RATE + 5 * RATE) * 0.1).astype(np.float32)
        quiet = [
            Span(start=BLOCK_SECONDS - 8.0, end=BLOCK_SECONDS - 7.0),
            Span(start=2 * BLOCK_SECONDS - 14.0, end=2 * BLOCK_SECONDS - 13.0),
        ]
        for each in quiet:
            sound[round(each.start * RATE) : round(each.end * RATE)] = 0
        blocks = list(blocks_of(sound))
        assert [block.start for block in blocks[1:]] == [block.end for block in blocks[:-1]]
        assert (blocks[0].start, blocks[-1].end) == (0, len(sound) / RATE)
        assert all(gap.start < block.end < gap.end for gap, block in zip(quiet, blocks[:-1], strict=True))

    def test_times_go_on_over_the_blocks(self, speech: MadeSpeech) -> None:
        late = BLOCK_SECONDS + 30
        sound = np.concatenate(
            [speech.samples, np.zeros(late * RATE - len(speech.samples), np.float32), speech.samples]
        )
        words = transcribe(sound).words
        assert any(word.start < speech.seconds for word in words)
        assert max(word.end for word in words) == pytest.approx(late + speech.words[-1].end, abs=0.4)

    def test_voice_is_found_where_it_is(self, speech: MadeSpeech) -> None:
        spans = voiced_spans(speech.samples)
        assert spans[0].start == pytest.approx(speech.words[0].start - 0.2, abs=0.2)
        assert spans[-1].end == pytest.approx(speech.words[-1].end + 0.2, abs=0.25)
