"""``python -m workers.probe PATH``: whether a file can be decoded and what is in it, as JSON on standard output.

Exit status 2 and a sentence on standard error for what is no recording. The web process runs this as a child with limits
(``intervi.recordings.probe``), because it loads no decoder itself.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from av.packet import Packet
from av.stream import Stream

from intervi.errors import BadMedia
from intervi.settings import settings
from intervi.translation import _
from workers.container import Recording, open_recording
from workers.limited import exit_status, limit_this_process

_PROCESSOR_SECONDS = 60
_PACKETS_LOOKED_AT = 500


@dataclass(frozen=True)
class Found:
    """What is in a file."""

    has_audio: bool
    has_video: bool
    duration_seconds: float | None
    """As its header tells; a browser's recorder writes none."""
    format: str
    size: int
    """Bytes."""


def probe_file(path: Path) -> Found:
    """Decodes the beginning of a file: a stream counts only if something of it can be decoded.

    Raises:
        BadMedia: if it is empty, no recording, damaged at its beginning, or nothing of it can be decoded.
    """
    with open_recording(path) as recording:
        found = decodable(recording)
        if not found:
            raise BadMedia(_("This recording holds neither sound nor a picture that can be decoded."))
        return Found(
            has_audio=recording.sound is not None and recording.sound.index in found,
            has_video=recording.picture is not None and recording.picture.index in found,
            duration_seconds=recording.promised_seconds,
            format=recording.format,
            size=path.stat().st_size,
        )


def decodable(recording: Recording) -> set[int]:
    """The indices of its streams of whose beginning at least one frame can be decoded."""
    wanted = {stream.index for stream in recording.streams}
    found: set[int] = set()
    if not wanted:
        return found
    try:
        for number, packet in enumerate(recording.container.demux(*recording.streams)):
            if packet.stream.index not in found and _decodes(packet):
                found.add(packet.stream.index)
            if found == wanted or number >= _PACKETS_LOOKED_AT:
                break
    except MemoryError:
        raise
    except Exception:
        # Damaged from here on: what was found before still stands.
        return found
    return found


def _decodes(packet: "Packet[Stream]") -> bool:
    try:
        return bool(packet.decode())
    except MemoryError:
        raise
    except Exception:
        return False


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workers.probe", description=__doc__)
    parser.add_argument("path", type=Path)
    path = parser.parse_args().path
    limit_this_process(settings().decode_memory_bytes, _PROCESSOR_SECONDS)
    return exit_status(lambda: print(json.dumps(asdict(probe_file(path)))))


if __name__ == "__main__":
    sys.exit(_main())
