"""Measures how an answer was said: voice, pauses, pace, fillers, loudness, pitch, clarity.

Formulas, sources and known errors: ``docs/measurements.md``.
"""

from workers.speech.measurement import measure_speech, no_speech

__all__ = ["measure_speech", "no_speech"]
