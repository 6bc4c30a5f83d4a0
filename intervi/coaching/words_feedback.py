"""Feedback on what was said: every statement names the words it rests on, so no two answers are told the same."""

import re
from collections.abc import Iterator, Sequence

from intervi.analysis.figures import CoveredPoint, Language, Quotation, Reason, Scores, Statement, StructurePart
from intervi.analysis.sentences import Sentence
from intervi.coaching.finding import NUMBER, Finding, gain_of, head, moment_of, tail, topic_gain, whole_gain
from intervi.coaching.scoring import NOTHING_SAID, most
from intervi.coaching.targets import PARROTED
from intervi.translation import N_

COVERED = 0.6
"""Coverage from which a point counts as covered: nothing is said to be missing."""
TOUCHED = 0.4
"""Coverage from which a passage can be said to touch upon a point; below, it is the nearest there is, and may be about something else."""
PRAISED_FROM = 0.25
"""Specificity: in an answer that stays general nothing is praised."""
OFF_TOPIC_MOST, IN_DOUBT_MOST = 15.0, 60.0
"""What an answer can score at most, below which it is off the topic, and below which that is in doubt."""
CONCRETE_ENOUGH = 0.65
_GIVES_REASON = re.compile(r"\bbecause\b|\bso that\b|\btherefore\b|, so\b|\bsince\b(?! then)", re.IGNORECASE)
MOST_POINTS = 3
"""Of one kind in one report: more is not read."""

GOOD_PARTS = {
    "situation": N_("You said where and when it happened: “{words}”"),
    "task": N_("You said what was yours to do: “{words}”"),
    "action": N_("You said what you yourself did or would do: “{words}”"),
    "result": N_("You said what came of it: “{words}”"),
    "claim": N_("You took a position at the beginning: “{words}”"),
    "reason": N_("You gave a reason: “{words}”"),
    "example": N_("You gave an example: “{words}”"),
    "limits": N_("You said where it does not hold: “{words}”"),
    "consequence": N_("You said what follows from it: “{words}”"),
    "assessment": N_("You would find out first: “{words}”"),
    "follow-up": N_("You said what you would do afterwards: “{words}”"),
}
MISSING_PARTS = {
    "situation": N_("Before “{words}”, it remains unclear where and when this happened."),
    "task": N_("After “{words}”, it remains unclear what was yours to do."),
    "action": N_("After “{words}”, it remains unclear what you yourself did or would do."),
    "result": N_("After “{words}”, it remains unclear what came of it."),
    "claim": N_("The answer begins with “{words}”; no clear position was found there."),
    "reason": N_("After “{words}”, there is no reason: no “because”, no “so that”."),
    "example": N_("After “{words}”, there is no example."),
    "limits": N_("After “{words}”, it remains unclear where it does not hold, or what it costs."),
    "consequence": N_("After “{words}”, it remains unclear what follows from it for your work."),
    "assessment": N_("The answer begins with “{words}”, and not with what you would find out first."),
    "follow-up": N_("After “{words}”, it remains unclear what you would do afterwards."),
}
BETTER_PARTS = {
    "situation": N_("Begin with one sentence on where and when it was, then go on with “{words}”."),
    "task": N_("Go on from “{words}” with one sentence on what was expected of you."),
    "action": N_("Go on from “{words}” with sentences that begin with “I”: what you did first, and what next."),
    "result": N_("Go on from “{words}” with how it ended, and by how much."),
    "claim": N_("Put your answer in one sentence before “{words}”."),
    "reason": N_("Go on from “{words}” with “because”."),
    "example": N_("Go on from “{words}” with “for example”, and one case you know yourself."),
    "limits": N_("Go on from “{words}” with a case in which you would decide otherwise."),
    "consequence": N_("Go on from “{words}” with what you do differently because of it."),
    "assessment": N_("Before “{words}”, say what you would ask or look at first."),
    "follow-up": N_("Go on from “{words}” with what you would check or change afterwards."),
}
BEGINNINGS = frozenset({"situation", "claim", "assessment"})
"""These belong before the answer's first sentence."""
ENDINGS = frozenset({"result", "limits", "consequence", "follow-up"})
"""And these behind its last; the others behind the part that precedes them."""


def good_words(sentences: Sequence[Sentence], language: Language) -> Iterator[Statement]:
    """What can be praised, because there is a passage that shows it: each passage once."""
    praised: list[str] = []
    for statement in _praise(sentences, language):
        said = statement.quotation
        if said and not any(said in other or other in said for other in praised):
            praised.append(said)
            yield statement


def _praise(sentences: Sequence[Sentence], language: Language) -> Iterator[Statement]:
    if most(language) < IN_DOUBT_MOST or (language.specificity.value or 0) < PRAISED_FROM:
        return
    covered = [point for point in language.points if point.is_clear and point.evidence is not None]
    for point in sorted(covered, key=lambda each: -each.coverage)[:MOST_POINTS]:
        yield _naming("content", N_("You covered “{point}”: “{words}”"), point.evidence, point=point.point)
    for part in language.structure_parts:
        if part.evidence and _is_praised(part.name, part.evidence, sentences, language):
            yield _naming("structure", GOOD_PARTS[part.name], part.evidence)
    if (language.specificity.value or 0) >= CONCRETE_ENOUGH and language.specifics:
        yield _naming(
            "content", N_("This is concrete, it can be pictured and checked: “{words}”"), language.specifics[0]
        )


def _is_praised(name: str, evidence: Quotation, sentences: Sequence[Sentence], language: Language) -> bool:
    """Markers alone show a part, and prove none: a result has a figure, and is not what the answer begins with; a deed or a reason is
    concrete."""
    if name == "result":
        return NUMBER.search(evidence.text) is not None and all(evidence.text != first.text for first in sentences[:1])
    is_concrete = any(evidence.text == each.text for each in language.specifics)
    return is_concrete and (name == "action" or (name == "reason" and _GIVES_REASON.search(evidence.text) is not None))


def word_findings(
    question: str, sentences: Sequence[Sentence], language: Language, scores: Scores
) -> Iterator[Finding]:
    """What is missing in the words."""
    if language.reason in NOTHING_SAID:
        yield _empty(question, scores)
        return
    if language.reason is not None or not sentences:
        return
    if (language.question_overlap.value or 0) > PARROTED[0] and most(language) < IN_DOUBT_MOST:
        yield _parroted(sentences[0].quotation, language, _all_words(scores))
    elif most(language) < OFF_TOPIC_MOST:
        yield _off_topic(question, sentences[0].quotation, _all_words(scores))
    else:
        if most(language) < IN_DOUBT_MOST:
            yield _in_doubt(question, sentences[0].quotation, topic_gain(scores))
        yield from _points(sentences, language, scores)
        yield from _parts(sentences, language, scores)
        yield from _vague(sentences, language, scores)


def _all_words(scores: Scores) -> float:
    return whole_gain(scores, "content") + whole_gain(scores, "structure")


def _empty(question: str, scores: Scores) -> Finding:
    values: dict[str, str | float | int] = {"question": question}
    better = N_("Two sentences are a beginning: one that answers “{question}”, and one with an example.")
    gain = _all_words(scores)
    return Finding(
        Statement(category="content", message=N_("There is no answer to “{question}”."), values=values, gain=gain),
        Statement(category="content", message=better, values=values, gain=gain),
    )


def _parroted(first: Quotation, language: Language, gain: float) -> Finding:
    percent = round(100 * (language.question_overlap.value or 0))
    missing = N_("{percent} percent of your words are the question's own, as in “{words}”.")
    better = N_("After “{words}”, say something the question does not say: a case, a number, what you did.")
    return Finding(
        _naming("content", missing, first, gain, percent=percent),
        _naming("content", better, first, gain, end=True),
    )


def _off_topic(question: str, first: Quotation, gain: float) -> Finding:
    missing = N_("“{words}” and what follows it is hardly about the question, “{question}”.")
    better = N_("Before “{words}”, answer “{question}” in one sentence; then keep only what supports it.")
    return Finding(
        _naming("content", missing, first, gain, question=question),
        _naming("content", better, first, gain, question=question),
    )


def _in_doubt(question: str, first: Quotation, gain: float) -> Finding:
    missing = N_(
        "It is not clear that “{words}” and what follows it answers the question, “{question}”, so your words count only in part."
    )
    better = N_("Take up the question's own terms in one sentence, “{question}”, then go on with “{words}”.")
    return Finding(
        _naming("content", missing, first, gain, question=question),
        _naming("content", better, first, gain, question=question),
    )


def _points(sentences: Sequence[Sentence], language: Language, scores: Scores) -> Iterator[Finding]:
    lacking = sum(1 - point.coverage for point in language.points) or 1.0
    worst = sorted((point for point in language.points if point.coverage < COVERED), key=lambda each: each.coverage)
    for point in worst[:MOST_POINTS]:
        gain = gain_of(scores, "content", "coverage", (1 - point.coverage) / lacking)
        if point.evidence is not None and point.coverage >= TOUCHED:
            yield _touched(point, point.evidence, gain)
        else:
            yield _uncovered(point, point.evidence or point.nearest or sentences[-1].quotation, gain)


def _touched(point: CoveredPoint, where: Quotation, gain: float) -> Finding:
    missing = N_("“{words}” touches upon “{point}”, but not in detail.")
    better = N_("Go into detail on “{point}” at “{words}”: a number, a name or a step you took.")
    return Finding(
        _naming("content", missing, where, gain, point=point.point),
        _naming("content", better, where, gain, point=point.point),
    )


def _uncovered(point: CoveredPoint, nearest: Quotation, gain: float) -> Finding:
    missing = N_("Little is said on “{point}”; the nearest you came to it was “{words}”.")
    better = N_("Add a sentence on “{point}” after “{words}”.")
    return Finding(
        _naming("content", missing, nearest, gain, point=point.point),
        _naming("content", better, nearest, gain, point=point.point, end=True),
    )


def _parts(sentences: Sequence[Sentence], language: Language, scores: Scores) -> Iterator[Finding]:
    for index, part in enumerate(language.structure_parts):
        if not part.found and part.name in MISSING_PARTS:
            place = _place_for(part, language.structure_parts[:index], sentences)
            gain, end = gain_of(scores, "structure", part.name), part.name not in BEGINNINGS
            yield Finding(
                _naming("structure", MISSING_PARTS[part.name], place, gain, end=end),
                _naming("structure", BETTER_PARTS[part.name], place, gain, end=end),
            )


def _place_for(part: StructurePart, before: Sequence[StructurePart], sentences: Sequence[Sentence]) -> Quotation:
    """The sentence next to which the part belongs."""
    if part.name in BEGINNINGS:
        return sentences[0].quotation
    if part.name in ENDINGS:
        return sentences[-1].quotation
    return next((each.evidence for each in reversed(before) if each.evidence is not None), sentences[0].quotation)


def _vague(sentences: Sequence[Sentence], language: Language, scores: Scores) -> Iterator[Finding]:
    if language.specificity.value is None or language.specificity.value >= CONCRETE_ENOUGH:
        return
    concrete = {quotation.text for quotation in language.specifics}
    vague = [sentence for sentence in sentences if sentence.text not in concrete] or sentences
    longest = max(vague, key=lambda sentence: len(sentence.text))
    gain = gain_of(scores, "content", "specificity")
    missing = N_("“{words}” stays rather general: few numbers, names or steps of yours are in it.")
    if longest.text in concrete:
        missing = N_("Much of the answer stays general; only “{words}” is concrete.")
    better = N_("Say “{words}” again with one case: who, how many, and what you did.")
    yield Finding(
        _naming("content", missing, longest.quotation, gain), _naming("content", better, longest.quotation, gain)
    )


def _naming(
    category: str,
    message: str,
    quotation: Quotation | None,
    gain: float = 0.0,
    *,
    end: bool = False,
    **values: str | float | int,
) -> Statement:
    """A statement whose ``{words}`` are the first, or with ``end`` the last, of what it quotes."""
    text = quotation.text if quotation else ""
    return Statement(
        category=category,
        message=message,
        values={"words": tail(text) if end else head(text), **values},
        moment=moment_of(quotation),
        quotation=text or None,
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
