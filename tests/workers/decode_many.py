"""The child's side of the test with damaged files: decodes each of a directory's files, in one process."""

import io
import math
from pathlib import Path
from typing import IO
from uuid import uuid4

from intervi.analysis.figures import Decoded
from intervi.errors import BadMedia
from workers.decoding import SegmentFile, _Request, decode_in_child
from workers.vision import frames


def decode_many(directory: bytes, output: IO[bytes]) -> None:
    """``decoded`` or ``refused`` for each file, whose pictures are decoded, too.

    Anything else that can happen ends this process, and the test.
    """
    for path in sorted(Path(directory.decode()).iterdir()):
        output.write(f"{_outcome(path)}\n".encode())


def _outcome(path: Path) -> str:
    playback = path.with_suffix(".playback")
    playback.mkdir()
    request = _Request(
        segments=[SegmentFile(uuid4(), path, "video", 0.0, None)],
        audio_out=path.with_suffix(".flac"),
        playback_directory=playback,
        longest_seconds=3600,
    )
    pictures = frames._Request(paths=[path], longest_seconds=3600)
    frames.send_samples(pictures.model_dump_json().encode(), io.BytesIO())
    try:
        decode_in_child(request.model_dump_json().encode(), answer := io.BytesIO())
    except BadMedia:
        return "refused"
    decoded = Decoded.model_validate_json(answer.getvalue())
    assert math.isfinite(decoded.duration_seconds), path
    assert 0 <= decoded.duration_seconds <= 3600, path
    return "decoded"
