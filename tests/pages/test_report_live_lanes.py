"""What was seen live, as the report's timeline shows it."""

from uuid import uuid4

from intervi.observations.models import Observation
from intervi.pages.report.live_lanes import live_lanes


def a_stretch(offset: float = 0.0, **seen: object) -> Observation:
    return Observation(interview_id=uuid4(), exchange_id=uuid4(), offset_seconds=offset, seconds=20, **seen)


def test_nothing_was_listened_to_live() -> None:
    assert live_lanes([]) == {}


def test_a_nudge_stands_where_it_came_and_says_what_it_said() -> None:
    stretches = [a_stretch(nudges=[[3.5, "volume"]]), a_stretch(20.0, nudges=[[2.0, "eyes"]])]
    assert live_lanes(stretches)["nudges"] == [
        [3.5, 4.5, "Speak up a bit?"],
        [22.0, 23.0, "Look into the camera now and then."],
    ]


def test_who_was_not_seen_has_no_lane_of_the_eyes() -> None:
    assert live_lanes([a_stretch()]) == {"nudges": []}


def test_seconds_of_eye_contact_join() -> None:
    seen = [[1.0, 1.0], [2.1, 0.8], [3.1, 0.2], [4.1, 0.0], [5.1, 0.6]]
    assert live_lanes([a_stretch(10.0, eye_contact=seen)])["live_contact"] == [[10.0, 12.1], [14.1, 15.1]]


def test_a_kind_that_is_no_more_is_left_out() -> None:
    assert live_lanes([a_stretch(nudges=[[1.0, "posture of old"]])])["nudges"] == []
