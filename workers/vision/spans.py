"""From frames that are so or not so to stretches of time."""

from collections.abc import Sequence

from intervi.analysis.figures import Span
from workers.vision.frames import RATE

_FRAME = 1.0 / RATE
_APART = 2.5 * _FRAME


def spans(times: Sequence[float], flags: Sequence[bool], *, shortest: float = 0.4, bridged: float = 0.25) -> list[Span]:
    """The stretches in which the flag is set; it changes halfway between two frames, and no stretch spans a gap without frames.

    Args:
        times: Seconds, ascending.
        shortest: Stretches shorter than this many seconds are left out...
        bridged: ...after interruptions no longer than this were closed.
    """
    found: list[Span] = []
    for index, (at, is_set) in enumerate(zip(times, flags, strict=True)):
        if not is_set:
            continue
        start = (at + times[index - 1]) / 2 if index and at - times[index - 1] < _APART else at
        last = index + 1 == len(times)
        end = at + _FRAME if last or times[index + 1] - at >= _APART else (at + times[index + 1]) / 2
        if found and start - found[-1].end <= bridged:
            found[-1] = Span(start=found[-1].start, end=end)
        else:
            found.append(Span(start=start, end=end))
    rounded = [Span(start=round(span.start, 2), end=round(span.end, 2)) for span in found]
    return [span for span in rounded if span.seconds >= shortest]
