"""The typed results of the stages: the one vocabulary of workers, coaching, contracts and pages.

Times are seconds from the beginning of the answer (all its segments on one timeline); ratios are 0 to 1; scores 0 to 100.
A figure that could not be measured is ``null`` and says why; there are no defaults. Nothing in here computes: the formulas stand
with the code that measures (``workers``) and scores (``coaching``), and in ``docs/measurements.md``.
"""

from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

SYLLABLES_PER_WORD = 1.35
"""Between plain talk (1.2) and prepared speech full of long words (1.5 and more): see docs/measurements.md."""


class Reason(StrEnum):
    """Why something was not measured. Words for people: ``intervi.analysis.wording``."""

    NO_SOUND = "no_sound"
    NO_VOICE = "no_voice"
    NO_PICTURE = "no_picture"
    NO_FACE = "no_face"
    NO_SHOULDERS = "no_shoulders"
    NO_NEUTRAL = "no_neutral"
    TOO_SHORT = "too_short"
    NO_WORDS = "no_words"
    ROUGH_TRANSCRIPT = "rough_transcript"
    NO_QUESTION = "no_question"
    IN_WRITING = "in_writing"
    SWITCHED_OFF = "switched_off"
    STAGE_FAILED = "stage_failed"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Frozen):
    """One measured number, or the reason why there is none."""

    value: float | None = None
    reason: Reason | None = None
    basis: str = ""
    """What it was measured on, where there is a choice: ``words`` or ``syllables``, ``acoustic`` or ``transcript``."""

    @model_validator(mode="after")
    def _value_or_reason(self) -> Self:
        if (self.value is None) == (self.reason is None):
            raise ValueError("a figure has either a value or the reason why it has none")
        return self


class Span(_Frozen):
    """A stretch of the answer."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


# --- decode ---------------------------------------------------------------------------------------------------------


class DecodedSegment(_Frozen):
    """What was found in one recorded file."""

    media_id: UUID
    offset_seconds: float
    duration_seconds: float
    """From the last time stamp that could be decoded."""
    missing_seconds: float = 0.0
    """What the file promises, or the recorder said, and could not be decoded."""
    has_audio: bool
    has_video: bool
    width: int | None = None
    height: int | None = None


class Decoded(_Frozen):
    """Result of ``decode``: one timeline of the answer, and its sound as 16 kHz mono in storage."""

    segments: list[DecodedSegment] = []
    duration_seconds: float = 0.0
    missing_seconds: float = 0.0
    has_audio: bool = False
    has_video: bool = False
    audio_key: str | None = None
    """Storage key of the answer's whole sound: FLAC, 16 kHz, mono (stereo in an interview of others); gaps between segments are silence."""
    speakers_are_apart: bool = False
    """Each channel of the sound is one speaker's: the left the interviewer's, the right the candidate's."""


# --- transcribe -----------------------------------------------------------------------------------------------------


Speaker = Literal["interviewer", "candidate"]


class Word(_Frozen):
    """One recognised word."""

    text: str
    start: float
    end: float
    probability: float = 1.0
    speaker: Speaker | None = None
    """In a recording of two people."""


class SpeakerTurn(_Frozen):
    """A stretch in which one of two people speaks."""

    start: float
    end: float
    speaker: Speaker


class Transcript(_Frozen):
    """Result of ``transcribe``."""

    engine: str
    """``faster-whisper base``, ``typed``, ``corrected`` or ``none``: who spoke these words."""
    engine_note: str = ""
    """Why this engine spoke and not the one that was asked for, if so."""
    rough: bool = False
    """Too unsure to score content by; marked wherever it is shown."""
    language: str = "en"
    text: str = ""
    words: list[Word] = []
    """Empty for typed text, which has no times."""
    reason: Reason | None = None
    """Why there are no words, if there are none."""
    turns: list[SpeakerTurn] = []
    """Who speaks when, in an interview of others; empty in an answer of one person."""
    speaker_confidence: float | None = None
    """0.5 (a guess) to 1: how sure it is who speaks when."""

    @property
    def usable(self) -> bool:
        """Whether content may be scored by it."""
        return bool(self.text.strip()) and not self.rough


# --- speech ---------------------------------------------------------------------------------------------------------


class Filler(_Frozen):
    """One filled pause (um, uh, er) or filler word."""

    word: str
    start: float
    end: float
    basis: Literal["acoustic", "transcript"]


class Speech(_Frozen):
    """Result of ``speech``."""

    duration_seconds: float
    speaking_seconds: Figure
    speech: list[Span] = []
    """Where there is voice (silero VAD, no padding)."""
    pauses: list[Span] = []
    """Gaps of 0.25 s and more between stretches of voice; the silence before the first and after the last is none."""
    pause_ratio: Figure
    """The sum of all gaps of 0.25 s and more, leading and trailing ones included, over the whole clip."""
    response_delay_seconds: Figure
    """From the beginning of the recording to the first word."""
    words_per_minute: Figure
    """Over the whole clip; basis ``words`` or ``syllables``."""
    articulation_rate: Figure
    """Syllables a second of voice."""
    fillers: list[Filler] = []
    fillers_per_minute: Figure
    filler_word_ratio: Figure
    """Fillers over words said (basis as the word count's)."""
    loudness_lufs: Figure
    """Integrated loudness over the voice, ITU-R BS.1770 gating."""
    level_dbfs: Figure
    """RMS over the voice, dB below full scale."""
    signal_to_noise_db: Figure
    median_f0_hz: Figure
    f0_standard_deviation_hz: Figure
    f0_standard_deviation_semitones: Figure
    clarity: Figure
    """0 to 100; see docs/measurements.md."""


# --- vision ---------------------------------------------------------------------------------------------------------


class ExpressionMoment(_Frozen):
    """An estimate of the face's expression at one time: an observable, no verdict, and part of no score."""

    at: float
    label: str
    probability: float


class Vision(_Frozen):
    """Result of ``vision``. All shares are over sampled frames; those marked so over frames with a face."""

    frames: int = 0
    face_share: Figure
    eye_contact: Figure
    """Share of the frames with a face in which gaze and head are both within bounds."""
    looking_away: list[Span] = []
    no_face: list[Span] = []
    head_yaw_degrees: Figure
    """Median, positive towards the viewer's right of the picture, against the candidate's own neutral."""
    head_pitch_degrees: Figure
    head_movement_degrees: Figure
    """Standard deviation of yaw."""
    smile_ratio: Figure
    """Share of the frames with a face."""
    smiles: list[Span] = []
    posture: Figure
    """0 to 1; see docs/measurements.md."""
    shoulder_tilt_degrees: Figure
    lean: Figure
    """Change of the shoulders' width against the median: positive leans in."""
    expression_distribution: dict[str, float] = {}
    dominant_expression: str | None = None
    expression_reason: Reason | None = None
    expressions: list[ExpressionMoment] = []


# --- language -------------------------------------------------------------------------------------------------------


class Quotation(_Frozen):
    """Words of the answer, with their moment where it is known."""

    text: str
    start: float | None = None
    end: float | None = None


class CoveredPoint(_Frozen):
    """One thing that a good answer contains, and where this one does."""

    point: str
    coverage: float
    """0 to 1."""
    evidence: Quotation | None = None
    nearest: Quotation | None = None
    """The passage that came nearest to it, where none is evidence."""
    is_clear: bool = False
    """The evidence is near enough, and about this point rather than about another: sure enough to be praised."""


class StructurePart(_Frozen):
    """Situation, task, action, result — or claim, reason, example for other types."""

    name: str
    found: bool
    evidence: Quotation | None = None


class Keyword(_Frozen):
    """A word or phrase that stands out."""

    word: str
    frequency: int
    relevance: float


class SentimentMoment(_Frozen):
    """The tone of one sentence."""

    at: float
    score: float
    """-1 to 1."""


class Language(_Frozen):
    """Result of ``language``: what was said, not how. Empty with a reason where there are no usable words."""

    reason: Reason | None = None
    word_count: int = 0
    relevance: Figure
    """How much the answer is about the question, 0 to 1."""
    question_overlap: Figure
    """Share of the answer that merely repeats the question."""
    coverage: Figure
    """Share of the points a good answer covers."""
    points: list[CoveredPoint] = []
    structure: Figure
    structure_parts: list[StructurePart] = []
    specificity: Figure
    """0 to 1: numbers, names, results, first-person actions."""
    specifics: list[Quotation] = []
    sentiment: Figure
    """-1 to 1."""
    sentiment_timeline: list[SentimentMoment] = []
    keywords: list[Keyword] = []
    judge: str = "built-in"
    """Who judged relevance, coverage, structure and specificity: ``built-in``, or the name of a model server's model."""
    judge_note: str = ""
    """Why the built-in judge spoke though a model server is configured, if so."""
    rewrite: str | None = None
    """The answer as it could be said, from the model server, where it says nothing that the answer does not."""


# --- scores ---------------------------------------------------------------------------------------------------------


class ScorePart(_Frozen):
    """One part of a score. ``points`` of all parts add up to the score exactly as shown."""

    name: str
    value: Figure
    """0 to 100."""
    weight: float
    """After the parts that were not measured have been left out; weights of the measured ones sum to 1."""
    points: float
    """The score's share × weight × value, rounded to one decimal; 0 where not measured."""
    measured: Figure | None = None
    """The figure it rests on, in its own unit."""
    target: tuple[float, float] | None = None
    """The target range of that figure."""
    unit: str = ""


class Score(_Frozen):
    """A score and how it came about."""

    name: Literal["content", "structure", "delivery", "presence", "overall"]
    value: Figure
    share: float = 1.0
    """How far it counts, 0 to 1: an answer that may not be about its question counts in part."""
    parts: list[ScorePart] = []


class Scores(_Frozen):
    """Result of ``scores``."""

    content: Score
    structure: Score
    delivery: Score
    presence: Score
    overall: Score


# --- report ---------------------------------------------------------------------------------------------------------


class Statement(_Frozen):
    """One sentence of feedback, tied to a moment or a quotation.

    ``message`` is a translatable text with named places (``"You paused {count} times …"``), ``values`` fill them:
    ``intervi.translation.fill(message, values)``.
    """

    category: str
    """``content``, ``structure``, ``pace``, ``fillers``, ``pauses``, ``voice``, ``eye-contact``, ``posture``, ``gestures``."""
    message: str
    values: dict[str, str | float | int] = {}
    moment: Span | None = None
    quotation: str | None = None
    gain: float = 0.0
    """Points of the overall score that acting on it could bring: what to work on first."""


class AnswerReport(_Frozen):
    """Result of ``report``: what the page says about one answer."""

    good: list[Statement] = []
    missing: list[Statement] = []
    better: list[Statement] = []
    """How to say it better, from the candidate's own content."""
    rewrite: str | None = None
    """The answer's own sentences put in a better order with gaps named, where that can be done honestly."""
    notes: list[Statement] = []
    """What could not be measured or decoded, and why."""


class WorkOn(_Frozen):
    """One of the (at most three) things to work on."""

    exchange_id: UUID
    statement: Statement


class InterviewReport(_Frozen):
    """The report of a whole interview, from its answers' reports."""

    version: Literal[1] = 1
    scores: Scores
    answers: list[UUID]
    """The exchanges it was made from."""
    work_on: list[WorkOn] = []
    failed: list[UUID] = []
    """Exchanges whose analysis was given up."""
