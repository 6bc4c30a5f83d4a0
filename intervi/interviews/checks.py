"""What the fields of an interview must keep to, whoever sends them."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from intervi.errors import InvalidInput
from intervi.interviews.models import Persona, SessionType
from intervi.questions import bank, choice
from intervi.translation import _, fill

DURATION_MINUTES = range(5, 181)

_LONGEST = {"domain": 200, "job_title": 300, "job_description": 20_000}


def check_fields(given: Mapping[str, Any]) -> None:
    """Refuses fields that break a rule.

    Args:
        given: By the names of ``interviews.service.create``; some or all of them.

    Raises:
        InvalidInput: naming each field that breaks its rule.
    """
    rules = _rules()
    details = {
        field: [rules[field][1]] for field, value in given.items() if field in rules and not rules[field][0](value)
    }
    if details:
        raise InvalidInput(_("Please check what you entered."), details=details)
    for field, longest in _LONGEST.items():
        check_text(field, given.get(field, ""), longest)


def check_text(field: str, text: str, longest: int) -> None:
    """Refuses what PostgreSQL cannot keep, and what is too long.

    Raises:
        InvalidInput: naming the field.
    """
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput(
            _("Please check what you entered."), details={field: [_("This has characters that are no text.")]}
        )
    if len(text) > longest:
        too_long = fill("At most {count} characters, please.", {"count": longest})
        raise InvalidInput(too_long, details={field: [too_long]})


def _rules() -> dict[str, tuple[Callable[[Any], bool], str]]:
    """By field: whether a value keeps its rule, and what to say if not."""
    return {
        "session_type": (lambda value: value in list(SessionType), _("Choose mock, video, audio or text.")),
        "question_kind": (
            lambda value: value in (choice.MIXED, *get_args(bank.QuestionType)),
            _("Choose technical, behavioral, situational, cultural or mixed."),
        ),
        "difficulty": (lambda value: value in get_args(bank.Difficulty), _("Choose junior, mid or senior.")),
        "persona": (lambda value: value in list(Persona), _("Choose Tech, HR, Manager or Behavioral.")),
        "duration_minutes": (lambda value: value in DURATION_MINUTES, _("Choose 5 to 180 minutes.")),
        "scheduled_at": (
            lambda value: value is None or value.tzinfo is not None,
            _("Say the time zone of this time."),
        ),
    }
