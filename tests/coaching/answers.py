"""The hand-written cases, and figures of voice and picture for a test to vary."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from intervi.analysis.figures import Figure, Language, Reason, Scores, Speech, Transcript, Vision
from intervi.coaching.scoring import score_answer
from intervi.questions import bank
from workers.language import QuestionContext, measure_language

WRITTEN = ("good", "short", "weak", "padded", "off_topic", "parroted")
KINDS = (*WRITTEN, "empty")


@dataclass(frozen=True)
class Case:
    """A question and answers of known quality."""

    id: str
    domain: str
    question: QuestionContext
    answers: Mapping[str, str]

    def measured(self, kind: str) -> Language:
        return measured(self.question, self.answers[kind])

    def scored(self, kind: str) -> Scores:
        """In writing: by the words alone."""
        return score_answer(speech(reason=Reason.IN_WRITING), vision(reason=Reason.IN_WRITING), self.measured(kind))

    def overall(self, kind: str) -> float:
        value = self.scored(kind).overall.value.value
        assert value is not None
        return value


@cache
def measured(question: QuestionContext, text: str) -> Language:
    return measure_language(question, Transcript(engine="typed", text=text))


@cache
def tuned() -> tuple[Case, ...]:
    """The half that the constants of the measures were set on."""
    return _read("cases.yaml")


@cache
def held_out() -> tuple[Case, ...]:
    """The other half: questions of the bank with the bank's points."""
    return _read("held_out.yaml")


def cases() -> tuple[Case, ...]:
    return tuned() + held_out()


def case(case_id: str) -> Case:
    return next(each for each in cases() if each.id == case_id)


def _read(name: str) -> tuple[Case, ...]:
    return tuple(_case(each) for each in yaml.safe_load(Path(__file__).with_name(name).read_text()))


def _case(data: dict[str, Any]) -> Case:
    """A question of the bank with the bank's points, or one of its own."""
    answers = {kind: data[kind] for kind in WRITTEN} | {"empty": ""}
    if "question_id" in data:
        asked = bank.question(data["question_id"])
        assert asked, data["question_id"]
        question = QuestionContext(asked.text, asked.type, asked.difficulty, asked.points)
        return Case(asked.id, asked.domain, question, answers)
    question = QuestionContext(data["question"], data["type"], data["difficulty"], tuple(data["points"]))
    return Case(data["id"], data["domain"], question, answers)


def speech(*, reason: Reason | None = None, **figures: object) -> Speech:
    """A minute of steady speech in every target range, or nothing measured for ``reason``; ``figures`` replace some of it."""
    usual = {
        "speaking_seconds": 45, "pause_ratio": 0.25, "response_delay_seconds": 0.8, "words_per_minute": 140, "articulation_rate": 4.2,
        "fillers_per_minute": 2, "filler_word_ratio": 0.015, "loudness_lufs": -22, "level_dbfs": -24, "signal_to_noise_db": 35,
        "median_f0_hz": 120, "f0_standard_deviation_hz": 22, "f0_standard_deviation_semitones": 3, "clarity": 85,
    }  # fmt: skip
    return Speech(**({"duration_seconds": 60.0, **_figures(usual, reason)} | figures))


def vision(*, reason: Reason | None = None, **figures: object) -> Vision:
    """A face in view, turned to the camera, or nothing measured for ``reason``."""
    usual = {
        "face_share": 0.98, "eye_contact": 0.8, "head_yaw_degrees": 1, "head_pitch_degrees": -2, "head_movement_degrees": 4,
        "smile_ratio": 0.2, "posture": 0.9, "shoulder_tilt_degrees": 1.5, "lean": 0,
    }  # fmt: skip
    return Vision(**({"frames": 300, **_figures(usual, reason)} | figures))


def _figures(usual: dict[str, float], reason: Reason | None) -> dict[str, Any]:
    return {name: Figure(reason=reason) if reason else Figure(value=value) for name, value in usual.items()}
