"""What kind of media some bytes are, by their first bytes alone, and the name a sender gave them made fit to show.

A list of what is let in, not a guess over all that exists: what is not on it is no recording to us. Whether it can be decoded is found
out elsewhere, in a process that may die of it (``recordings.probe``). Signatures: RFC 9559 (EBML), ISO/IEC 14496-12 (ftyp), RFC 3533 (Ogg),
RFC 2361 (RIFF), RFC 9639 (FLAC), ISO/IEC 11172-3 and ID3v2 (MP3).
"""

import re
import unicodedata
from dataclasses import dataclass

HEAD_BYTES = 4096

_EBML = b"\x1a\x45\xdf\xa3"
_DOC_TYPE = re.compile(rb"\x42\x82[\x80-\xff]{1}(webm|matroska)")
_MPEG_SYNC = 0xFFE0
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file that is let in."""

    name: str
    subtype: str
    sound_only: bool = False
    """It never holds a picture that moves."""

    def content_type(self, kind: str) -> str:
        """The media type to serve it by, for a recording asked for as ``audio`` or ``video``."""
        return f"{'audio' if self.sound_only else kind}/{self.subtype}"


WEBM = Container("webm", "webm")
MATROSKA = Container("matroska", "x-matroska")
MP4 = Container("mp4", "mp4")
QUICKTIME = Container("mov", "quicktime")
OGG = Container("ogg", "ogg")
WAV = Container("wav", "wav", sound_only=True)
FLAC = Container("flac", "flac", sound_only=True)
MP3 = Container("mp3", "mpeg", sound_only=True)


def container_of(head: bytes) -> Container | None:
    """The container whose signature these first bytes (up to ``HEAD_BYTES``) carry, or ``None``."""
    if head.startswith(_EBML):
        match = _DOC_TYPE.search(head[:256])
        return {b"webm": WEBM, b"matroska": MATROSKA}[match.group(1)] if match else None
    if head[4:8] == b"ftyp":
        return QUICKTIME if head[8:12] == b"qt  " else MP4
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"fLaC"):
        return FLAC
    return MP3 if head.startswith(b"ID3") or _is_mpeg_frame(head) else None


def _is_mpeg_frame(head: bytes) -> bool:
    """An MPEG audio frame header of layer III with a bit rate and a sampling rate that exist."""
    if len(head) < 4 or int.from_bytes(head[:2], "big") & _MPEG_SYNC != _MPEG_SYNC:
        return False
    version, layer = head[1] >> 3 & 0b11, head[1] >> 1 & 0b11
    bit_rate, sampling_rate = head[2] >> 4, head[2] >> 2 & 0b11
    return version != 0b01 and layer == 0b01 and bit_rate not in (0, 15) and sampling_rate != 0b11


def shown_name(filename: str | None) -> str:
    """The last part of a sender's file name, without anything that is not for showing; ``recording`` if nothing is left.

    >>> shown_name("../../etc/C:\\\\tmp\\\\my answer.webm")
    'my answer.webm'
    """
    last = re.split(r"[/\\]", filename or "")[-1]
    printable = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    return printable.strip(" .")[:_SHOWN_CHARACTERS] or "recording"
