"""Words for people of the reasons why something was not measured."""

from intervi.analysis.figures import Figure, Reason
from intervi.translation import N_, _, fill

WORDS: dict[Reason, str] = {
    Reason.NO_SOUND: N_("the recording has no sound"),
    Reason.NO_VOICE: N_("no voice was heard in the recording"),
    Reason.NO_PICTURE: N_("there is no picture"),
    Reason.NO_FACE: N_("no face was seen in the picture"),
    Reason.NO_SHOULDERS: N_("your shoulders were not in the picture"),
    Reason.NO_NEUTRAL: N_("your face was seen for too short a time to know how it looks at rest"),
    Reason.TOO_SHORT: N_("the answer is too short for it"),
    Reason.NO_WORDS: N_("no words were found in the answer"),
    Reason.ROUGH_TRANSCRIPT: N_("the transcript is rough; correct it, and this will be measured"),
    Reason.NO_QUESTION: N_("it is not known what a good answer to this question covers"),
    Reason.IN_WRITING: N_("the answer was written"),
    Reason.SWITCHED_OFF: N_("it is switched off"),
    Reason.STAGE_FAILED: N_("this step of the analysis failed; you can try it again"),
}


def reason_words(reason: Reason) -> str:
    """The reason as part of a sentence, in the current locale."""
    return _(WORDS[reason])


def not_measured(figure: Figure) -> str:
    """``not measured, because …`` for a figure that has no value.

    Raises:
        ValueError: the figure has a value.
    """
    if figure.reason is None:
        raise ValueError("this figure was measured")
    return fill(N_("not measured, because {reason}"), {"reason": reason_words(figure.reason)})
