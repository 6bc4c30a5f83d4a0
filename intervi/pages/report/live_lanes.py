"""The timeline's lanes of what was seen and said while the candidate spoke. Pure."""

from collections.abc import Sequence
from typing import Any

from intervi.live.nudges import RULES
from intervi.observations.models import Observation
from intervi.translation import _

NUDGE_SECONDS = 1.0
"""As wide as a nudge is drawn; it stands for the moment at which it came."""
LOOK_SECONDS = 1.0
"""Each figure of the eyes is about the second before it."""
_CONTACT = 0.5
"""Share of a second from which it is one of eye contact."""

_MESSAGES = {rule.kind.value: rule.message for rule in RULES}


def live_lanes(stretches: Sequence[Observation]) -> dict[str, list[list[Any]]]:
    """Of one answer's stretches: ``nudges`` as ``[start, end, text]``, ``live_contact`` as ``[start, end]``, in seconds of the answer.

    A lane is there if there is something to tell: the nudges of whoever was listened to, the eyes of whoever was seen.
    """
    nudges: list[list[Any]] = []
    contact: list[list[Any]] = []
    for stretch in stretches:
        begin = stretch.offset_seconds
        nudges += [
            [round(begin + float(at), 2), round(begin + float(at) + NUDGE_SECONDS, 2), _(_MESSAGES[str(kind)])]
            for at, kind in stretch.nudges
            if kind in _MESSAGES
        ]
        for at, share in stretch.eye_contact:
            if share >= _CONTACT:
                _extend(contact, max(begin, begin + at - LOOK_SECONDS), begin + at)
    lanes: dict[str, list[list[Any]]] = {}
    if stretches:
        lanes["nudges"] = nudges
    if any(stretch.eye_contact for stretch in stretches):
        lanes["live_contact"] = contact
    return lanes


def _extend(spans: list[list[Any]], start: float, end: float) -> None:
    """Adds a span, or lengthens the last one if it touches it."""
    if spans and start - spans[-1][1] < LOOK_SECONDS:
        spans[-1][1] = round(end, 2)
    else:
        spans.append([round(start, 2), round(end, 2)])
