"""Decoding real files: whole, cut, damaged, hostile."""

import random
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from intervi.analysis.figures import Decoded
from intervi.errors import BadMedia
from intervi.settings import settings
from tests.media_made.mutations import mutated
from tests.media_made.recordings import H264, TONE_HZ, as_recorder, cut, make_recording, needs_ffmpeg
from workers.decoding import SegmentFile, decode_answer
from workers.limited import run_limited

pytestmark = [pytest.mark.media, needs_ffmpeg]

RATE = 16_000
CONTAINERS = {
    "webm": {},
    "vp9.webm": {"picture": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "15")},
    "mp4": {"picture": H264, "sound": ("-c:a", "aac")},
    "h264.mkv": {"picture": H264},
    "audio.webm": {"picture": None},
    "ogg": {"picture": None, "sound": ("-c:a", "libopus")},
    "wav": {"picture": None, "sound": ()},
    "flac": {"picture": None, "sound": ()},
    "mp3": {"picture": None, "sound": ("-c:a", "libmp3lame")},
}


def segment(path: Path, *, offset: float = 0.0, kind: str = "video", recorded: float | None = None) -> SegmentFile:
    return SegmentFile(uuid4(), path, kind, offset, recorded)


class Bench:
    """Where an answer is decoded to."""

    def __init__(self, directory: Path) -> None:
        self.audio = directory / "answer.flac"
        self.playback = directory / "playback"
        self.playback.mkdir()

    def decode(self, *segments: SegmentFile) -> Decoded:
        return decode_answer(segments, self.audio, self.playback)

    def refusal(self, *segments: SegmentFile) -> str:
        """Why it was refused; nothing may be left behind."""
        with pytest.raises(BadMedia) as caught:
            self.decode(*segments)
        assert self.left() == []
        return caught.value.message

    def left(self) -> Sequence[Path]:
        return [*self.playback.iterdir(), *([self.audio] if self.audio.exists() else [])]

    def sound(self) -> NDArray[np.float32]:
        samples, rate = soundfile.read(self.audio, dtype="float32")
        assert rate == RATE
        assert samples.ndim == 1
        return np.asarray(samples, dtype=np.float32)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with one recording of 4 s in every container we take."""
    directory = tmp_path_factory.mktemp("made")
    for name, arguments in CONTAINERS.items():
        make_recording(directory / f"made.{name}", **arguments)
    return directory


def frequency(samples: NDArray[np.float32]) -> float:
    """The strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE / len(samples)


def is_silent(samples: NDArray[np.float32]) -> bool:
    return bool(np.max(np.abs(samples), initial=0.0) < 1e-3)


class TestWhole:
    @pytest.mark.parametrize("name", CONTAINERS)
    def test_every_container_gives_its_sound_and_length(self, bench: Bench, made: Path, name: str) -> None:
        decoded = bench.decode(segment(made / f"made.{name}"))
        assert decoded.duration_seconds == pytest.approx(4.0, abs=0.1)
        assert decoded.missing_seconds == 0.0
        assert decoded.has_audio
        assert decoded.has_video == (CONTAINERS[name].get("picture", "default") is not None)
        sound = bench.sound()
        assert len(sound) / RATE == pytest.approx(decoded.duration_seconds, abs=0.001)
        assert frequency(sound) == pytest.approx(TONE_HZ, abs=1.0)

    @pytest.mark.parametrize("name", CONTAINERS)
    def test_the_copy_can_be_sought_in(self, bench: Bench, made: Path, name: str) -> None:
        one = segment(as_recorder(made / "made.webm") if name == "webm" else made / f"made.{name}")
        bench.decode(one)
        (copy,) = bench.playback.iterdir()
        assert UUID(copy.stem) == one.media_id
        with av.open(str(copy)) as container:
            assert container.duration is not None
            assert container.duration / av.time_base == pytest.approx(4.0, abs=0.1)
            container.seek(3 * av.time_base)
            packet = next(packet for packet in container.demux() if packet.pts is not None)
            assert float(packet.pts * packet.time_base) > 1.5

    def test_a_recorders_file_tells_no_duration_and_has_one(self, bench: Bench, made: Path) -> None:
        path = as_recorder(made / "made.webm")
        with av.open(str(path)) as container:
            assert container.duration is None
        assert bench.decode(segment(path)).duration_seconds == pytest.approx(4.0, abs=0.1)

    def test_picture_alone(self, bench: Bench, tmp_path: Path) -> None:
        decoded = bench.decode(segment(make_recording(tmp_path / "mute.webm", sound=None)))
        assert (decoded.has_audio, decoded.has_video) == (False, True)
        assert (decoded.segments[0].width, decoded.segments[0].height) == (320, 240)
        assert not bench.audio.exists()

    def test_a_video_sent_as_audio_is_taken_for_its_sound(self, bench: Bench, made: Path) -> None:
        decoded = bench.decode(segment(made / "made.webm", kind="audio"))
        assert (decoded.has_audio, decoded.has_video) == (True, False)
        assert decoded.segments[0].width is None

    def test_silence_is_sound(self, bench: Bench, tmp_path: Path) -> None:
        assert bench.decode(segment(make_recording(tmp_path / "silent.webm", level="silence"))).has_audio
        assert is_silent(bench.sound())

    def test_peaks_over_full_scale_are_clipped(self, bench: Bench, tmp_path: Path) -> None:
        path = make_recording(tmp_path / "loud.wav", picture=None, sound=("-c:a", "pcm_f32le"), level="over")
        bench.decode(segment(path))
        sound = bench.sound()
        assert np.max(np.abs(sound)) <= 1.0
        assert np.mean(np.abs(sound) > 0.99) > 0.7


class TestSegments:
    def test_gaps_and_soundless_segments_are_silence(self, bench: Bench, made: Path, tmp_path: Path) -> None:
        mute = make_recording(tmp_path / "mute.webm", sound=None)
        # In any order: the offsets say where each belongs.
        decoded = bench.decode(
            segment(made / "made.webm", offset=15.0), segment(made / "made.webm"), segment(mute, offset=6.0)
        )
        assert [one.offset_seconds for one in decoded.segments] == [0.0, 6.0, 15.0]
        assert decoded.duration_seconds == pytest.approx(19.0, abs=0.1)
        sound = bench.sound()
        assert len(sound) / RATE == pytest.approx(decoded.duration_seconds, abs=0.001)
        assert is_silent(sound[int(4.2 * RATE) : int(14.9 * RATE)])
        for start in (0, 15):
            assert frequency(sound[start * RATE : (start + 4) * RATE]) == pytest.approx(TONE_HZ, abs=1.0)

    def test_what_overlaps_is_moved_back_not_cut_off(self, bench: Bench, made: Path) -> None:
        decoded = bench.decode(segment(made / "made.wav"), segment(made / "made.wav", offset=3.0))
        assert decoded.segments[1].offset_seconds == pytest.approx(4.0, abs=0.01)
        assert decoded.duration_seconds == pytest.approx(8.0, abs=0.01)

    def test_one_bad_segment_does_not_spoil_the_others(self, bench: Bench, made: Path, tmp_path: Path) -> None:
        bad = tmp_path / "bad.webm"
        bad.write_bytes(b"not media at all" * 100)
        decoded = bench.decode(segment(made / "made.webm"), segment(bad, offset=4.2, recorded=5.0))
        assert decoded.missing_seconds == 5.0
        assert decoded.duration_seconds == pytest.approx(4.0, abs=0.1)


class TestCut:
    def test_a_cut_wav_is_told_by_its_own_header(self, bench: Bench, made: Path) -> None:
        decoded = bench.decode(segment(cut(made / "made.wav", 0.5)))
        assert decoded.duration_seconds == pytest.approx(2.0, abs=0.1)
        assert decoded.missing_seconds == pytest.approx(2.0, abs=0.1)

    def test_a_wav_written_to_a_pipe_promises_nothing(self, bench: Bench, made: Path, tmp_path: Path) -> None:
        path = tmp_path / "piped.wav"
        whole = (made / "made.wav").read_bytes()
        at = whole.index(b"data") + 4
        path.write_bytes(whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :])
        decoded = bench.decode(segment(path))
        assert decoded.duration_seconds == pytest.approx(4.0, abs=0.1)
        assert decoded.missing_seconds == 0

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    @pytest.mark.parametrize("name", ["webm", "wav"])
    def test_what_is_left_is_used_and_the_rest_is_missing(
        self, bench: Bench, made: Path, name: str, share: float
    ) -> None:
        decoded = bench.decode(segment(cut(made / f"made.{name}", share), recorded=4.0))
        assert decoded.duration_seconds == pytest.approx(4.0 * share, abs=0.5)
        assert decoded.duration_seconds + decoded.missing_seconds == pytest.approx(4.0, abs=0.26)

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    def test_the_header_of_a_streamable_mp4_tells_what_is_missing(
        self, bench: Bench, tmp_path: Path, share: float
    ) -> None:
        options = ("-movflags", "+faststart")
        path = make_recording(tmp_path / "a.mp4", picture=H264, sound=("-c:a", "aac"), options=options)
        decoded = bench.decode(segment(cut(path, share)))
        assert 0 < decoded.duration_seconds < 3.9
        assert decoded.duration_seconds + decoded.missing_seconds == pytest.approx(4.0, abs=0.26)

    def test_a_cut_header_is_refused(self, bench: Bench, made: Path) -> None:
        assert "damaged or missing" in bench.refusal(segment(cut(made / "made.webm", 0.0005)))
        # An mp4 written in the ordinary way has its header at the end.
        assert "damaged or missing" in bench.refusal(segment(cut(made / "made.mp4", 0.6)))

    def test_a_hole_in_the_middle_is_missing(self, bench: Bench, tmp_path: Path) -> None:
        options = ("-cluster_time_limit", "500")
        path = make_recording(tmp_path / "long.webm", seconds=12, options=options)
        data = bytearray(path.read_bytes())
        third = len(data) // 3
        data[third : 2 * third] = bytes(third)
        path.write_bytes(data)
        decoded = bench.decode(segment(path))
        assert decoded.duration_seconds == pytest.approx(12.0, abs=0.6)
        assert decoded.missing_seconds == pytest.approx(4.0, abs=1.5)


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile /etc/hostname\n"


class TestRefused:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (b"hello, this is a letter" * 50, "no recording"),
            (PLAYLIST.encode(), "no recording"),
            (CONCAT.encode(), "no recording"),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + PLAYLIST.encode(), "damaged or missing"),
            (b"\x00\x00\x00\x18ftypisom" + PLAYLIST.encode(), "damaged or missing"),
            (b"OggS" + bytes(4000), ""),
            (b"RIFF\x00\x00\x00\x00WAVE", ""),
        ],
    )
    def test_says_why(self, bench: Bench, tmp_path: Path, data: bytes, words: str) -> None:
        path = tmp_path / "upload"
        path.write_bytes(data)
        message = bench.refusal(segment(path))
        assert words in message
        assert message.endswith(".")

    def test_no_sound_where_sound_was_meant(self, bench: Bench, tmp_path: Path) -> None:
        mute = make_recording(tmp_path / "mute.webm", sound=None)
        assert "no sound" in bench.refusal(segment(mute, kind="audio"))

    @pytest.mark.parametrize("rate", [1, 700_000_000])
    def test_a_sampling_rate_that_cannot_be(self, bench: Bench, made: Path, tmp_path: Path, rate: int) -> None:
        data = bytearray((made / "made.wav").read_bytes())
        data[24:28] = rate.to_bytes(4, "little")
        path = tmp_path / "odd.wav"
        path.write_bytes(data)
        assert bench.refusal(segment(path)).endswith(".")

    def test_too_long(self, bench: Bench, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "max_media_seconds", 3)
        assert "too long" in bench.refusal(segment(made / "made.webm"))

    def test_too_much_memory(self, bench: Bench, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "decode_memory_bytes", 64 * 1024**2)
        assert bench.refusal(segment(made / "made.webm"))

    def test_too_much_time(self, bench: Bench, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "decode_timeout_seconds", 0)
        assert "too long to decode" in bench.refusal(segment(made / "made.webm"))


@pytest.mark.parametrize("name", ["webm", "mp4", "ogg", "wav", "mp3"])
def test_mutated_files_crash_nothing(made: Path, tmp_path: Path, name: str) -> None:
    """40 damaged files of each kind, sound and picture decoded, in one child: each gives figures that can be, or a refusal."""
    whole = (made / f"made.{name}").read_bytes()
    for seed in range(40):
        (tmp_path / f"{seed:03}").write_bytes(mutated(whole, random.Random(f"{name} {seed}")))
    answer = run_limited(
        "tests.workers.decode_many:decode_many",
        str(tmp_path).encode(),
        memory_bytes=settings().decode_memory_bytes,
        seconds=120,
    )
    outcomes = answer.decode().split()
    assert len(outcomes) == 40
    assert outcomes.count("decoded") >= 1


@pytest.mark.parametrize("seed", range(4))
def test_a_mutated_file_leaves_nothing_behind(bench: Bench, made: Path, tmp_path: Path, seed: int) -> None:
    """Whatever becomes of it: what is there afterwards is what is told of."""
    path = tmp_path / "mutated.webm"
    path.write_bytes(mutated((made / "made.webm").read_bytes(), random.Random(f"left {seed}")))
    try:
        decoded = bench.decode(segment(path))
    except BadMedia:
        assert bench.left() == []
    else:
        assert bench.audio.exists() == decoded.has_audio
        assert len(list(bench.playback.iterdir())) <= 1
