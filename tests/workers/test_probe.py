"""The probe as the web process runs it: a program with JSON on one side and a reason on the other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from intervi.errors import BadMedia
from intervi.recordings.probe import probe
from intervi.settings import REPOSITORY_ROOT
from tests.media_made.recordings import as_recorder, make_recording, needs_ffmpeg

pytestmark = [pytest.mark.media, needs_ffmpeg]


def run(path: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "workers.probe", str(path)]
    return subprocess.run(command, cwd=REPOSITORY_ROOT, capture_output=True, text=True, timeout=60)


def test_prints_what_is_in_a_file(tmp_path: Path) -> None:
    path = make_recording(tmp_path / "a.webm", seconds=2)
    done = run(path)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found.pop("duration_seconds") == pytest.approx(2.0, abs=0.1)
    assert found == {"has_audio": True, "has_video": True, "format": "webm", "size": path.stat().st_size}


def test_a_recorders_file_has_no_duration_yet(tmp_path: Path) -> None:
    found = json.loads(run(as_recorder(make_recording(tmp_path / "a.webm", seconds=1))).stdout)
    assert found["duration_seconds"] is None


def test_cover_art_is_no_picture(tmp_path: Path) -> None:
    options = ("-frames:v", "1", "-map", "1:a", "-map", "0:v", "-disposition:v", "attached_pic")
    path = make_recording(tmp_path / "a.mp3", seconds=1, picture=("-c:v", "png"), sound=(), options=options)
    found = json.loads(run(path).stdout)
    assert (found["has_audio"], found["has_video"]) == (True, False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a letter, and no recording",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"\x1a\x45\xdf\xa3\x84\x42\x82\x84webm",
    ],
)
def test_says_why_not(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)
    done = run(path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.endswith(".")


async def test_the_web_process_understands_it(tmp_path: Path) -> None:
    found = await probe(make_recording(tmp_path / "a.wav", seconds=1, picture=None, sound=()))
    assert (found.has_audio, found.has_video, found.format) == (True, False, "wav")
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"RIFF\x00\x00\x00\x00WAVE" + bytes(100))
    with pytest.raises(BadMedia):
        await probe(garbage)
