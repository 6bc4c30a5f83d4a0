"""The answer's own sentences in the order that its kind of question asks for, with the gaps named. No word is put into anybody's mouth."""

from collections.abc import Sequence

from intervi.analysis.figures import StructurePart
from intervi.analysis.sentences import Sentence
from intervi.translation import N_, _

GAPS = {
    "situation": N_("[Here: where and when it was]"),
    "task": N_("[Here: what was yours to do]"),
    "action": N_("[Here: what you did, step by step]"),
    "result": N_("[Here: what came of it, with a figure]"),
    "claim": N_("[Here: your answer in one sentence]"),
    "reason": N_("[Here: why]"),
    "example": N_("[Here: one case you know yourself]"),
    "limits": N_("[Here: when it does not hold, or what it costs]"),
    "consequence": N_("[Here: what you do differently because of it]"),
    "assessment": N_("[Here: what you would find out first]"),
    "follow-up": N_("[Here: what you would do afterwards]"),
}
FEWEST_PARTS = 2
"""With fewer parts there is nothing to put in order."""


def rewrite(sentences: Sequence[Sentence], parts: Sequence[StructurePart]) -> str | None:
    """All sentences, each with the part it belongs to, the parts in their order; ``None`` where that changes nothing.

    A sentence belongs to the part whose evidence it is, and else to that of the sentence before it.
    """
    found = {part.evidence.text: part.name for part in reversed(parts) if part.evidence is not None}
    shown = {found[sentence.text] for sentence in sentences if sentence.text in found}
    if len({part.name for part in parts if part.found}) < FEWEST_PARTS or not shown:
        return None
    belongs = _belonging(sentences, found)
    pieces: list[str] = []
    order: list[Sentence] = []
    for part in parts:
        if not part.found:
            pieces.append(_(GAPS[part.name]))
        own = [sentence for sentence, name in zip(sentences, belongs, strict=True) if name == part.name]
        order += own
        pieces += [sentence.text for sentence in own]
    unchanged = order == list(sentences) and all(part.found for part in parts)
    return None if unchanged else " ".join(pieces)


def _belonging(sentences: Sequence[Sentence], found: dict[str, str]) -> list[str]:
    first = next(found[sentence.text] for sentence in sentences if sentence.text in found)
    belongs: list[str] = []
    for sentence in sentences:
        belongs.append(found.get(sentence.text, belongs[-1] if belongs else first))
    return belongs
