"""The language stage: from a transcript (and its question) to figures about the words."""

from dataclasses import dataclass

from intervi.analysis.figures import CoveredPoint, Figure, Language, Reason, Transcript
from intervi.analysis.sentences import Sentence, sentences_of, words_of
from workers.language.keywords import find_keywords
from workers.language.relevance import Asked, Said, measure_coverage, measure_relevance, question_overlap
from workers.language.sentiment import measure_sentiment, sentiment_timeline
from workers.language.specificity import measure_specificity
from workers.language.structure import measure_structure


@dataclass(frozen=True)
class QuestionContext:
    """The question that was answered, as far as it is known."""

    text: str
    type: str | None = None
    """``technical``, ``behavioral``, ``situational`` or ``cultural``."""
    difficulty: str | None = None
    points: tuple[str, ...] = ()
    """What a good answer covers."""


def measure_language(context: QuestionContext | None, transcript: Transcript) -> Language:
    """Measures the words of one answer.

    Args:
        context: the question; without one nothing is said about relevance and coverage.
        transcript: recognised, corrected or typed. Only words with times give the evidence its moments.

    Returns:
        Figures with evidence; all of them with a reason where the words are too unsure or there are none.
    """
    sentences = sentences_of(transcript)
    if not sentences:
        return no_language(transcript.reason or Reason.NO_WORDS)
    if transcript.rough:
        return no_language(Reason.ROUGH_TRANSCRIPT)
    question_type = context.type if context else None
    specificity, specifics = measure_specificity(sentences, question_type, context.text if context else "")
    structure, parts = measure_structure(sentences, question_type)
    relevance, overlap, coverage, points = _against_question(context, sentences)
    return Language(
        word_count=len(words_of(transcript.text)),
        relevance=relevance,
        question_overlap=overlap,
        coverage=coverage,
        points=points,
        structure=_figure(structure),
        structure_parts=parts,
        specificity=_figure(specificity),
        specifics=specifics,
        sentiment=_figure(measure_sentiment(sentences)),
        sentiment_timeline=sentiment_timeline(sentences),
        keywords=find_keywords(sentences),
    )


def no_language(reason: Reason) -> Language:
    """Nothing measured, and why."""
    none = Figure(reason=reason)
    return Language(
        reason=reason,
        relevance=none,
        question_overlap=none,
        coverage=none,
        structure=none,
        specificity=none,
        sentiment=none,
    )


def _against_question(
    context: QuestionContext | None, sentences: list[Sentence]
) -> tuple[Figure, Figure, Figure, list[CoveredPoint]]:
    """Relevance, overlap, coverage and the points: what only makes sense with a question."""
    if context is None or not words_of(context.text):
        none = Figure(reason=Reason.NO_QUESTION)
        return none, none, none, []
    asked, said = Asked.of(context.text, context.points), Said.of(sentences)
    points = measure_coverage(asked, said, context.points, context.text, context.type)
    coverage = (
        _figure(sum(point.coverage for point in points) / len(points)) if points else Figure(reason=Reason.NO_QUESTION)
    )
    return (
        _figure(measure_relevance(asked, said)),
        _figure(question_overlap(" ".join(sentence.fluent for sentence in sentences), context.text)),
        coverage,
        points,
    )


def _figure(value: float) -> Figure:
    return Figure(value=round(value, 3))
