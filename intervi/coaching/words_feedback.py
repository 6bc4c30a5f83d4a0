"""Feedback on what was said: every statement shows the words it rests on, or names what is absent."""

from collections.abc import Iterator, Sequence

from intervi.analysis.figures import CoveredPoint, Language, Quotation, Reason, Scores, Statement, StructurePart
from intervi.analysis.sentences import Sentence
from intervi.coaching.finding import Finding, gain_of, moment_of, whole_gain
from intervi.coaching.scoring import NOTHING_SAID, share_on_topic
from intervi.coaching.targets import PARROTED
from intervi.translation import N_

COVERED, TOUCHED = 0.6, 0.3
"""Coverage from which a point counts as covered, and as touched upon."""
OFF_TOPIC_SHARE = 0.5
CONCRETE_ENOUGH = 0.65
MOST_POINTS = 3
"""Of one kind in one report: more is not read."""

GOOD_PARTS = {
    "situation": N_("You said where and when it happened."),
    "task": N_("You said what was yours to do."),
    "action": N_("You said what you yourself did or would do."),
    "result": N_("You said what came of it."),
    "claim": N_("You took a position at the beginning."),
    "reason": N_("You gave a reason."),
    "example": N_("You gave an example."),
    "limits": N_("You said where it does not hold."),
    "consequence": N_("You said what follows from it."),
    "assessment": N_("You would find out first."),
    "follow-up": N_("You said what you would do afterwards."),
}
MISSING_PARTS = {
    "situation": N_("It is not said where and when this happened."),
    "task": N_("It is not said what was yours to do."),
    "action": N_("It is not said what you yourself did or would do."),
    "result": N_("It is not said what came of it."),
    "claim": N_("There is no clear position at the beginning."),
    "reason": N_("There is no reason: no “because”, no “so that”."),
    "example": N_("There is no example."),
    "limits": N_("It is not said where it does not hold, or what it costs."),
    "consequence": N_("It is not said what follows from it for your work."),
    "assessment": N_("It is not said what you would find out first."),
    "follow-up": N_("It is not said what you would do afterwards."),
}
BETTER_PARTS = {
    "situation": N_("Begin with one sentence on where and when it was, then go on with what you said here."),
    "task": N_("Add here in one sentence what was expected of you."),
    "action": N_("Add here, in sentences that begin with “I”, what you did first, and what next."),
    "result": N_("Go on from here with how it ended, and by how much."),
    "claim": N_("Put your answer in one sentence before this one."),
    "reason": N_("Go on from here with “because”."),
    "example": N_("Go on from here with “for example”, and one case you know yourself."),
    "limits": N_("Go on from here with a case in which you would decide otherwise."),
    "consequence": N_("Go on from here with what you do differently because of it."),
    "assessment": N_("Say before this what you would ask or look at first."),
    "follow-up": N_("Go on from here with what you would check or change afterwards."),
}
BEGINNINGS = frozenset({"situation", "claim", "assessment"})
"""These belong before the answer's first sentence; the others after the part that precedes them."""


def good_words(language: Language) -> Iterator[Statement]:
    """What can be praised, because there is a passage that shows it."""
    if share_on_topic(language) < OFF_TOPIC_SHARE:
        return
    covered = [point for point in language.points if point.coverage >= COVERED and point.evidence is not None]
    for point in sorted(covered, key=lambda each: -each.coverage)[:MOST_POINTS]:
        yield _quoting("content", N_("You covered this: {point}"), point.evidence, {"point": point.point})
    for part in language.structure_parts:
        if part.found and part.name in ("result", "action", "example", "reason"):
            yield _quoting("structure", GOOD_PARTS[part.name], part.evidence)
    if (language.specificity.value or 0) >= CONCRETE_ENOUGH and language.specifics:
        yield _quoting("content", N_("This is concrete: it can be pictured and checked."), language.specifics[0])


def word_findings(
    question: str, sentences: Sequence[Sentence], language: Language, scores: Scores
) -> Iterator[Finding]:
    """What is missing in the words."""
    if language.reason in NOTHING_SAID:
        yield _empty(question, scores)
    elif language.reason is not None or not sentences:
        return
    elif share_on_topic(language) < OFF_TOPIC_SHARE:
        yield _off_topic(question, sentences, language, scores)
    else:
        yield from _points(language, scores)
        yield from _parts(sentences, language, scores)
        yield from _vague(sentences, language, scores)


def _empty(question: str, scores: Scores) -> Finding:
    gain = whole_gain(scores, "content") + whole_gain(scores, "structure")
    values: dict[str, str | float | int] = {"question": question}
    return Finding(
        Statement(category="content", message=N_("There is no answer to “{question}”."), values=values, gain=gain),
        Statement(
            category="content",
            message=N_("Two sentences are a beginning: one that answers “{question}”, and one with an example."),
            values=values,
            gain=gain,
        ),
    )


def _off_topic(question: str, sentences: Sequence[Sentence], language: Language, scores: Scores) -> Finding:
    gain = whole_gain(scores, "content") + whole_gain(scores, "structure")
    first = sentences[0].quotation
    if (language.question_overlap.value or 0) > PARROTED[0]:
        percent = round(100 * (language.question_overlap.value or 0))
        return Finding(
            _quoting(
                "content",
                N_("{percent} percent of your words are the question's own."),
                first,
                {"percent": percent},
                gain,
            ),
            _quoting(
                "content",
                N_("After this sentence, say something the question does not say: a case, a number, what you did."),
                first,
                {},
                gain,
            ),
        )
    return Finding(
        _quoting(
            "content",
            N_("What you said is hardly about the question, “{question}”."),
            first,
            {"question": question},
            gain,
        ),
        _quoting(
            "content",
            N_("Before this sentence, answer “{question}” in one sentence; then keep only what supports it."),
            first,
            {"question": question},
            gain,
        ),
    )


def _points(language: Language, scores: Scores) -> Iterator[Finding]:
    lacking = sum(1 - point.coverage for point in language.points) or 1.0
    worst = sorted((point for point in language.points if point.coverage < COVERED), key=lambda each: each.coverage)
    for point in worst[:MOST_POINTS]:
        gain = gain_of(scores, "content", "coverage", (1 - point.coverage) / lacking)
        yield _touched(point, gain) if point.evidence is not None else _uncovered(point, language, gain)


def _touched(point: CoveredPoint, gain: float) -> Finding:
    values: dict[str, str | float | int] = {"point": point.point}
    return Finding(
        _quoting("content", N_("You touched upon this, but not in detail: {point}"), point.evidence, values, gain),
        _quoting(
            "content",
            N_("Go into detail here, with a number, a name or a step you took: {point}"),
            point.evidence,
            values,
            gain,
        ),
    )


def _uncovered(point: CoveredPoint, language: Language, gain: float) -> Finding:
    values: dict[str, str | float | int] = {"point": point.point}
    before = next(
        (each.evidence for each in reversed(language.points[: language.points.index(point)]) if each.evidence), None
    )
    return Finding(
        Statement(
            category="content", message=N_("This was not found in your answer: {point}"), values=values, gain=gain
        ),
        _quoting("content", N_("Add a sentence on this after what you said here: {point}"), before, values, gain)
        if before
        else Statement(category="content", message=N_("Add a sentence on this: {point}"), values=values, gain=gain),
    )


def _parts(sentences: Sequence[Sentence], language: Language, scores: Scores) -> Iterator[Finding]:
    for index, part in enumerate(language.structure_parts):
        if not part.found and part.name in MISSING_PARTS:
            place = _place_for(part, language.structure_parts[:index], sentences)
            gain = gain_of(scores, "structure", part.name)
            yield Finding(
                Statement(category="structure", message=MISSING_PARTS[part.name], gain=gain),
                _quoting("structure", BETTER_PARTS[part.name], place, {}, gain),
            )


def _place_for(part: StructurePart, before: Sequence[StructurePart], sentences: Sequence[Sentence]) -> Quotation:
    """The sentence next to which the part belongs."""
    if part.name in BEGINNINGS:
        return sentences[0].quotation
    return next((each.evidence for each in reversed(before) if each.evidence is not None), sentences[-1].quotation)


def _vague(sentences: Sequence[Sentence], language: Language, scores: Scores) -> Iterator[Finding]:
    if language.specificity.value is None or language.specificity.value >= CONCRETE_ENOUGH:
        return
    concrete = {quotation.text for quotation in language.specifics}
    vague = [sentence for sentence in sentences if sentence.text not in concrete] or sentences
    longest = max(vague, key=lambda sentence: len(sentence.text))
    gain = gain_of(scores, "content", "specificity")
    yield Finding(
        _quoting(
            "content", N_("This stays general: there is no number, name or step in it."), longest.quotation, {}, gain
        )
        if longest.text not in concrete
        else _quoting(
            "content", N_("Much of the answer stays general; only this is concrete."), longest.quotation, {}, gain
        ),
        _quoting(
            "content", N_("Say this again with one case: who, how many, and what you did."), longest.quotation, {}, gain
        ),
    )


def _quoting(
    category: str,
    message: str,
    quotation: Quotation | None,
    values: dict[str, str | float | int] | None = None,
    gain: float = 0.0,
) -> Statement:
    return Statement(
        category=category,
        message=message,
        values=values or {},
        moment=moment_of(quotation),
        quotation=quotation.text if quotation else None,
        gain=gain,
    )


NOTES = {
    Reason.ROUGH_TRANSCRIPT: N_(
        "The transcript is rough, so what you said was not scored. Correct it, and content and structure will be scored by your words."
    ),
    Reason.NO_SOUND: N_("The recording has no sound, so what you said could not be scored."),
    Reason.NO_VOICE: N_("No voice was heard in the recording."),
    Reason.NO_WORDS: N_("No words were found in the answer."),
    Reason.STAGE_FAILED: N_(
        "What you said could not be measured, because a step of the analysis failed. You can try it again."
    ),
}
