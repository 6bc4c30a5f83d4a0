"""How fast an answer is analysed and in how much memory, beside decoding alone and beside a plain pipeline at the same sampling.

    .venv/bin/python -m benchmarks.analysis [--minutes 1 10] [--transcription]

Each contender runs in a process of its own, bound to one core and warm (everything it needs was loaded by a file of some seconds), on the
same file: 640×480 VP8 at 30 pictures a second with a camera's noise, and speech in Opus. Seconds are of the processor, children
included; memory is the peak of the process and, apart from it, of its largest child.

The plain pipeline is what one writes first: OpenCV reads every picture, MediaPipe looks at five faces and one body a second in a loop;
librosa.pyin at the same 10 ms and in the same range; silero window by window; the level of each frame. It measures less than Intervi does.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks.processes import below, peak_mebibytes, processor_seconds

if TYPE_CHECKING:  # each contender loads what it needs in its own process, where that is counted
    import numpy as np
    from numpy.typing import NDArray

    from intervi.analysis.figures import Transcript

RATE = 30
FACES_A_SECOND = 5
MADE_SECONDS = 60
PLAIN_AT_MOST_MINUTES = 10.0
"""librosa.pyin keeps everything it looks at: an hour would take it many gigabytes."""
QUESTION = "Tell me about a time when you improved something that was slow."
PARTS = (
    0.5,
    "Last spring our booking screen took nine seconds to open, um, and hotels called us every day.",
    0.8,
    "My task was to bring that under one second before the season began.",
    0.6,
    "I measured every query, and I found that we asked the database four hundred times for one page.",
    1.1,
    "So I wrote one query instead, and, er, I added an index for the dates.",
    0.4,
    "In the end the page opened in half a second, and the calls fell by eighty percent.",
    0.9,
)

Seconds = dict[str, float]


# --- what is analysed -----------------------------------------------------------------------------------------------


def make(path: Path, seconds: float) -> None:
    """An answer on camera of one minute at most: a face that turns and smiles now and then, and somebody who speaks."""
    import numpy as np

    from tests.media_made import speech as made
    from tests.media_made.faces import Scene, make_face_video

    clean, sound = path.with_name("clean.webm"), path.with_name("sound.wav")
    schedule = [Scene(6), Scene(3, yaw=25), Scene(4), Scene(2, smile=1)] * (int(seconds) // 15 + 1)
    make_face_video(clean, schedule, rate=RATE)
    spoken = np.concatenate([made.make_speech(PARTS, voice).with_noise(25) for voice in (made.MAN, made.WOMAN)])
    made.write_wav(sound, np.resize(spoken, round(seconds * made.RATE)))
    filters = ["-vf", "noise=alls=6:allf=t", "-t", str(seconds)]
    picture = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k", "-g", "100"]
    _ffmpeg("-i", str(clean), "-i", str(sound), *filters, *picture, "-c:a", "libopus", "-b:a", "48k", str(path))


def lengthen(path: Path, once: Path, times: int) -> None:
    """The same recording several times over, its packets copied."""
    _ffmpeg("-stream_loop", str(times - 1), "-i", str(once), "-c", "copy", str(path))


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


# --- contenders -----------------------------------------------------------------------------------------------------


class Stopwatch:
    """Seconds of the processor by part, this process and its children together."""

    def __init__(self) -> None:
        self.parts: Seconds = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        before = processor_seconds()
        yield
        self.parts[name] = self.parts.get(name, 0.0) + processor_seconds() - before


def decoding(path: Path, watch: Stopwatch) -> None:
    """Every packet of sound and picture decoded, nothing done with it."""
    import av

    with watch("decoding"), av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        for _frame in container.decode(container.streams.audio[0], container.streams.video[0]):
            pass


def decoding_and_landmarks(path: Path, watch: Stopwatch) -> None:
    """The same, and MediaPipe's landmarks of five faces and one body a second."""
    import av

    face, body = _solutions()
    number = 0
    with watch("decoding and landmarks"), av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        for frame in container.decode(container.streams.audio[0], container.streams.video[0]):
            if not isinstance(frame, av.VideoFrame):
                continue
            if number % (RATE // FACES_A_SECOND) == 0:
                image = frame.to_ndarray(format="rgb24")
                face.process(image)
                if number % RATE == 0:
                    body.process(image)
            number += 1


def plain(path: Path, watch: Stopwatch) -> None:
    """See above."""
    with watch("picture"):
        _plain_picture(path)
    with watch("sound: decoding"):
        from faster_whisper import decode_audio

        samples = decode_audio(str(path))
    with watch("sound: voice"):
        _plain_voice(samples)
    with watch("sound: f0 and level"):
        import librosa

        librosa.pyin(samples, fmin=65, fmax=500, sr=16_000, hop_length=160)
        librosa.feature.rms(y=samples, frame_length=320, hop_length=160)


def _plain_picture(path: Path) -> None:
    import cv2

    face, body = _solutions()
    capture = cv2.VideoCapture(str(path))
    number = 0
    while True:
        there, image = capture.read()
        if not there:
            return
        if number % (RATE // FACES_A_SECOND) == 0:
            rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            face.process(rgb)
            if number % RATE == 0:
                body.process(rgb)
        number += 1


def _plain_voice(samples: "NDArray[np.float32]") -> None:
    """silero as its own examples call it: one window after the other."""
    import numpy as np
    from faster_whisper.vad import get_vad_model

    session = get_vad_model().session
    hidden = cell = np.zeros((1, 1, 128), np.float32)
    padded = np.pad(samples, (64, -len(samples) % 512))
    for at in range(0, len(padded) - 575, 512):
        _voice, hidden, cell = session.run(None, {"input": padded[None, at : at + 576], "h": hidden, "c": cell})


def _solutions() -> tuple[object, object]:
    if not _kept:
        import mediapipe

        _kept.append(mediapipe.solutions.face_mesh.FaceMesh(refine_landmarks=True))
        _kept.append(mediapipe.solutions.pose.Pose(model_complexity=1))
    return _kept[0], _kept[1]


_kept: list[object] = []


def intervi(path: Path, watch: Stopwatch) -> None:
    """The stages of an answer's analysis but the transcription, as a worker runs them; the words are given."""
    from intervi.coaching.feedback import answer_report
    from intervi.coaching.scoring import score_answer
    from workers.decoding import SegmentFile, decode_answer
    from workers.language import QuestionContext, measure_language
    from workers.sound_track import stored_sound
    from workers.speech import measure_speech
    from workers.vision import measure_vision

    segment = SegmentFile(uuid4(), path, "video", 0.0, None)
    with tempfile.TemporaryDirectory() as name:
        audio, playback = Path(name) / "answer.flac", Path(name) / "playback"
        playback.mkdir()
        with watch("decode"):
            decoded = decode_answer([segment], audio, playback)
        transcript = _transcript(decoded.duration_seconds)
        with watch("speech"), stored_sound(audio) as sound:
            speech = measure_speech(sound, transcript)
        with watch("vision"):
            vision = measure_vision([segment], expressions=True)
    with watch("language"):
        language = measure_language(QuestionContext(QUESTION, "behavioral"), transcript)
    with watch("scores and report"):
        scores = score_answer(speech, vision, language)
        answer_report(QUESTION, decoded, transcript, speech, vision, language, scores)
    assert decoded.missing_seconds == 0
    assert vision.face_share.value == 1.0
    assert speech.words_per_minute.value is not None


def _transcript(seconds: float) -> "Transcript":
    """What was said, with times, as often as there was time to say it."""
    from intervi.analysis.figures import Transcript, Word

    once = " ".join(part for part in PARTS if isinstance(part, str)).split()
    count = round(seconds * 2.2)
    words = [
        Word(text=once[index % len(once)], start=index / 2.2, end=(index + 0.8) / 2.2, probability=0.9)
        for index in range(count)
    ]
    return Transcript(engine="given", text=" ".join(word.text for word in words), words=words)


CONTENDERS: dict[str, Callable[[Path, Stopwatch], None]] = {
    "decoding": decoding,
    "decoding and landmarks": decoding_and_landmarks,
    "plain pipeline": plain,
    "Intervi": intervi,
}


# --- measuring ------------------------------------------------------------------------------------------------------


def run_one(name: str, path: Path, warm_up: Path) -> dict[str, object]:
    """Runs one contender in this process, after a short file that loads what it needs."""
    CONTENDERS[name](warm_up, Stopwatch())
    watch, before, begun = Stopwatch(), processor_seconds(), time.perf_counter()
    CONTENDERS[name](path, watch)
    return {
        "wall": time.perf_counter() - begun,
        "processor": processor_seconds() - before,
        "parts": watch.parts,
    }


def _in_own_process(name: str, path: Path, warm_up: Path) -> dict[str, object]:
    core = max(os.sched_getaffinity(0))
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.analysis", "--one", name, str(path), str(warm_up)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),  # noqa: PLW1509 (no other thread is here)
    ) as process:
        peaks: dict[int, float] = {}
        while process.poll() is None:
            for each in (process.pid, *below(process.pid)):
                peaks[each] = max(peaks.get(each, 0.0), peak_mebibytes(each))
            time.sleep(0.1)
        assert process.stdout is not None
        result: dict[str, object] = json.loads(process.stdout.read().splitlines()[-1])
    assert process.returncode == 0
    own = peaks.pop(process.pid)
    return result | {"mebibytes": own, "child mebibytes": max(peaks.values(), default=0.0)}


def transcribe_once(once: Path) -> None:
    """The words of one file by the engine that is there, all cores, its model loaded before."""
    from faster_whisper import decode_audio

    from workers.transcription import transcribe

    samples = decode_audio(str(once))
    transcribe(samples[: 16_000 * 6])
    before, begun = processor_seconds(), time.perf_counter()
    transcript = transcribe(samples)
    wall, seconds = time.perf_counter() - begun, len(samples) / 16_000
    print(f"\ntranscription of {seconds:.0f} s by {transcript.engine}")
    _print_row(transcript.engine, processor_seconds() - before, seconds, f"{wall:9.1f}")


def compare(directory: Path, minutes: float, warm_up: Path, once: Path) -> None:
    """All contenders on one length."""
    seconds, path = minutes * 60, directory / f"{minutes:g}.webm"
    if not path.exists():
        lengthen(path, once, max(1, round(seconds / MADE_SECONDS)))
    print(f"\n{minutes:g} min of 640×480 VP8 at {RATE}/s with Opus, {path.stat().st_size / 1e6:.0f} MB, one core")
    print(f"{'':26}{'processor s':>12}{'× real time':>13}{'wall s':>9}{'peak MiB':>10}{'its child':>11}")
    for name in CONTENDERS:
        if name == "plain pipeline" and minutes > PLAIN_AT_MOST_MINUTES:
            continue
        found = _in_own_process(name, path, warm_up)
        _print_row(
            name,
            float(found["processor"]),
            seconds,
            f"{found['wall']:9.1f}{found['mebibytes']:10.0f}{found['child mebibytes']:11.0f}",
        )
        for part, taken in found["parts"].items():
            if len(found["parts"]) > 1:
                _print_row(f"  {part}", taken, seconds)


def _print_row(name: str, taken: float, seconds: float, rest: str = "") -> None:
    print(f"{name:26}{taken:12.2f}{seconds / max(taken, 1e-6):13.1f}{rest}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[1.0, 10.0])
    parser.add_argument("--transcription", action="store_true", help="the engine that is there, too")
    parser.add_argument("--one", nargs=3, metavar=("NAME", "FILE", "WARM_UP"), help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        name, path, warm_up = arguments.one
        print(json.dumps(run_one(name, Path(path), Path(warm_up))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        directory = arguments.files or Path(temporary)
        warm_up, once = directory / "warm-up.webm", directory / "once.webm"
        if not once.exists():
            make(warm_up, 6)
            make(once, MADE_SECONDS)
        for minutes in arguments.minutes:
            compare(directory, minutes, warm_up, once)
        if arguments.transcription:
            transcribe_once(once)


if __name__ == "__main__":
    main()
