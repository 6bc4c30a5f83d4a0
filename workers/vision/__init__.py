"""What the picture shows: face, gaze, head, smile, posture and an estimate of the expression, each against the candidate's own neutral."""

from workers.vision.measure import measure_vision, no_vision

__all__ = ["measure_vision", "no_vision"]
