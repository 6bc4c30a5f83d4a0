"""The words of difficulty in conversation and hiring, beside our own (and assistant's): easy, medium, hard."""

from typing import Literal

Level = Literal["easy", "medium", "hard"]

_OURS: dict[Level, str] = {"easy": "junior", "medium": "mid", "hard": "senior"}
_WORDS: dict[str, Level] = {ours: level for level, ours in _OURS.items()}


def difficulty_of(level: Level) -> str:
    """``junior``, ``mid`` or ``senior``."""
    return _OURS[level]


def level_of(difficulty: str) -> Level:
    """``easy``, ``medium`` or ``hard``."""
    return _WORDS[difficulty]
