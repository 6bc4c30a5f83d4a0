"""The words of the report for the names that figures, scores and stages carry."""

from collections.abc import Mapping
from typing import Any

from intervi import formatting
from intervi.analysis.models import Stage
from intervi.coaching.names import PARTS
from intervi.translation import N_, _, fill, ngettext

UNITS = {
    "words/min": N_("words a minute"),
    "per min": N_("a minute"),
    "semitones": N_("semitones"),
    "points": N_("of 100"),
}

BASES = {
    "words": N_("counted in words"),
    "syllables": N_("counted in syllables, because the words are not sure"),
    "acoustic": N_("heard in the sound"),
    "transcript": N_("found in the transcript"),
}
HAVE_A_BASIS = frozenset({"pace", "fillers"})
"""The figures that can be taken in two ways, so that the page says in which."""

STAGES = {
    Stage.DECODE: N_("Open the recording"),
    Stage.TRANSCRIBE: N_("Write down the words"),
    Stage.SPEECH: N_("Listen to the voice"),
    Stage.VISION: N_("Look at the picture"),
    Stage.LANGUAGE: N_("Read what was said"),
    Stage.SCORES: N_("Work out the scores"),
    Stage.REPORT: N_("Write the report"),
}

ENGINES = {
    "typed": N_("typed by you"),
    "corrected": N_("corrected by you"),
}


def part(name: str) -> str:
    """The name of a score or of a part of one."""
    return _(PARTS[name]) if name in PARTS else name


def engine(name: str) -> str:
    """Who wrote down the words; a recogniser's name is its own."""
    return _(ENGINES[name]) if name in ENGINES else name


def judge(name: str) -> str:
    """Who judged what was said."""
    if name == "built-in":
        return _("judged by the built-in rubric")
    return fill(N_("judged by the model {name}"), {"name": name})


def found(stage: Stage, summary: Mapping[str, Any]) -> str:
    """What a finished stage has found, in a few words; empty if there is nothing to say."""
    match stage:
        case Stage.DECODE if summary.get("seconds"):
            return fill(N_("{length} recorded"), {"length": formatting.clock(summary["seconds"])})
        case Stage.TRANSCRIBE if "words" in summary:
            return ngettext("{count} word", "{count} words", summary["words"]).format(count=summary["words"])
        case Stage.SPEECH if "pauses" in summary:
            fillers, pauses = summary["fillers"], summary["pauses"]
            return ", ".join(
                [
                    ngettext("{count} filler", "{count} fillers", fillers).format(count=fillers),
                    ngettext("{count} pause", "{count} pauses", pauses).format(count=pauses),
                ]
            )
        case Stage.VISION if summary.get("face_share") is not None:
            return fill(N_("your face for {share} of the time"), {"share": formatting.percent(summary["face_share"])})
        case Stage.LANGUAGE if summary.get("points"):
            places = {"covered": summary["covered"], "points": summary["points"]}
            return fill(N_("{covered} of {points} points of a good answer"), places)
        case Stage.SCORES if summary.get("overall") is not None:
            return fill(N_("{score} of 100"), {"score": formatting.points(summary["overall"])})
        case _:
            return ""
