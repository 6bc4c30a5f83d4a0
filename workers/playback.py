"""A copy of a recording that a browser can seek in: the same packets in a container with an index and a duration.

A browser's recorder writes neither, as it does not know them yet. Nothing is encoded again.
"""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from intervi.recordings.storage import StorageFull, is_full
from workers.container import Recording

_WEBM = frozenset({"vp8", "vp9", "av1", "opus", "vorbis"})
_MP4 = frozenset({"h264", "hevc", "av1", "vp9", "aac", "mp3", "opus", "flac", "alac"})
_WAV = frozenset({"pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_u8"})
_CONTAINERS: tuple[tuple[frozenset[str], str, dict[str, str]], ...] = (
    (frozenset({"mp3"}), "mp3", {}),
    (frozenset({"flac"}), "flac", {}),
    (_WAV, "wav", {}),
    (_WEBM, "webm", {"cues_to_front": "1"}),
    (_MP4, "mp4", {"movflags": "+faststart"}),
)


class PlaybackCopy:
    """Takes the packets of one recording as they are read. Whatever is wrong with them costs the copy, never the analysis.

    A full disk is no matter of the recording: ``StorageFull`` is raised by all methods.
    """

    def __init__(self, recording: Recording, directory: Path, media_id: UUID) -> None:
        self._recording = recording
        self._container: OutputContainer | None = None
        self._streams: dict[int, AudioStream | VideoStream] = {}
        self._last: dict[int, int] = {}
        self._path: Path | None = None
        chosen = _container_for(frozenset(stream.codec_context.codec.canonical_name for stream in recording.streams))
        if chosen is None:
            return
        extension, options = chosen
        self._path = directory / f"{media_id}.{extension}"
        try:
            self._container = av.open(str(self._path), "w", format=extension, options=options)
            for stream in recording.streams:
                self._streams[stream.index] = self._container.add_stream_from_template(stream)
        except Exception as error:
            self._give_up()
            _refuse_if_full(error)

    def add(self, packet: "Packet[Stream]") -> None:
        """Copies a packet that has been decoded already; afterwards it is no longer the reader's."""
        if self._container is None or packet.dts is None or packet.pts is None or packet.time_base is None:
            return
        index = packet.stream.index
        if packet.dts <= self._last.get(index, packet.dts - 1):
            return
        self._last[index] = packet.dts
        shift = round(self._recording.start_seconds / packet.time_base)
        try:
            packet.pts -= shift
            packet.dts -= shift
            packet.stream = self._streams[index]
            self._container.mux(packet)
        except Exception as error:
            self._give_up()
            _refuse_if_full(error)

    def finish(self) -> None:
        """Writes index and duration."""
        if self._container is None:
            return
        try:
            self._container.close()
        except Exception as error:
            self._give_up()
            _refuse_if_full(error)
        else:
            if not self._last:
                self._give_up()

    def _give_up(self) -> None:
        container, self._container = self._container, None
        if container is not None:
            with suppress(Exception):
                container.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def _refuse_if_full(error: Exception) -> None:
    if isinstance(error, OSError) and is_full(error):
        raise StorageFull from error


def _container_for(codecs: frozenset[str]) -> tuple[str, dict[str, str]] | None:
    return next(((extension, options) for known, extension, options in _CONTAINERS if codecs and codecs <= known), None)
