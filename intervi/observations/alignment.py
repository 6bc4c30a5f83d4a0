"""Which answer a stretch belongs to whose client named none. Pure.

A third party sends its sound over the socket and uploads the recording of it by itself; nothing says that they are of the same moment.
Their length does: sound as long as one recording, and as long as no other, that was heard before the recording came in, is taken for it.
What cannot be told so stays on no timeline.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from intervi.observations.models import Observation
from intervi.recordings.models import Media

SAME_LENGTH_SECONDS = 1.0
"""By so much two lengths of the same sound may differ, and so far off a nudge may be shown at most. Own choice: a socket and a recorder
begin within a fraction of a second of each other, and a last chunk may be missing."""


def aligned(observations: Sequence[Observation], media: Sequence[Media]) -> list[Observation]:
    """The same stretches; those that can be told to belong to a recording are copies that name its answer, from its beginning."""
    named = {each.exchange_id for each in observations}
    segments = Counter(each.exchange_id for each in media)
    whole = [each for each in media if segments[each.exchange_id] == 1 and each.exchange_id not in named]
    fitting = {
        each.id: [one.exchange_id for one in whole if _is_of(each, one)]
        for each in observations
        if each.exchange_id is None
    }
    claims = Counter(exchange_id for found in fitting.values() for exchange_id in found)
    answers = {key: found[0] for key, found in fitting.items() if len(found) == 1 and claims[found[0]] == 1}
    return [_named(each, answers[each.id]) if each.id in answers else each for each in observations]


def _is_of(stretch: Observation, recording: Media) -> bool:
    return (
        recording.duration_seconds is not None
        and stretch.seconds > SAME_LENGTH_SECONDS
        and abs(recording.duration_seconds - stretch.seconds) <= SAME_LENGTH_SECONDS
        and stretch.began_at < recording.created_at
    )


def _named(stretch: Observation, exchange_id: UUID) -> Observation:
    # A copy: what was heard is kept as it was heard.
    return Observation(**stretch.model_dump() | {"exchange_id": exchange_id, "offset_seconds": 0.0})
