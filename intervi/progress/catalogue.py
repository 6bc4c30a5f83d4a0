"""The achievements there are: data, in ``data/achievements.yaml``, that a non-programmer can extend.

The file is read once per process and checked as it is read; what is wrong in it is named. The order of the file is the order shown.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

FILE = Path(__file__).parent / "data" / "achievements.yaml"

Metric = Literal[
    "interviews", "answers", "points", "practice_days", "best_streak", "goal_weeks", "comebacks",
    "domains", "question_types", "senior_interviews", "answers_in_one", "best_score", "score_gain",
]  # fmt: skip
"""What a rule can ask for; ``intervi.progress.metrics`` says what each means."""

Icon = Literal["steps", "repeat", "voice", "flame", "calendar", "return", "compass", "summit", "star"]
"""The drawings there are for medals (``intervi.components.medal``)."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", max_length=60)]


class Achievement(BaseModel):
    """One achievement: unlocked once its metric reaches its threshold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    title: str = Field(min_length=3, max_length=40)
    description: str = Field(min_length=8, max_length=160)
    icon: Icon
    metric: Metric
    threshold: float = Field(gt=0)


def read(path: Path) -> tuple[Achievement, ...]:
    """Reads and checks a catalogue.

    Raises:
        ValueError: naming the file and what is wrong in it.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = tuple(Achievement.model_validate(row) for row in rows)
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    codes = [achievement.code for achievement in found]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"{path.name}: codes used twice: {', '.join(sorted(twice))}")
    return found


@lru_cache(maxsize=1)
def achievements() -> tuple[Achievement, ...]:
    """The catalogue, in its order."""
    return read(FILE)


def achievement(code: str) -> Achievement | None:
    """The achievement with this code; ``None`` if the catalogue no longer has it."""
    return next((each for each in achievements() if each.code == code), None)


def extract(
    fileobj: BinaryIO,
    keywords: object,
    comment_tags: object,
    options: object,
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Babel's way to collect the texts of a catalogue for translators (``make messages``)."""
    for row in yaml.safe_load(fileobj):
        for text in (row["title"], row["description"]):
            yield 1, None, text, []


METRICS: tuple[str, ...] = get_args(Metric)
