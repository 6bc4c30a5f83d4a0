"""Whether an answer has the parts that its kind of question asks for, and where.

Behavioral: situation, task, action, result (STAR; structured behavioural interviewing, Janz 1982). Technical and cultural: a claim, its
reason, an example, and limits or consequences (Toulmin's argument: claim, warrant, grounds, rebuttal). Situational: finding out first,
actions, reasons, and what follows. A part is known by the words that mark it (discourse markers; Prasad et al. 2008, the Penn Discourse
TreeBank, lists them), and by its place where the part has one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intervi.analysis.figures import Quotation, StructurePart
from intervi.analysis.sentences import Sentence, words_of
from workers.language.specificity import NAMED, NUMBER, PAST_ACTION, PRESENT_ACTION, WOULD_ACTION

SHORTEST_PART_WORDS = 4
GENERAL = re.compile(
    r"\b(?:often|usually|sometimes|always|in general|everybody|(?:is|are|very|super|really|so) (?:\w+ )?important|is key|are key|it depends)\b",
    re.IGNORECASE,
)
"""A sentence that speaks of how things are in general is no part of a story; with a number it may be."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_REASON = _any(
    r"\b(?:because|since|so that|therefore|the reason|that is why|due to|which means|as it|otherwise|in order to)\b",
    r", so\b",
)
_RESULT = _any(
    r"\b(?:as a result|in the end|since then|afterwards|after that|eventually|finally|led to|which saved|turned out|the outcome|the result)\b",
    r"\b(?:fell|dropped|rose|reduced|increased|decreased|raised|saved|doubled|halved|improved|shipped|solved|recovered|came back)\b",
    r"\b(?:went|go|goes|fall|moved|took|turned)\s(?:up|down|from|that)\b",
    r"\bnow\b.{0,20}\bI\b|\bI\b.{0,10}\bnow\b|\btoday I\b|\bwas (?:fixed|solved|paid|back|down)\b|\bstill use\b",
)
_EXAMPLE = _any(
    r"\b(?:for example|for instance|such as|say|e\.g\.|at my (?:last|current|previous)|in my (?:last|current|previous)|once|last (?:year|month|week))\b",
    r"\bin (?:january|february|march|april|may|june|july|august|september|october|november|december|spring|autumn|(?:19|20)\d\d)\b",
)


@dataclass(frozen=True)
class Part:
    """One part of a good answer's structure."""

    name: str
    cues: tuple[re.Pattern[str], ...]
    """Any of them marks it."""
    first_share: float = 1.0
    """Only within this first share of the answer."""


SCHEMES: dict[str, tuple[Part, ...]] = {
    "behavioral": (
        Part(
            "situation",
            (
                _any(
                    r"\b(?:last|ago|when I|at my|in my|at a|was working|we had|there was|used to|until|our|a customer|a colleague|my \w+ wanted)\b",
                    r"\bin (?:(?:19|20)\d\d|january|february|march|april|may|june|july|august|september|october|november|december)\b",
                ),
            ),
            first_share=0.5,
        ),
        Part(
            "task",
            (
                _any(
                    r"\b(?:my (?:task|job|role|goal|part)|responsible|in charge|had to|needed to|was asked|asked me|supposed to|the (?:goal|aim|target))\b",
                    r"\b(?:I was on call|we wanted|I wanted|wanted|should|the deadline|I had the right|could not|learned that)\b",
                ),
            ),
            first_share=0.8,
        ),
        Part("action", (PAST_ACTION,)),
        Part("result", (_RESULT,)),
    ),
    "technical": (
        Part(
            "claim",
            (_any(r"\b(?:is|are|means|keeps|would|start|begin|read|choose|use|look|put|measure|check)\b"),),
            first_share=0.4,
        ),
        Part("reason", (_REASON,)),
        Part("example", (_EXAMPLE, NUMBER, NAMED)),
        Part(
            "limits",
            (
                _any(
                    r"\b(?:but|however|unless|except|instead|rather than|do not|would not|although|trade-off|depends|downside|the price is|only|beside|risk|avoid)\b"
                ),
            ),
        ),
    ),
    "situational": (
        Part(
            "assessment",
            (
                _any(
                    r"\b(?:find out|ask|check|look at|look for|understand|clarify|list|sort|which|what|why|who is|collect|test|measure|compare|evidence)\b"
                ),
            ),
            first_share=0.6,
        ),
        Part("action", (WOULD_ACTION, PRESENT_ACTION)),
        Part("reason", (_REASON, _EXAMPLE)),
        Part(
            "follow-up",
            (
                _any(
                    r"\b(?:afterwards|after that|when it is over|finally|at the end|later|then tell|follow up|report|if (?:it|they|not|the))\b",
                    r"\b(?:review|next time)\b",
                ),
            ),
        ),
    ),
    "cultural": (
        Part(
            "claim",
            (
                _any(
                    r"\b(?:I (?:do|prefer|value|like|believe|think|was|used to|get|am|work|want)|best|honestly|matters|convinced|small|what helps)\b"
                ),
            ),
            first_share=0.5,
        ),
        Part("reason", (_REASON,)),
        Part("example", (_EXAMPLE, PAST_ACTION)),
        Part(
            "consequence",
            (
                _RESULT,
                _any(
                    r"\b(?:what I bring|in (?:bigger|other) \w+|when a team|when it is|I do the same|the week after)\b"
                ),
            ),
        ),
    ),
}


def measure_structure(sentences: Sequence[Sentence], question_type: str | None) -> tuple[float, list[StructurePart]]:
    """The share of the parts that are there, 0 to 1, and each with its evidence.

    Without a known type, the better of the story and the argument.
    """
    if question_type in SCHEMES:
        return _measure(sentences, SCHEMES[question_type])
    return max((_measure(sentences, SCHEMES[name]) for name in ("behavioral", "technical")), key=lambda each: each[0])


def _measure(sentences: Sequence[Sentence], scheme: Sequence[Part]) -> tuple[float, list[StructurePart]]:
    parts = [
        StructurePart(name=part.name, found=evidence is not None, evidence=evidence)
        for part in scheme
        for evidence in [_evidence(sentences, part)]
    ]
    return sum(part.found for part in parts) / len(parts), parts


def _evidence(sentences: Sequence[Sentence], part: Part) -> Quotation | None:
    lengths = [len(words_of(sentence.text)) for sentence in sentences]
    before = 0
    for sentence, length in zip(sentences, lengths, strict=True):
        if before > part.first_share * sum(lengths):
            return None
        before += length
        general = GENERAL.search(sentence.text) and not NUMBER.search(sentence.text)
        if length >= SHORTEST_PART_WORDS and not general and any(cue.search(sentence.text) for cue in part.cues):
            return sentence.quotation
    return None
