"""Whether an answer has the parts that its kind of question asks for, and where.

Behavioral: situation, task, action, result (STAR; structured behavioural interviewing, Janz 1982). Technical and cultural: a claim, its
reason, an example, and limits or consequences (Toulmin's argument: claim, warrant, grounds, rebuttal). Situational: finding out first,
actions, reasons, and what follows. A part is known by the words that mark it (discourse markers; Prasad et al. 2008, the Penn Discourse
TreeBank, lists them), and by its place where the part has one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intervi.analysis.figures import Quotation, StructurePart
from intervi.analysis.sentences import Sentence, words_of
from workers.language.specificity import NAMED, NUMBER, PAST_ACTION, PRESENT_ACTION, WOULD_ACTION

SHORTEST_PART_WORDS = 4


def _phrases(text: str) -> re.Pattern[str]:
    """Any of the phrases, written with bars between them; each may be a pattern."""
    phrases = [phrase.strip() for phrase in re.split(r"\|(?![^()]*\))", text) if phrase.strip()]
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
GENERAL = _phrases(
    r"""often | usually | sometimes | always | in general | everybody | (?:is|are|very|super|really|so) (?:\w+ )?important | is key
    | are key | it depends"""
)
"""A sentence that speaks of how things are in general is no part of a story; with a number it may be."""
_REASON = _phrases(
    "because | since | so that | therefore | the reason | that is why | due to | which means | as it | otherwise | in order to"
)
_SO = re.compile(r", so\b", re.IGNORECASE)
_RESULT = _phrases(
    r"""as a result | in the end | since then | afterwards | after that | eventually | finally | led to | which saved | turned out
    | the outcome | the result | fell | dropped | rose | reduced | increased | decreased | raised | saved | doubled | halved | improved
    | shipped | solved | recovered | came back | (?:went|go|goes|fall|moved|took|turned) (?:down|from|that) | (?:went|go|goes|moved) up
    | now .{0,20}I | I .{0,10}now
    | was (?:fixed|solved|paid|back|down)"""
)
_EXAMPLE = _phrases(
    rf"""for example | for instance | such as | say | e\.g | (?:at|in) my (?:last|current|previous) | once | last (?:year|month|week)
    | in (?:{_MONTHS}|spring|autumn|(?:19|20)\d\d)"""
)
_SITUATION = _phrases(
    rf"""last | ago | when I | at my | in my | at a | was working | we had | there was | used to | until | our | a customer | a colleague
    | in (?:(?:19|20)\d\d|{_MONTHS})"""
)
_TASK = _phrases(
    """my (?:task|job|role|goal|part) | responsible | in charge | had to | needed to | was asked | asked me | supposed to
    | the (?:goal|aim|target) | we wanted | I wanted | wanted | should | the deadline | could not"""
)
_CLAIM = _phrases(
    "is | are | means | keeps | would | start | begin | read | choose | use | look | put | measure | check"
)
_LIMITS = _phrases(
    """but | however | unless | except | instead | rather than | do not | would not | although | trade-off | depends | downside
    | only | risk | avoid"""
)
_ASSESSMENT = _phrases(
    """find out | ask | check | look at | look for | understand | clarify | list | sort | which | what | why | who is | collect | test
    | measure | compare | evidence"""
)
_FOLLOW_UP = _phrases(
    """afterwards | after that | finally | at the end | later | then tell | follow up | report | if (?:it|they|not|the)
    | review | next time"""
)
_STANCE = _phrases(
    """I (?:do|prefer|value|like|believe|think|was|used to|get|am|work|want) | best | honestly | matters | convinced"""
)
_CONSEQUENCE = _phrases("that is why | from then on | I now | since I | what I learned | now I")


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
        Part("situation", (_SITUATION,), first_share=0.5),
        Part("task", (_TASK,), first_share=0.8),
        Part("action", (PAST_ACTION,)),
        Part("result", (_RESULT,)),
    ),
    "technical": (
        Part("claim", (_CLAIM,), first_share=0.4),
        Part("reason", (_REASON, _SO)),
        Part("example", (_EXAMPLE, NUMBER, NAMED)),
        Part("limits", (_LIMITS,)),
    ),
    "situational": (
        Part("assessment", (_ASSESSMENT,), first_share=0.6),
        Part("action", (WOULD_ACTION, PRESENT_ACTION)),
        Part("reason", (_REASON, _SO, _EXAMPLE)),
        Part("follow-up", (_FOLLOW_UP,)),
    ),
    "cultural": (
        Part("claim", (_STANCE,), first_share=0.5),
        Part("reason", (_REASON, _SO)),
        Part("example", (_EXAMPLE, PAST_ACTION)),
        Part("consequence", (_RESULT, _CONSEQUENCE)),
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
    """The first sentence that shows the part; of several that tell of actions, that in which the speaker alone does most; of
    several results, the last that has a figure."""
    shown = list(_showing(sentences, part))
    if part.name == "result" and (counted := [each for each in shown if NUMBER.search(each.fluent)]):
        return counted[-1].quotation
    if part.name != "action":
        return shown[0].quotation if shown else None
    return max(shown, key=lambda each: _own_actions(each.fluent, part)).quotation if shown else None


def _own_actions(text: str, part: Part) -> int:
    return sum(match.group().startswith(("I", "i")) for cue in part.cues for match in cue.finditer(text))


def _showing(sentences: Sequence[Sentence], part: Part) -> Iterator[Sentence]:
    lengths = [len(words_of(sentence.fluent)) for sentence in sentences]
    before = 0
    for sentence, length in zip(sentences, lengths, strict=True):
        if before > part.first_share * sum(lengths):
            return
        before += length
        general = GENERAL.search(sentence.fluent) and not NUMBER.search(sentence.fluent)
        if length >= SHORTEST_PART_WORDS and not general and any(cue.search(sentence.fluent) for cue in part.cues):
            yield sentence
