"""Which recording a stretch is of whose client named no answer: told by its length, or not at all."""

from datetime import timedelta
from uuid import UUID

from intervi.clock import now
from intervi.ids import new_id
from intervi.observations.alignment import SAME_LENGTH_SECONDS, aligned
from intervi.observations.models import Observation
from intervi.recordings.models import Media, MediaKind

INTERVIEW = new_id()


def a_stretch(seconds: float, exchange_id: UUID | None = None, minutes_ago: float = 5) -> Observation:
    began = now() - timedelta(minutes=minutes_ago)
    return Observation(
        interview_id=INTERVIEW,
        exchange_id=exchange_id,
        seconds=seconds,
        offset_seconds=3.0 if exchange_id else 0.0,
        began_at=began,
    )


def a_recording(seconds: float | None, exchange_id: UUID | None = None) -> Media:
    return Media(
        user_id=new_id(),
        interview_id=INTERVIEW,
        exchange_id=exchange_id or new_id(),
        kind=MediaKind.AUDIO,
        filename="a.wav",
        storage_key=new_id().hex,
        duration_seconds=seconds,
        created_at=now(),
    )


def answers(stretches: list[Observation], media: list[Media]) -> list[UUID | None]:
    return [each.exchange_id for each in aligned(stretches, media)]


def test_sound_as_long_as_one_recording_is_of_that_one() -> None:
    one, other = a_recording(30.0), a_recording(45.0)
    heard = a_stretch(30.0 + 0.9 * SAME_LENGTH_SECONDS)
    (found,) = aligned([heard], [other, one])
    assert (found.exchange_id, found.offset_seconds, found.id) == (one.exchange_id, 0.0, heard.id)
    assert heard.exchange_id is None, "what is kept stays as it was heard"


def test_each_of_several_finds_its_own() -> None:
    media = [a_recording(20.0), a_recording(30.0)]
    assert answers([a_stretch(30.2), a_stretch(19.9)], media) == [media[1].exchange_id, media[0].exchange_id]


def test_what_fits_two_or_none_is_of_none() -> None:
    assert answers([a_stretch(30.0)], [a_recording(30.0), a_recording(30.5)]) == [None]
    assert answers([a_stretch(30.0), a_stretch(30.5)], [a_recording(30.2)]) == [None, None]
    assert answers([a_stretch(30.0)], [a_recording(30.0 + 1.1 * SAME_LENGTH_SECONDS)]) == [None]
    assert answers([a_stretch(30.0)], [a_recording(None)]) == [None]
    assert answers([a_stretch(30.0)], []) == [None]


def test_what_was_heard_after_the_recording_came_in_is_another_attempt() -> None:
    assert answers([a_stretch(30.0, minutes_ago=-1)], [a_recording(30.0)]) == [None]


def test_an_answer_in_several_recordings_is_none_of_them_alone() -> None:
    answer = new_id()
    assert answers([a_stretch(30.0)], [a_recording(30.0, answer), a_recording(12.0, answer)]) == [None]


def test_answers_that_were_named_stay_as_they_are_and_are_nobody_elses() -> None:
    answer = new_id()
    named, unnamed = a_stretch(30.0, answer), a_stretch(30.0)
    found = aligned([named, unnamed], [a_recording(30.0, answer)])
    assert [(each.exchange_id, each.offset_seconds) for each in found] == [(answer, 3.0), (None, 0.0)]
