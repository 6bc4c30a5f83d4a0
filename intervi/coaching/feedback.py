"""From figures to the report on one answer, and to the three things to work on.

Every statement is tied to a moment or a quotation, or names what is absent. It tells what can be observed, not what somebody is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from intervi.analysis.figures import (
    AnswerReport,
    Decoded,
    Language,
    Reason,
    Scores,
    Speech,
    Statement,
    Transcript,
    Vision,
    WorkOn,
)
from intervi.analysis.sentences import sentences_of
from intervi.coaching import words_feedback
from intervi.coaching.delivery_feedback import delivery_findings, good_delivery
from intervi.coaching.rewrite import rewrite
from intervi.coaching.scoring import most
from intervi.coaching.words_feedback import OFF_TOPIC_MOST, good_words, word_findings
from intervi.translation import N_

MOST_TO_WORK_ON = 3
MOST_OF_ONE_CATEGORY = 2
WORTH_SAYING = 0.5
"""Points of the overall score: what would gain less is left unsaid."""
MISSING_SECONDS = 0.5
BUILT_IN = "built-in"

PRESENCE_NOTES = {
    Reason.NO_PICTURE: N_("There is no picture, so presence was not scored."),
    Reason.NO_FACE: N_("No face was seen in the picture, so presence was not scored."),
    Reason.TOO_SHORT: N_("The picture is too short to score presence."),
    Reason.NO_NEUTRAL: N_("Your face was seen for too short a time to score presence."),
    Reason.STAGE_FAILED: N_("Presence was not scored, because a step of the analysis failed. You can try it again."),
}
DELIVERY_NOTES = {
    Reason.NO_SOUND: N_("The recording has no sound, so delivery was not scored."),
    Reason.NO_VOICE: N_("Delivery was not scored, because no voice was heard."),
    Reason.TOO_SHORT: N_("The answer is too short to score delivery."),
    Reason.STAGE_FAILED: N_("Delivery was not scored, because a step of the analysis failed. You can try it again."),
}


def answer_report(
    question: str,
    decoded: Decoded | None,
    transcript: Transcript | None,
    speech: Speech,
    vision: Vision,
    language: Language,
    scores: Scores,
) -> AnswerReport:
    """What the page says about one answer: what costs most comes first.

    Args:
        question: the question as it was asked.
        decoded: ``None`` for an answer in writing.
        transcript: the words that ``language`` was measured on.
    """
    sentences = sentences_of(transcript) if transcript else []
    findings = [
        finding
        for finding in (
            *word_findings(question, sentences, language, scores),
            *delivery_findings(transcript, speech, vision, language, scores),
        )
        if finding.missing.gain >= WORTH_SAYING
    ]
    findings.sort(key=lambda finding: -finding.missing.gain)
    in_order = language.reason is None and most(language) >= OFF_TOPIC_MOST
    return AnswerReport(
        good=[*good_words(sentences, language), *good_delivery(speech, vision)],
        missing=[finding.missing for finding in findings],
        better=[finding.better for finding in findings][:MOST_TO_WORK_ON],
        rewrite=language.rewrite or rewrite(sentences, language) if in_order else None,
        notes=list(_notes(decoded, transcript, language, scores)),
    )


def work_on(reports: Sequence[tuple[UUID, AnswerReport]]) -> list[WorkOn]:
    """The (at most three) pieces of advice that would gain most over the whole interview.

    The same advice on several answers counts together, and is shown where it would gain most, an answer with a known moment first.
    """
    together: defaultdict[tuple[str, str], list[WorkOn]] = defaultdict(list)
    for exchange_id, report in reports:
        for statement in report.better:
            together[_kind(statement)].append(WorkOn(exchange_id=exchange_id, statement=statement))
    ranked = sorted(together.values(), key=lambda same: -sum(each.statement.gain for each in same))
    chosen: list[WorkOn] = []
    for same in ranked:
        best = max(same, key=lambda each: (each.statement.moment is not None, each.statement.gain))
        of_category = sum(each.statement.category == best.statement.category for each in chosen)
        if of_category < MOST_OF_ONE_CATEGORY and len(chosen) < MOST_TO_WORK_ON:
            chosen.append(best)
    return chosen


def _kind(statement: Statement) -> tuple[str, str]:
    """The same advice on different answers has the same kind; a point of a question is that question's own."""
    return statement.message, str(statement.values.get("point", ""))


def _notes(
    decoded: Decoded | None, transcript: Transcript | None, language: Language, scores: Scores
) -> Iterator[Statement]:
    if transcript and transcript.engine_note:
        yield _note(
            "content", N_("Recognised by {engine}: {why}."), engine=transcript.engine, why=transcript.engine_note
        )
    if language.judge_note:
        yield _note("content", N_("{why} What you said was judged by the built-in rubric."), why=language.judge_note)
    elif language.judge != BUILT_IN:
        yield _note("content", N_("What you said was judged by the model {judge}."), judge=language.judge)
    if language.reason in words_feedback.NOTES:
        yield _note("content", words_feedback.NOTES[language.reason])
    elif language.relevance.reason is Reason.NO_QUESTION:
        yield _note("content", N_("The question is not known, so content was not scored."))
    elif language.coverage.reason is Reason.NO_QUESTION:
        yield _note(
            "content", N_("What a good answer to this question covers is not known, so its points were not looked for.")
        )
    if decoded and decoded.missing_seconds >= MISSING_SECONDS:
        seconds = round(decoded.missing_seconds, 1)
        yield _note(
            "content",
            N_("{seconds} seconds of the recording could not be read and are not in this report."),
            seconds=seconds,
        )
    yield from _unscored(scores)


def _unscored(scores: Scores) -> Iterator[Statement]:
    delivery, presence = scores.delivery.value.reason, scores.presence.value.reason
    if Reason.IN_WRITING in (delivery, presence):
        yield _note("voice", N_("The answer was written, so there is no delivery and no presence to score."))
    if delivery in DELIVERY_NOTES:
        yield _note("voice", DELIVERY_NOTES[delivery])
    if presence in PRESENCE_NOTES:
        yield _note("eye-contact", PRESENCE_NOTES[presence])


def _note(category: str, message: str, **values: str | float) -> Statement:
    return Statement(category=category, message=message, values=dict(values))
