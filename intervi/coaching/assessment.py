"""What an interview of others shows, for those who decide: tone, keywords, competencies, a judgement, each resting on quoted moments.

Pure and deterministic. It speaks of what was said and how; nothing of anybody's feelings is inferred. Where the recogniser was too rough to
judge words by, what rests on words is ``None``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intervi.analysis.disfluencies import is_hesitation
from intervi.analysis.figures import Figure, Language, Quotation, Scores, Speech, Transcript, Vision
from intervi.analysis.sentences import words_of
from intervi.coaching.names import PARTS
from intervi.coaching.scoring import score_interview
from intervi.coaching.targets import DELIVERY, Target, delivery_figures
from intervi.translation import N_, _, fill

MOST_KEYWORDS = 12
MOST_STATEMENTS = 5
_FILLER_WORDS = ("you know", "i mean", "sort of", "kind of", "basically", "actually", "literally")
_ACTIONS = frozenset({"action", "result", "reason", "consequence", "assessment", "follow-up"})
"""Parts of an answer's structure that show how somebody goes about a problem."""
_QUOTED_WORDS = 24

_VERDICTS = (
    (8.0, N_("Strong candidate, recommend for next round")),
    (6.5, N_("Good candidate, recommend for next round")),
    (5.0, N_("Consider with reservations")),
    (0.0, N_("Not recommended on these answers")),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer with what was measured on it."""

    question: str
    question_type: str
    words: Transcript
    """The candidate's own words."""
    speech: Speech | None
    vision: Vision | None
    language: Language | None
    scores: Scores | None
    starts_at: float = 0.0
    """Where it begins on the interview's clock, seconds."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The tone at one time."""

    seconds: float
    score: float
    """-1 to 1."""


@dataclass(frozen=True, slots=True)
class KeywordCount:
    """A word or phrase that stands out."""

    word: str
    frequency: int
    relevance: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that can be said of the candidate, and what it rests on."""

    text: str
    quotation: str | None = None
    seconds: float | None = None
    is_score: bool = False
    """It tells a score, which those who asked for none are not told."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The tone of the candidate's words."""

    overall: float | None
    """-1 to 1."""
    timeline: list[Moment]


@dataclass(frozen=True, slots=True)
class Competency:
    """0 to 10 each; ``None``: not measured."""

    technical: float | None
    communication: float | None
    problem_solving: float | None


@dataclass(frozen=True, slots=True)
class Overall:
    """The judgement."""

    score: float | None
    """0 to 10."""
    recommendation: str
    strengths: list[Statement]
    areas: list[Statement]


@dataclass(frozen=True, slots=True)
class Speaking:
    """How the candidate spoke, over all answers; ``None``: not measured."""

    words_per_minute: float | None
    speaking_seconds: float | None
    pause_ratio: float | None
    fillers_per_minute: float | None
    pitch_variation_semitones: float | None
    clarity: float | None


@dataclass(frozen=True, slots=True)
class Presence:
    """How the candidate was seen, over all answers; ``None``: not measured. Nothing of the face's expression."""

    face_share: float | None
    eye_contact: float | None
    posture: float | None


@dataclass(frozen=True, slots=True)
class FillerCounts:
    """The candidate's fillers."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class PauseAt:
    """A pause of the candidate's."""

    start: float
    duration: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that is told of an interview of others."""

    sentiment: Sentiment
    keywords: list[KeywordCount]
    competency: Competency
    overall: Overall
    fillers: FillerCounts = field(default_factory=lambda: FillerCounts({}))
    pauses: list[PauseAt] = field(default_factory=list)
    is_rough: bool = False
    """Words were recognised too roughly to judge by."""


def assess(answers: Sequence[Answered], shown_score: float | None) -> Assessment:
    """The assessment of an interview.

    Args:
        answers: in the order given.
        shown_score: the interview's score, 0 to 100, if somebody reported or analysis wrote one.
    """
    return Assessment(
        sentiment=_sentiment(answers),
        keywords=_keywords(answers),
        competency=_competency(answers),
        overall=_overall(answers, shown_score),
        fillers=_fillers(answers),
        pauses=[
            PauseAt(round(answer.starts_at + pause.start, 2), round(pause.seconds, 2))
            for answer in answers
            if answer.speech
            for pause in answer.speech.pauses
        ],
        is_rough=any(answer.words.rough for answer in answers),
    )


def speaking(answers: Sequence[Answered]) -> Speaking:
    """The means of the answers' figures; the time spent speaking is their sum."""
    spoken = [answer.speech for answer in answers if answer.speech]
    times = [each.speaking_seconds.value for each in spoken if each.speaking_seconds.value is not None]
    return Speaking(
        words_per_minute=_mean_of([each.words_per_minute for each in spoken]),
        speaking_seconds=round(sum(times), 2) if times else None,
        pause_ratio=_mean_of([each.pause_ratio for each in spoken]),
        fillers_per_minute=_mean_of([each.fillers_per_minute for each in spoken]),
        pitch_variation_semitones=_mean_of([each.f0_standard_deviation_semitones for each in spoken]),
        clarity=_mean_of([each.clarity for each in spoken]),
    )


def presence(answers: Sequence[Answered]) -> Presence:
    """The means of the answers' figures."""
    seen = [answer.vision for answer in answers if answer.vision]
    return Presence(
        face_share=_mean_of([each.face_share for each in seen]),
        eye_contact=_mean_of([each.eye_contact for each in seen]),
        posture=_mean_of([each.posture for each in seen]),
    )


def _mean_of(figures: Sequence[Figure]) -> float | None:
    mean = _mean([figure.value for figure in figures])
    return None if mean is None else round(mean, 3)


# --- words ----------------------------------------------------------------------------------------------------------


def _sentiment(answers: Sequence[Answered]) -> Sentiment:
    weighed = [
        (answer.language.word_count, answer.language.sentiment.value)
        for answer in answers
        if answer.language and answer.language.sentiment.value is not None
    ]
    total = sum(count for count, _value in weighed)
    overall = round(sum(count * value for count, value in weighed) / total, 3) if total else None
    return Sentiment(overall, [moment for answer in answers for moment in _moments(answer)])


def _moments(answer: Answered) -> Iterator[Moment]:
    language = answer.language
    if language is None or language.sentiment.value is None:
        return
    if not language.sentiment_timeline:
        yield Moment(answer.starts_at, language.sentiment.value)
    for moment in language.sentiment_timeline:
        yield Moment(answer.starts_at + moment.at, moment.score)


def _keywords(answers: Sequence[Answered]) -> list[KeywordCount]:
    """The answers' keywords, counted over all that the candidate said."""
    relevance: dict[str, float] = {}
    for answer in answers:
        for keyword in answer.language.keywords if answer.language else ():
            relevance[keyword.word] = max(relevance.get(keyword.word, 0.0), keyword.relevance)
    said = " ".join(" ".join(words_of(answer.words.text)) for answer in answers).casefold()
    found = [KeywordCount(word, _times(word, said), round(value, 3)) for word, value in relevance.items()]
    return sorted(found, key=lambda one: (-one.relevance, -one.frequency, one.word))[:MOST_KEYWORDS]


def _times(phrase: str, said: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", said))


def _fillers(answers: Sequence[Answered]) -> FillerCounts:
    """As heard; in an answer in writing, as written."""
    counts: Counter[str] = Counter()
    for answer in answers:
        if answer.speech is not None and answer.speech.speaking_seconds.value is not None:
            counts.update(filler.word.lower() for filler in answer.speech.fillers)
        elif answer.words.engine in ("typed", "corrected"):
            counts.update(word.lower() for word in words_of(answer.words.text) if is_hesitation(word))
            text = " ".join(words_of(answer.words.text)).casefold()
            counts.update({phrase: count for phrase in _FILLER_WORDS if (count := _times(phrase, text))})
    return FillerCounts(dict(counts.most_common()))


# --- judgements -----------------------------------------------------------------------------------------------------


def _competency(answers: Sequence[Answered]) -> Competency:
    technical = [answer for answer in answers if answer.question_type == "technical"] or answers
    return Competency(
        technical=_tenth(_mean([answer.scores.content.value.value for answer in technical if answer.scores])),
        communication=_tenth(
            _mean(
                [
                    value
                    for answer in answers
                    if answer.scores
                    for value in (answer.scores.structure.value.value, answer.scores.delivery.value.value)
                ]
            )
        ),
        problem_solving=_tenth(_mean([_problem_solving(answer.language) for answer in answers if answer.language])),
    )


def _problem_solving(language: Language) -> float | None:
    """0 to 100: half for the steps taken and what came of them, half for concrete detail."""
    parts = [part for part in language.structure_parts if part.name in _ACTIONS]
    if not parts or language.specificity.value is None:
        return None
    return 50.0 * sum(part.found for part in parts) / len(parts) + 50.0 * language.specificity.value


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value / 10, 1)


def _overall(answers: Sequence[Answered], shown_score: float | None) -> Overall:
    scores = [answer.scores for answer in answers if answer.scores]
    measured = score_interview(scores).overall.value.value if scores else None
    score = _tenth(measured if shown_score is None else shown_score)
    if score is None:
        verdict = _("Too little could be measured for a recommendation")
    else:
        verdict = _(next(text for least, text in _VERDICTS if score >= least))
    return Overall(score, verdict, _best(_strengths(answers)), _best(_areas(answers)))


def _best(statements: Iterator[Statement]) -> list[Statement]:
    """The first ones, each said once."""
    once = {statement.text: statement for statement in statements}
    return list(once.values())[:MOST_STATEMENTS]


def _strengths(answers: Sequence[Answered]) -> Iterator[Statement]:
    for answer in answers:
        if answer.language is None:
            continue
        for point in answer.language.points:
            if point.evidence and point.coverage >= 0.5:
                yield _quoting(answer, fill("Covers: {point}", {"point": point.point}), point.evidence)
        for part in answer.language.structure_parts:
            if part.found and part.evidence and part.name in _ACTIONS:
                yield _quoting(
                    answer,
                    fill("States this part of a good answer: {part}", {"part": _(PARTS[part.name])}),
                    part.evidence,
                )
        for specific in answer.language.specifics[:1]:
            yield _quoting(answer, _("Gives concrete detail"), specific)
    yield from (_reading(target, value) for target, value in _delivery(answers) if target.worth(value) == 100)


def _areas(answers: Sequence[Answered]) -> Iterator[Statement]:
    for answer in answers:
        if answer.language is None:
            continue
        relevance = answer.language.relevance.value
        if relevance is not None and relevance < 0.3:
            yield Statement(fill("Does not answer the question: {question}", {"question": _short(answer.question)}))
        for point in answer.language.points:
            if point.evidence is None:
                yield Statement(fill("Leaves out: {point}", {"point": point.point}))
        for part in answer.language.structure_parts:
            if not part.found:
                yield Statement(fill("Lacks this part of a good answer: {part}", {"part": _(PARTS[part.name])}))
        if answer.language.specificity.value is not None and answer.language.specificity.value < 0.3:
            yield Statement(_("Could provide more specific examples"))
    yield from (_reading(target, value) for target, value in _delivery(answers) if target.worth(value) < 70)


def _delivery(answers: Sequence[Answered]) -> Iterator[tuple[Target, float]]:
    """The mean of each figure of delivery, with its target range."""
    spoken = [delivery_figures(answer.speech) for answer in answers if answer.speech]
    for target in DELIVERY:
        value = _mean([figures[target.name].value for figures in spoken])
        if value is not None:
            yield target, value


_READINGS = {
    "pace": N_("Pace: {value:.0f} words a minute (usual: {low:.0f} to {high:.0f})"),
    "pauses": N_("Pauses: {value:.0%} of the time (usual: {low:.0%} to {high:.0%})"),
    "fillers": N_("Fillers: {value:.1f} a minute (usual: up to {high:.0f})"),
    "pitch_variation": N_("Variation of pitch: {value:.1f} semitones (usual: {low:.0f} to {high:.0f})"),
    "clarity": N_("Clarity of speech: {value:.0f} of 100"),
}
_SCORES = frozenset({"clarity"})
"""Readings that are scores of ours, and no figures with a unit."""


def _reading(target: Target, value: float) -> Statement:
    text = fill(_READINGS[target.name], {"value": value, "low": target.low, "high": target.high})
    return Statement(text, is_score=target.name in _SCORES)


def _quoting(answer: Answered, text: str, quotation: Quotation) -> Statement:
    seconds = None if quotation.start is None else answer.starts_at + quotation.start
    return Statement(text, _short(quotation.text), seconds)


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:_QUOTED_WORDS]) + (" …" if len(words) > _QUOTED_WORDS else "")
