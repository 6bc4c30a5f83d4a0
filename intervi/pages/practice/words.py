"""The words for what can be chosen, by the words of the database."""

from intervi.interviews.models import Persona, SessionType
from intervi.pages.practice.choices import planned_questions
from intervi.questions import bank
from intervi.translation import _, fill, fill_count

MINUTES = (10, 20, 40)


def domains() -> dict[str, str]:
    """Slug → title of the fields one can practise for."""
    return {domain.slug: domain.title for domain in bank.domains()}


def english_questions() -> str:
    """For readers of another language: the bank speaks English, and answers are measured against its points."""
    return _(
        "The questions are in English, and so are the points that answers are measured by. Please answer in English."
    )


def personas() -> dict[str, str]:
    """Who asks."""
    return {
        Persona.TECH: _("Someone technical"),
        Persona.HR: _("Human resources"),
        Persona.MANAGER: _("The hiring manager"),
        Persona.BEHAVIORAL: _("A behavioural interviewer"),
    }


def lengths() -> dict[int, str]:
    """How long it takes."""
    return {minutes: fill("{minutes} minutes", {"minutes": minutes}) for minutes in MINUTES}


def length_notes() -> dict[int, str]:
    """How many questions that is."""
    notes = {}
    for minutes in MINUTES:
        count = planned_questions(minutes)
        notes[minutes] = fill_count("{count} question", "{count} questions", count)
    return notes


def ways() -> dict[str, str]:
    """How one answers."""
    return {
        SessionType.VIDEO: _("On camera"),
        SessionType.AUDIO: _("Voice only"),
        SessionType.TEXT: _("In writing"),
    }


def way_notes() -> dict[str, str]:
    """What that means for the report."""
    return {
        SessionType.VIDEO: _("Content, voice, eye contact and posture"),
        SessionType.AUDIO: _("Content and voice"),
        SessionType.TEXT: _("Content alone"),
    }
