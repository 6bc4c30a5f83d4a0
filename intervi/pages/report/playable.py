"""What the player on the report page plays and shows: the recorded files, and the lanes of its timeline, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from intervi import formatting
from intervi.analysis.figures import Filler, Span, Speech, Vision
from intervi.analysis.state import AnalysisState
from intervi.interviews.models import Exchange
from intervi.observations.models import Observation
from intervi.pages.report.live_lanes import live_lanes
from intervi.recordings.links import signed_path
from intervi.recordings.models import Media, MediaKind
from intervi.translation import N_, _, fill

LIVE_LANES = {"live_contact": N_("Eye contact, live"), "nudges": N_("Hints, live")}


@dataclass(frozen=True)
class Segment:
    """One recorded file. Read by ``components/playback``."""

    id: str
    url: str
    offset: float
    duration: float


@dataclass(frozen=True)
class Mark:
    """A stretch of a lane. Read by ``components/playback``."""

    start: float
    end: float
    text: str
    """What it is, with its time."""


@dataclass(frozen=True)
class Lane:
    """One signal along the time of an answer; the player draws whatever lanes there are. Read by ``components/playback``."""

    name: str
    """Gives it its colour (``lane--…``)."""
    label: str
    marks: list[Mark]


@dataclass(frozen=True)
class Recording:
    """All that the player needs of one answer."""

    id: str
    number: int
    kind: str
    duration: float
    segments: list[Segment]
    lanes: list[Lane]


def recordings_of(
    exchanges: Sequence[Exchange],
    media: Sequence[Media],
    states: Mapping[UUID, AnalysisState],
    observations: Sequence[Observation] = (),
    viewer: str = "",
) -> list[Recording]:
    """What the player needs of every answer that was recorded, in their order.

    Args:
        viewer: Who looks, in words, where it is not the owner.
    """
    numbers = count(1)
    found = []
    for exchange in exchanges:
        segments = sorted(
            (each for each in media if each.exchange_id == exchange.id), key=lambda each: each.offset_seconds
        )
        number = next(numbers)
        if segments:
            live = live_lanes([each for each in observations if each.exchange_id == exchange.id])
            found.append(_recording(exchange, number, segments, states.get(exchange.id), live, viewer))
    return found


def _recording(
    exchange: Exchange,
    number: int,
    segments: Sequence[Media],
    state: AnalysisState | None,
    live: Mapping[str, Sequence[Sequence[Any]]],
    viewer: str,
) -> Recording:
    ends = [each.offset_seconds + (each.duration_seconds or 0.0) for each in segments]
    is_video = any(each.kind == MediaKind.VIDEO for each in segments)
    return Recording(
        id=str(exchange.id),
        number=number,
        kind=MediaKind.VIDEO if is_video else MediaKind.AUDIO,
        duration=round(max(ends), 2),
        segments=[
            Segment(str(each.id), signed_path(each, viewer), each.offset_seconds, each.duration_seconds or 0.0)
            for each in segments
        ],
        lanes=[
            *(_lanes(state.speech, state.vision) if state else []),
            *(_live_lane(name, marks) for name, marks in live.items()),
        ],
    )


def _lanes(speech: Speech | None, vision: Vision | None) -> list[Lane]:
    """A lane is there if its signal was measured, empty or not."""
    lanes: list[Lane] = []
    if speech and speech.speaking_seconds.value is not None:
        lanes = [
            _lane("speech", _("Speech"), speech.speech),
            _lane("fillers", _("Fillers"), speech.fillers),
            _lane("pauses", _("Pauses"), speech.pauses),
        ]
    if vision and vision.eye_contact.value is not None:
        lanes.append(_lane("away", _("Looking away"), vision.looking_away))
    return lanes


def _live_lane(name: str, marks: Sequence[Sequence[Any]]) -> Lane:
    """From what ``live_lanes`` gives: ``[start, end]``, or ``[start, end, text]``."""
    label = _(LIVE_LANES[name])
    shown = [
        Mark(
            start, end, fill(N_("{what} at {at}"), {"what": text[0] if text else label, "at": formatting.clock(start)})
        )
        for start, end, *text in marks
    ]
    return Lane(name, label, shown)


def _lane(name: str, label: str, spans: Sequence[Span | Filler]) -> Lane:
    return Lane(
        name, label, [Mark(round(each.start, 2), round(each.end, 2), _mark_text(label, each)) for each in spans]
    )


def _mark_text(label: str, span: Span | Filler) -> str:
    """``“um” at 0:14``, ``Pauses at 0:20, 2.9 s``."""
    values = {"what": label, "at": formatting.clock(span.start)}
    if isinstance(span, Filler):
        return fill(N_("“{what}” at {at}"), {**values, "what": span.word})
    return fill(N_("{what} at {at}, {seconds} s"), {**values, "seconds": formatting.number(span.seconds)})
