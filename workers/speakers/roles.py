"""Which of two voices is the interviewer's: who asks, says less, and speaks first."""

import re
from collections.abc import Sequence

from intervi.analysis.figures import Word
from workers.speakers.clustering import Turn

_ASKS = re.compile(
    r"\b(what|why|how|when|where|who|which|tell me|can you|could you|would you|have you|do you|did you|are you|describe|explain|"
    r"walk me through|give me|let's|next question)\b",
    re.IGNORECASE,
)
_OF_ASKING, _OF_SAYING_LESS, _OF_SPEAKING_FIRST = 2.0, 1.0, 0.5
"""Weights: what is asked tells most; it is there only where words are."""
_JOINING_SECONDS = 2.0
"""Turns of one speaker this close are one utterance."""


def interviewer_of(turns: Sequence[Turn], words: Sequence[Word]) -> tuple[int, float]:
    """The label of the interviewer, and by how much the signs speak for it (0: not at all, 1: all of them).

    Args:
        turns: in their order, of two speakers.
        words: recognised in the same recording; none, or unsure ones, just tell less.
    """
    asked = [_questions(turns, words, speaker) for speaker in (0, 1)]
    spoken = [sum(turn.end - turn.start for turn in turns if turn.speaker == speaker) for speaker in (0, 1)]
    signs = (
        _OF_ASKING * (asked[0] - asked[1]) / max(1, sum(asked))
        + _OF_SAYING_LESS * (spoken[1] - spoken[0]) / sum(spoken)
        + _OF_SPEAKING_FIRST * (1 if turns[0].speaker == 0 else -1)
    )
    total = _OF_ASKING + _OF_SAYING_LESS + _OF_SPEAKING_FIRST
    return (0 if signs >= 0 else 1), abs(signs) / total


def _questions(turns: Sequence[Turn], words: Sequence[Word], speaker: int) -> int:
    """How many utterances of a speaker begin, or go on, as questions do."""
    count, last_end, text = 0, None, ""
    for turn in turns:
        if turn.speaker != speaker:
            continue
        if last_end is not None and turn.start - last_end > _JOINING_SECONDS:
            count, text = count + _is_question(text), ""
        text += " " + " ".join(word.text for word in words if turn.start <= (word.start + word.end) / 2 <= turn.end)
        last_end = turn.end
    return count + _is_question(text)


def _is_question(text: str) -> bool:
    words = text.split()
    return text.rstrip().endswith("?") or (len(words) <= 40 and bool(_ASKS.search(" ".join(words[:12]))))
