"""What an interview's owner wishes of a live assistant, and what the job asks for: kept with the interview."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from babel.core import Locale, UnknownLocaleError

from intervi.errors import InvalidInput
from intervi.interviews.models import Interview
from intervi.translation import _

_KEY = "assistant"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")


@dataclass(frozen=True, slots=True)
class Preferences:
    """As an interview begins with, unless it is said otherwise."""

    transcription: bool = True
    suggestions: bool = True
    """Whether responses are suggested for a question."""
    confidence_threshold: float = 0.8
    """0 to 1: suggested responses below it are not shown."""
    language: str = "en"
    """A language tag (BCP 47): what is spoken, and what suggestions are written in."""
    company: str = ""
    requirements: tuple[str, ...] = ()
    """Of the job."""


def preferences_of(interview: Interview) -> Preferences:
    """The preferences of an interview, whatever made it."""
    kept = interview.preferences.get(_KEY, {})
    return Preferences(**{**kept, "requirements": tuple(kept.get("requirements", ()))})


def prefer(interview: Interview, changes: Mapping[str, Any]) -> None:
    """Changes some preferences of an interview that its caller holds; the others stay.

    Args:
        changes: By the names of ``Preferences``' fields.

    Raises:
        InvalidInput: naming ``preferred_language``, if it is no language.
    """
    assert changes.keys() <= {field.name for field in fields(Preferences)}
    changed = replace(preferences_of(interview), **changes)
    _check_language(changed.language)
    interview.preferences = {**interview.preferences, _KEY: asdict(changed)}


def spoken_language(interview: Interview) -> str:
    """What is spoken in it, as ISO 639 has it: ``en`` for ``en-GB``."""
    return preferences_of(interview).language.partition("-")[0].lower()


def _check_language(tag: str) -> None:
    try:
        if not _LANGUAGE.match(tag):
            raise ValueError(tag)
        Locale.parse(tag.partition("-")[0].lower())
    except (ValueError, UnknownLocaleError):
        text = _("This is no language we know, such as en or pt-BR.")
        raise InvalidInput(text, details={"preferred_language": [text]}) from None
