"""The child that says what is in a file."""

import asyncio
import sys
from pathlib import Path

import pytest

from intervi.errors import BadMedia, Unavailable
from intervi.recordings import probe as module
from intervi.recordings.probe import probe
from tests.api.recordings import a_tone

pytestmark = pytest.mark.media


async def test_sound_is_found_with_its_duration(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(a_tone(0.5))
    found = await probe(tmp_path / "a")
    assert (found.has_audio, found.has_video, found.format) == (True, False, "wav")
    assert found.duration_seconds == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("data", [b"", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"\x1a\x45\xdf\xa3\x80", b"#EXTM3U\n"])
async def test_what_cannot_be_decoded_is_refused_with_a_reason(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(BadMedia) as refused:
        await probe(tmp_path / "a")
    assert refused.value.message.endswith(".")


async def test_a_child_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def sleeps(*_command: str, **options: object) -> asyncio.subprocess.Process:
        started.append(await start(sys.executable, "-c", "import time; time.sleep(600)", **options))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", sleeps)
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.1)
    with pytest.raises(BadMedia, match="too long"):
        await probe(tmp_path / "a")
    assert started[0].returncode == -9


async def test_no_child_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(Unavailable):
        await probe(tmp_path / "a")
