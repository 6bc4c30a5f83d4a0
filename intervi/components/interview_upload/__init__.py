"""Sending in the recording of an interview of others: a call of the hiring contract, with its progress, which no form of Reflex has."""

import reflex as rx

from intervi.recordings.whole_interview import MAX_CONSENT_CHARACTERS
from intervi.translation import _

_LIBRARY = rx.asset("interview_upload.jsx", shared=True).importable_path


class InterviewUpload(rx.Component):
    """The form: a file, what it is, and who agreed to it."""

    library = _LIBRARY
    tag = "InterviewUpload"

    interview: rx.Var[str]
    """The interview's id."""
    words: rx.Var[dict]
    longest_consent: rx.Var[int]
    on_sent: rx.EventHandler[rx.event.no_args_event_spec]
    """The server has it."""


def interview_upload(interview_id: rx.Var[str], on_sent: rx.EventHandler) -> rx.Component:
    """The form for one interview."""
    return InterviewUpload.create(
        interview=interview_id,
        longest_consent=MAX_CONSENT_CHARACTERS,
        on_sent=on_sent,
        words={
            "file": _("Recording"),
            "kind": _("It is"),
            "video": _("picture and sound"),
            "audio": _("sound alone"),
            "consent": _("Who agreed to being recorded"),
            "consentHint": _("Kept in the interview's timeline, with the time."),
            "send": _("Send it in"),
            "sending": _("Sending: {percent} %"),
            "sent": _("The recording has arrived. Its analysis has begun."),
            "choose": _("Choose a file."),
            "unreachable": _("The server cannot be reached. Please try again in a moment."),
        },
    )
