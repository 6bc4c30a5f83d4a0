"""From the recorded files of one answer to one timeline: its sound as 16 kHz mono, its durations, and copies to play back.

A file comes from outside and may be damaged or hostile, so everything that opens one runs in a child with limits on time, memory and
seconds of media (``workers.limited``). What can be decoded of a cut or damaged file is used; the rest is reported as missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from pydantic import BaseModel

from intervi.analysis.figures import Decoded, DecodedSegment
from intervi.errors import BadMedia
from intervi.recordings.storage import StorageFull
from intervi.settings import settings
from intervi.translation import _, fill
from workers.container import STEP_SECONDS, Clock, Recording, open_recording
from workers.limited import ChildFailed, Failure, run_limited
from workers.playback import PlaybackCopy
from workers.sound_track import SoundTrack

_TOLERANCE_SECONDS = 0.25
"""Headers and recorders promise a duration no closer than this."""
_SOUND_HZ = (1_000, 768_000)
"""Rates beyond these come from a damaged header; resampling from one takes all the memory there is."""
_BROKEN_PACKETS = 2000
"""So many in a row that cannot be decoded: there is nothing more to find."""


@dataclass(frozen=True)
class SegmentFile:
    """One recorded file of an answer, on this machine's disk."""

    media_id: UUID
    path: Path
    kind: str
    """``video``, or ``audio``: then only its sound is used, even if there is a picture in it."""
    offset_seconds: float
    """Where it begins in the answer."""
    recorded_seconds: float | None
    """How long the recorder says it recorded, if it does."""


class DecoderDied(BadMedia):
    """The decoder ran out of time or memory, or crashed: most likely over this recording, but it may go well another time."""


class _Request(BaseModel):
    segments: list[SegmentFile]
    audio_out: Path
    playback_directory: Path
    longest_seconds: float
    keep_channels: bool = False


def decode_answer(
    segments: Sequence[SegmentFile], audio_out: Path, playback_directory: Path, *, keep_channels: bool = False
) -> Decoded:
    """Decodes the recorded segments of one answer onto one timeline, in a child process with limits.

    A segment begins at its offset, or where the one before it ends if that is later: nothing recorded is cut off. A segment that cannot
    be decoded at all is silence and missing; only if none can be, the answer is refused.

    Args:
        segments: At least one.
        audio_out: Where the answer's sound goes: FLAC, 16 kHz, mono; gaps and soundless segments are silence. Not written if there is
            no sound at all.
        keep_channels: The sound is written in stereo: each channel may be a speaker's own.
        playback_directory: Where a seekable copy of each segment goes, ``<media_id>.<extension>``; none for one that cannot be copied.

    Returns:
        What was found; ``audio_key`` is left to the caller, who knows the storage.

    Raises:
        BadMedia: if nothing can be decoded, or (``DecoderDied``) not within the limits. No file is left behind then.
        StorageFull: if there is no room for what is made. No file is left behind then.
    """
    longest = settings().max_media_seconds
    request = _Request(
        segments=list(segments),
        audio_out=audio_out,
        playback_directory=playback_directory,
        longest_seconds=longest,
        keep_channels=keep_channels,
    )
    try:
        answer = run_limited(
            "workers.decoding:decode_in_child",
            request.model_dump_json().encode(),
            memory_bytes=settings().decode_memory_bytes,
            seconds=settings().decode_timeout_seconds,
        )
        return Decoded.model_validate_json(answer)
    except ChildFailed as error:
        _remove_output(segments, audio_out, playback_directory)
        if error.failure == Failure.ROOM:
            raise StorageFull from error
        raise DecoderDied(_words_for(error.failure)) from error
    except BaseException:
        _remove_output(segments, audio_out, playback_directory)
        raise


def _words_for(failure: Failure) -> str:
    if failure == Failure.TIME:
        return _("This recording takes too long to decode.")
    if failure == Failure.MEMORY:
        return _("This recording needs more memory to decode than is allowed.")
    return _("This recording is damaged so that it cannot be decoded.")


def _remove_output(segments: Sequence[SegmentFile], audio_out: Path, playback_directory: Path) -> None:
    audio_out.unlink(missing_ok=True)
    for segment in segments:
        for path in playback_directory.glob(f"{segment.media_id}.*"):
            path.unlink(missing_ok=True)


# --- the child's side -----------------------------------------------------------------------------------------------


def decode_in_child(request: bytes, output: IO[bytes]) -> None:
    """What runs inside the limits; request and answer are JSON.

    Raises:
        BadMedia: as ``decode_answer``.
    """
    asked = _Request.model_validate_json(request)
    output.write(_Answer(asked).decode().model_dump_json().encode())


class _Answer:
    """The decoding of one answer, segment by segment."""

    def __init__(self, asked: _Request) -> None:
        self._asked = asked
        self._sound = SoundTrack(asked.audio_out, 2 if asked.keep_channels else 1)
        self._end = 0.0
        self._refusals: list[BadMedia] = []

    def decode(self) -> Decoded:
        by_offset = sorted(self._asked.segments, key=lambda one: one.offset_seconds)
        segments = [self._segment(one) for one in by_offset]
        has_audio = self._sound.finish(self._end)
        if self._refusals and len(self._refusals) == len(segments):
            raise self._refusals[0]
        return Decoded(
            segments=segments,
            duration_seconds=self._end,
            missing_seconds=sum(one.missing_seconds for one in segments),
            has_audio=has_audio,
            speakers_are_apart=self._sound.speakers_are_apart,
            has_video=any(one.has_video for one in segments),
        )

    def _segment(self, segment: SegmentFile) -> DecodedSegment:
        offset = max(segment.offset_seconds, self._end)
        self._sound.begin_segment(offset)
        try:
            found = self._read(segment, offset)
        except BadMedia as error:
            self._refusals.append(error)
            return DecodedSegment(
                media_id=segment.media_id,
                offset_seconds=offset,
                duration_seconds=0.0,
                missing_seconds=segment.recorded_seconds or 0.0,
                has_audio=False,
                has_video=False,
            )
        self._end = offset + found.duration_seconds
        return found

    def _read(self, segment: SegmentFile, offset: float) -> DecodedSegment:
        with open_recording(segment.path) as recording:
            copy = PlaybackCopy(recording, self._asked.playback_directory, segment.media_id)
            reading = _Reading(recording, self._sound, offset, self._asked.longest_seconds - offset)
            try:
                reading.run(copy)
            finally:
                copy.finish()
                sound_end = self._sound.end_segment()
            return reading.result(segment, sound_end - offset)


class _Reading:
    """One pass over one file: every packet is read once, its sound decoded, its first picture decoded, the packet copied."""

    def __init__(self, recording: Recording, sound: SoundTrack, offset: float, longest: float) -> None:
        self._recording = recording
        self._track = sound
        self._offset = offset
        self._longest = longest
        self._clocks = {s.index: Clock() for s in recording.streams}
        self._heard = False
        self._picture: VideoFrame | None = None
        self._broken = 0

    def run(self, copy: PlaybackCopy) -> None:
        streams = self._recording.streams
        if not streams:
            raise BadMedia(_("This recording has neither sound nor a picture."))
        try:
            for packet in self._recording.container.demux(*streams):
                if self._take(packet):
                    copy.add(packet)
                if self._broken > _BROKEN_PACKETS:
                    break
        except (MemoryError, BadMedia, StorageFull):
            raise
        except Exception:
            # Damaged from here on: what came before is used, and the header or the recorder tells how much is missing.
            return

    def _take(self, packet: "Packet[Stream]") -> bool:
        """Uses a packet, unless its time stamp is damaged; whether it did."""
        if not self._is_due(packet):
            return False
        if isinstance(packet.stream, AudioStream):
            self._take_sound(packet)
        elif self._picture is None:
            self._picture = next((f for f in self._decoded(packet) if isinstance(f, VideoFrame)), None)
        return True

    def _is_due(self, packet: "Packet[Stream]") -> bool:
        seconds = self._recording.seconds(packet)
        if seconds is None or packet.time_base is None:
            return True  # the flush at the end
        clock = self._clocks[packet.stream.index]
        duration = float((packet.duration or 0) * packet.time_base)
        if not clock.accepts(seconds, min(duration, STEP_SECONDS)):
            return False
        if clock.latest_seconds > self._longest:
            raise BadMedia(_too_long(self._longest + self._offset))
        return True

    def _take_sound(self, packet: "Packet[Stream]") -> None:
        for frame in self._decoded(packet):
            if not isinstance(frame, AudioFrame) or frame.samples == 0 or frame.time is None:
                continue
            if not _SOUND_HZ[0] <= frame.sample_rate <= _SOUND_HZ[1]:
                continue
            self._heard = True
            self._track.place(frame, self._offset + max(0.0, frame.time - self._recording.start_seconds))

    def _decoded(self, packet: "Packet[Stream]") -> Sequence[object]:
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except Exception:
            self._broken += 1
            return []
        self._broken = 0
        return frames

    def result(self, segment: SegmentFile, sound_seconds: float) -> DecodedSegment:
        """What was found, or a refusal if it was nothing. ``sound_seconds``: how long its sound is."""
        seen = self._picture is not None and segment.kind != "audio"
        if not self._heard and not seen:
            raise BadMedia(
                _("This recording has no sound.")
                if segment.kind == "audio"
                else _("This recording has neither sound nor a picture that can be decoded.")
            )
        used = self._used_clocks(seen)
        duration = max(sound_seconds, *(clock.latest_seconds for clock in used))
        promised = max(self._recording.promised_seconds or 0.0, segment.recorded_seconds or 0.0)
        cut_off = promised - duration
        missing = min(clock.hole_seconds for clock in used) + (cut_off if cut_off > _TOLERANCE_SECONDS else 0.0)
        return DecodedSegment(
            media_id=segment.media_id,
            offset_seconds=self._offset,
            duration_seconds=duration,
            missing_seconds=missing,
            has_audio=self._heard,
            has_video=seen,
            width=self._picture.width if seen and self._picture is not None else None,
            height=self._picture.height if seen and self._picture is not None else None,
        )

    def _used_clocks(self, seen: bool) -> list[Clock]:
        streams = (self._recording.sound if self._heard else None, self._recording.picture if seen else None)
        return [self._clocks[stream.index] for stream in streams if stream is not None]


def _too_long(longest: float) -> str:
    return fill(
        "This answer is too long: {hours:g} hours are the most that can be analysed.", {"hours": longest / 3600}
    )
