"""What is let in, by first bytes; names made fit to show."""

import shutil
import subprocess
from pathlib import Path

import pytest

from intervi.recordings.content import HEAD_BYTES, container_of, shown_name

FFMPEG = shutil.which("ffmpeg")


@pytest.mark.skipif(FFMPEG is None, reason="needs ffmpeg to make the files")
@pytest.mark.parametrize(
    ("name", "options", "content_type"),
    [
        ("a.webm", ["-c:a", "libopus"], "audio/webm"),
        ("a.mkv", ["-c:a", "libopus"], "audio/x-matroska"),
        ("a.mp4", ["-c:a", "aac"], "audio/mp4"),
        ("a.m4a", ["-c:a", "aac"], "audio/mp4"),
        ("fragmented.mp4", ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"], "audio/mp4"),
        ("a.mov", ["-c:a", "aac"], "audio/quicktime"),
        ("a.ogg", ["-c:a", "libvorbis"], "audio/ogg"),
        ("a.opus", ["-c:a", "libopus"], "audio/ogg"),
        ("a.wav", [], "audio/wav"),
        ("a.flac", [], "audio/flac"),
        ("a.mp3", ["-c:a", "libmp3lame"], "audio/mpeg"),
        ("bare.mp3", ["-c:a", "libmp3lame", "-id3v2_version", "0", "-write_xing", "0"], "audio/mpeg"),
    ],
)
def test_files_as_programs_write_them(tmp_path: Path, name: str, options: list[str], content_type: str) -> None:
    path = tmp_path / name
    source = ["-f", "lavfi", "-i", "sine=duration=0.3"]
    subprocess.run([str(FFMPEG), "-v", "error", *source, *options, str(path)], check=True)
    container = container_of(path.read_bytes()[:HEAD_BYTES])
    assert container is not None
    assert container.content_type("audio") == content_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00" * 64,
        b"<!doctype html><script>alert(1)</script>",
        b"#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/\n",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"\x1a\x45\xdf\xa3\x80",
        b"\x1a\x45\xdf\xa3\x87\x42\x82\x84evil",
        b"\xff\xfb",
        b"\xff\xff\xff\xff",
        b"\xff\xd8\xff\xe0 a JPEG",
        b"fLa",
    ],
)
def test_everything_else_stays_out(head: bytes) -> None:
    assert container_of(head) is None


def test_a_picture_makes_it_video_unless_it_can_hold_none() -> None:
    webm = container_of(b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm")
    wav = container_of(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    assert webm is not None
    assert webm.content_type("video") == "video/webm"
    assert wav is not None
    assert wav.content_type("video") == "audio/wav"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("interview_recording.webm", "interview_recording.webm"),
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\answer.mp4", "answer.mp4"),
        ("/", "recording"),
        ("..", "recording"),
        ("", "recording"),
        (None, "recording"),
        ("a\x00b\r\nc\u202egnp.webm", "abcgnp.webm"),
        ("\ud800.webm", "webm"),
        ("面接 📹.webm", "面接 📹.webm"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_name_is_for_showing_only(sent: str | None, shown: str) -> None:
    assert shown_name(sent) == shown
