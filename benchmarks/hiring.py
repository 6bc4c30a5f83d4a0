"""What it costs to take in and analyse the recording of a whole interview, stage by stage, over its length.

    .venv/bin/python -m benchmarks.hiring [--minutes 10 60] [--transcription]

A made interview of two voices on one channel (questions and answers over and over, Opus at 48 kbit/s). Each length in a process of its
own, bound to one core and warm, the stages as the workers run them: the upload streamed to storage and looked at, decoding, who spoke
when, how the candidate spoke, their words, the assessment. The words are given, as a recogniser would give them: recognising them costs
what ``benchmarks.analysis --transcription`` says, unless it is asked for here. Memory is the peak while a stage runs: of the process, and
of its largest child.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.processes import below, peak_mebibytes, processor_seconds

MEBIBYTE = 1024**2


def make(path: Path) -> None:
    """The interview once; its words beside it."""
    from tests.media_made import speech as made
    from tests.workers.test_speakers import a_talk

    talk = a_talk(made.WOMAN, made.MAN)
    made.write_wav(path.with_suffix(".wav"), made.add_noise(talk.mono, 30, "pink"))
    _ffmpeg("-i", str(path.with_suffix(".wav")), "-c:a", "libopus", "-b:a", "48k", str(path))
    words = {"seconds": len(talk.mono) / made.RATE, "words": [[one.text, one.start, one.end] for one in talk.words]}
    path.with_suffix(".json").write_text(json.dumps(words))


def lengthen(path: Path, once: Path, minutes: float) -> None:
    """The same interview over and over."""
    wav = ["-stream_loop", "-1", "-i", str(once.with_suffix(".wav")), "-t", str(minutes * 60)]
    _ffmpeg(*wav, "-c:a", "libopus", "-b:a", "48k", str(path))


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def _transcript(once: Path, minutes: float) -> Any:
    """What a recogniser gives: the words of as many rounds as fit."""
    from intervi.analysis.figures import Transcript, Word

    said = json.loads(once.with_suffix(".json").read_text())
    words = [
        Word(text=text, start=begin + start, end=begin + end, probability=0.9)
        for begin in (said["seconds"] * number for number in range(int(minutes * 60 / said["seconds"]) + 1))
        for text, start, end in sorted(said["words"], key=lambda word: word[1])
        if begin + end <= minutes * 60
    ]
    return Transcript(engine="given", text=" ".join(word.text for word in words), words=words)


class Watch:
    """Seconds and peak memory of each stage."""

    def __init__(self) -> None:
        self.stages: list[dict[str, Any]] = []

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        """Runs a stage."""
        # The kernel forgets the peak so far (proc(5), clear_refs).
        Path("/proc/self/clear_refs").write_text("5")
        children, ended = [0.0], threading.Event()
        watcher = threading.Thread(target=_watch_children, args=(children, ended))
        watcher.start()
        processor, wall = processor_seconds(), time.perf_counter()
        result = work()
        after = processor_seconds()
        ended.set()
        watcher.join()
        self.stages.append(
            {
                "name": name,
                "processor": after - processor,
                "wall": time.perf_counter() - wall,
                "mebibytes": peak_mebibytes(os.getpid()),
                "child": children[0],
            }
        )
        return result


def _watch_children(peak: list[float], ended: threading.Event) -> None:
    while not ended.wait(0.05):
        peak[0] = max([peak[0], *map(peak_mebibytes, below(os.getpid()))])


async def _upload(path: Path) -> None:
    """As a contract takes a file in: streamed to storage, then looked at."""
    from intervi.recordings import receiving
    from intervi.recordings.models import MediaKind

    async def chunks() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while block := file.read(MEBIBYTE // 16):
                yield block

    async with receiving.received(chunks(), kind=MediaKind.AUDIO, limit_bytes=2 * 1024 * MEBIBYTE) as file:
        assert file.size_bytes


def run(path: Path, once: Path, minutes: float, watch: Watch, *, transcription: bool = False) -> None:
    """Everything that is done with one recording."""
    from intervi.analysis.transcripts import words_of_candidate
    from intervi.coaching.assessment import Answered, assess
    from intervi.coaching.scoring import score_answer
    from workers.decoding import SegmentFile, decode_answer
    from workers.language import measure_language
    from workers.sound_track import stored_sound
    from workers.speakers import measure_candidate, with_speakers
    from workers.transcription import transcribe
    from workers.vision import no_vision

    watch("upload", lambda: asyncio.run(_upload(path)))
    segment = SegmentFile(uuid4(), path, "audio", 0.0, None)
    with tempfile.TemporaryDirectory() as name:
        audio, playback = Path(name) / "answer.flac", Path(name) / "playback"
        playback.mkdir()
        decoded = watch("decode", lambda: decode_answer([segment], audio, playback, keep_channels=True))
        with stored_sound(audio) as sound:
            words = _transcript(once, minutes)
            if transcription:
                words = watch("transcribe", lambda: transcribe(sound))
            transcript = watch("who spoke when", lambda: with_speakers(words, sound))
            speech = watch("speech of the candidate", lambda: measure_candidate(sound, transcript.turns, transcript))
    own = words_of_candidate(transcript)
    language = watch("language", lambda: measure_language(None, own))

    def assessed() -> Any:
        vision = no_vision("no_picture")
        scores = score_answer(speech, vision, language)
        return assess([Answered("", "behavioral", own, speech, vision, language, scores)], None)

    assessment = watch("scores and assessment", assessed)
    assert decoded.missing_seconds == 0
    assert {turn.speaker for turn in transcript.turns} == {"interviewer", "candidate"}
    assert assessment.pauses


def _in_own_process(directory: Path, minutes: float, *, transcription: bool) -> list[dict[str, Any]]:
    core = max(os.sched_getaffinity(0))
    command = [sys.executable, "-m", "benchmarks.hiring", "--one", str(minutes), "--files", str(directory)]
    done = subprocess.run(
        [*command, *(["--transcription"] if transcription else [])],
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ | {"INTERVI_HOME": str(directory / "home")},
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    stages: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return stages


def compare(directory: Path, minutes: float, *, transcription: bool) -> None:
    """All stages of one length."""
    path = directory / f"{minutes:g}.ogg"
    if not path.exists():
        lengthen(path, directory / "once.ogg", minutes)
    print(f"\n{minutes:g} min of Opus, {path.stat().st_size / 1e6:.0f} MB, one core")
    print(f"{'':26}{'processor s':>12}{'× real time':>13}{'wall s':>9}{'peak MiB':>10}{'its child':>11}")
    stages = _in_own_process(directory, minutes, transcription=transcription)
    total = {name: sum(stage[name] for stage in stages) for name in ("processor", "wall")}
    peaks = {name: max(stage[name] for stage in stages) for name in ("mebibytes", "child")}
    for stage in [*stages, {"name": "all", **total, **peaks}]:
        faster = minutes * 60 / max(stage["processor"], 1e-3)
        row = f"{stage['name']:26}{stage['processor']:12.2f}{faster:13.0f}{stage['wall']:9.1f}"
        print(f"{row}{stage['mebibytes']:10.0f}{stage['child']:11.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[10.0, 60.0])
    parser.add_argument(
        "--transcription", action="store_true", help="recognise the words, too, by the engine that is there"
    )
    parser.add_argument("--one", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        once = arguments.files / "once.ogg"
        run(arguments.files / "warm-up.ogg", once, 0.7, Watch(), transcription=arguments.transcription)
        watch = Watch()
        path = arguments.files / f"{arguments.one:g}.ogg"
        run(path, once, arguments.one, watch, transcription=arguments.transcription)
        print(json.dumps(watch.stages))
        return
    with tempfile.TemporaryDirectory() as temporary:
        directory = arguments.files or Path(temporary)
        make(directory / "once.ogg")
        lengthen(directory / "warm-up.ogg", directory / "once.ogg", 0.7)
        for minutes in arguments.minutes:
            compare(directory, minutes, transcription=arguments.transcription)


if __name__ == "__main__":
    main()
