"""How concrete an answer is: numbers, named things, particular words, the speaker's own actions, and results.

Interviewers are told to look for just these (structured behavioural interviewing: Janz 1982; Campion, Palmer & Campion 1997). Each kind
counts up to what a good short answer needs, so that saying more of the same earns nothing; and the whole is taken times the share of the
words that stand in concrete sentences, so that general talk around them costs instead of earning; saying things again does likewise.
"""

import re
from collections.abc import Sequence

from intervi.analysis.figures import Quotation
from intervi.analysis.sentences import Sentence, words_of
from workers.language.stems import content_stems
from workers.language.terms import generality, terms

NUMBER = re.compile(
    r"\b(?:\d[\d.,:]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|nineteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundred|thousand|million|half|twice|double|zero|dozen|percent)\b",
    re.IGNORECASE,
)
EMPHASIS = re.compile(
    r"\b(?:one |a )?hundred(?: and \w+)? percent\b|\b1[01]0 ?(?:%|percent)|\b(?:360|three[- ]hundred[- ]and[- ]sixty)[- ]?degrees?\b"
    r"|\b24/7\b|\bnumber one\b",
    re.IGNORECASE,
)
"""Numbers that stress, and count nothing."""
NAMED = re.compile(r"(?<![.!?;:…]\s)(?<!^)(?<![\"'(])\b(?!I\b|I['’])(?:[A-Z][\w\-]+|[A-Za-z]+\d+\w*)|\b[A-Z]{2,}\b")
"""A capital inside a sentence, or letters with digits: a product, a place, a person, a method."""

STATES = (
    "am|was|were|be|been|had|have|has|felt|feel|thought|think|liked|like|loved|love|wanted|want|knew|know|believed|believe|tried|try|hoped"
    "|hope|prefer|preferred|guess|stayed|stay|learned|learnt|learn|lived|live|worked|work|got|get|grew|grow|can|could|will|would|should"
    "|may|might|must|do|did|does|need|needed|lose|lost|fell|really|often|usually|used|mean|strive|thrive|leverage|embrace|am|dealt|happened|agree"
)
"""What is no action one could have seen."""
IRREGULAR = (
    "found|wrote|built|took|made|went|ran|began|brought|bought|chose|cut|drew|drove|gave|held|kept|led|left|let|met|paid|put|read|sat"
    "|saw|sent|set|shut|sold|spent|spoke|stood|taught|told|turned|understood|won|showed|rode|hid|hit|rewrote|rebuilt|reset|split"
)
_ADVERBS = r"(?:also|then|first|therefore|finally|always|never|just|only|even|once|now|simply|still|\w+ly)"
PAST_ACTION = re.compile(rf"\b(?:I|we)\s+(?:{_ADVERBS}\s+)*(?!(?:{STATES})\b)(?:\w+ed|{IRREGULAR})\b", re.IGNORECASE)
PRESENT_ACTION = re.compile(
    rf"\b(?:I|we)\s+(?:{_ADVERBS}\s+)*(?!(?:{STATES}|{_ADVERBS})\b)(?!\w+ed\b)[a-z]+\b", re.IGNORECASE
)
WOULD_ACTION = re.compile(
    rf"\b(?:I|we)(?:['’]d|\s+would|\s+could)\s+(?:{_ADVERBS}\s+)*(?!(?:{STATES}|not|probably|{_ADVERBS})\b)[a-z]+\b",
    re.IGNORECASE,
)
RESULT = re.compile(
    r"\b(?:fell|dropped|rose|grew|went up|went down|increased|decreased|reduced|raised|cut|saved|gained|doubled|halved|improved|shipped"
    r"|launched|released|closed|fixed|solved|recovered|removed|decided|chose|introduced|adopted|came back|turned)\b"
    r"|\bfrom\b.{1,40}\bto\b|\bas a result\b|\bsince then\b|\bin the end\b|\bafterwards\b|\bso that\b|\bwhich (?:led|meant|showed|saved)\b",
    re.IGNORECASE,
)

CONCRETE_SENTENCE = 0.25
"""A sentence whose kinds weigh this much is concrete: most often a number or an action alone."""
SHOWN = 0.5
MOST_SHOWN = 5
ENOUGH = {"number": 2, "name": 1, "action": 3, "result": 1, "term": 7}
"""How many of each make the kind full."""
TERMS_OF_ANY = 2
"""So many particular words stand in any answer: they count from the next one on."""
DENSE = 0.14
"""Share of a sentence's words that are particular, from which they make it concrete."""
VARIETY_WORDS = 50
VARIETY_RAMP = (0.60, 0.82)
"""Share of different ones among so many words that follow one another, from which an answer repeats itself all the time, and from which
it does not."""
GENERAL_RAMP = (0.20, 0.45)
"""Share of general words (``terms``) up to which an answer is as concrete as its sentences, and from which it is not concrete at all."""
WEIGHTS = {
    "behavioral": {"number": 0.25, "name": 0.1, "action": 0.25, "result": 0.15, "term": 0.25},
    "situational": {"number": 0.2, "name": 0.05, "action": 0.15, "result": 0.1, "term": 0.5},
    "technical": {"number": 0.25, "name": 0.2, "action": 0.1, "result": 0.1, "term": 0.35},
    "cultural": {"number": 0.25, "name": 0.1, "action": 0.25, "result": 0.15, "term": 0.25},
}
"""What each kind weighs for each type of question: a story lives by deeds, an explanation by exact terms and figures. What somebody would
do is soon said; that it is thought through shows in the words for it."""
UNKNOWN_TYPE = "behavioral"


def actions(text: str, question_type: str | None) -> list[str]:
    """What the speaker did (or, where the question supposes something, would do): the words themselves."""
    patterns = {
        "behavioral": (PAST_ACTION,),
        "situational": (WOULD_ACTION, PRESENT_ACTION, PAST_ACTION),
    }.get(question_type or "", (PAST_ACTION, PRESENT_ACTION, WOULD_ACTION))
    return [match.group() for pattern in patterns for match in pattern.finditer(text)]


def concreteness(text: str, question_type: str | None, question: str = "") -> float:
    """0 to 1 of one passage: the weight of the kinds that it shows at all."""
    weights, counts = _weights(question_type), _counts([text], question_type, question)
    if len(terms(text, question)) < DENSE * len(words_of(text)):
        counts["term"] = 0
    return sum(weights[kind] for kind, count in counts.items() if count)


def measure_specificity(
    sentences: Sequence[Sentence], question_type: str | None, question: str = ""
) -> tuple[float, list[Quotation]]:
    """How concrete the answer is, 0 to 1, and the sentences that make it so, the most concrete first.

    Args:
        question: its own words and numbers make no answer concrete.
    """
    counts = _counts([sentence.fluent for sentence in sentences], question_type, question)
    weights = _weights(question_type)
    kinds = sum(weights[kind] * min(1.0, count / ENOUGH[kind]) for kind, count in counts.items())
    detail = {sentence: concreteness(sentence.fluent, question_type, question) for sentence in sentences}
    length = {sentence: len(words_of(sentence.fluent)) for sentence in sentences}
    share = sum(length[each] for each in sentences if detail[each] >= CONCRETE_SENTENCE) / sum(length.values())
    plain = plainness([sentence.fluent for sentence in sentences], question)
    ranked = sorted((each for each in sentences if detail[each] >= SHOWN), key=lambda each: -detail[each])
    return kinds * share * plain, [each.quotation for each in ranked[:MOST_SHOWN]]


def plainness(texts: Sequence[str], question: str = "") -> float:
    """0 to 1: how far an answer keeps from general words and from saying the same again. What it shows counts so far only."""
    return _rising(variety(texts), VARIETY_RAMP) * (1 - _rising(generality(" ".join(texts), question), GENERAL_RAMP))


def variety(texts: Sequence[str]) -> float:
    """The share of different stems among ``VARIETY_WORDS`` that follow one another, averaged over all such stretches (moving-average
    type-token ratio, Covington & McFall 2010): a long answer has no less of it than a short one."""
    stems = [stem for text in texts for stem in content_stems(text)]
    stretches = [stems[start : start + VARIETY_WORDS] for start in range(max(1, len(stems) - VARIETY_WORDS + 1))]
    return sum(len(set(each)) / len(each) for each in stretches) / len(stretches) if stems else 1.0


def _rising(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _weights(question_type: str | None) -> dict[str, float]:
    return WEIGHTS[question_type if question_type in WEIGHTS else UNKNOWN_TYPE]


def _counts(texts: Sequence[str], question_type: str | None, question: str) -> dict[str, int]:
    """How many different ones of each kind there are."""

    def different(found: Sequence[str]) -> set[str]:
        return {each.lower() for each in found}

    texts = [EMPHASIS.sub("", text) for text in texts]
    numbers = different([match for text in texts for match in NUMBER.findall(text)])
    names = different([match for text in texts for match in NAMED.findall(text)])
    return {
        "number": len(numbers - different(NUMBER.findall(question))),
        "name": len(names - different(words_of(question))),
        "action": len(different([match for text in texts for match in actions(text, question_type)])),
        "result": sum(bool(RESULT.search(text) and NUMBER.search(text)) for text in texts),
        "term": max(0, len(terms(" ".join(texts), question)) - TERMS_OF_ANY),
    }
