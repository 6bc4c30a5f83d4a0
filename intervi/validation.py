"""What pydantic found wrong, by field and in words that a candidate understands."""

from collections.abc import Mapping, Sequence
from typing import Any

from intervi.translation import _


def details_of(problems: Sequence[Any], *, skip: int = 0) -> dict[str, list[str]]:
    """The texts for each field; ``body`` for the whole.

    Args:
        problems: ``errors()`` of pydantic or FastAPI.
        skip: How many parts of a place to leave out at its beginning.
    """
    details: dict[str, list[str]] = {}
    for problem in problems:
        name = ".".join(str(part) for part in problem["loc"][skip:]) or "body"
        details.setdefault(name, []).append(_problem_text(problem))
    return details


def _problem_text(problem: Mapping[str, Any]) -> str:
    """A problem in our words; in pydantic's own where we have none."""
    template = _problem_texts().get(problem["type"])
    return template.format(**problem.get("ctx", {})) if template else str(problem["msg"])


def _problem_texts() -> dict[str, str]:
    return {
        "missing": _("This is required."),
        "string_type": _("This must be text."),
        "string_too_short": _("This must have at least {min_length} characters."),
        "string_too_long": _("This must have at most {max_length} characters."),
        "string_unicode": _("This has characters that are no text."),
        "string_pattern_mismatch": _("This must be text, and not blank."),
        "int_type": _("This must be a whole number."),
        "int_parsing": _("This must be a whole number."),
        "float_type": _("This must be a number."),
        "float_parsing": _("This must be a number."),
        "finite_number": _("This must be a finite number."),
        "bool_type": _("This must be true or false."),
        "list_type": _("This must be a list."),
        "dict_type": _("This must be an object."),
        "model_type": _("This must be an object."),
        "model_attributes_type": _("This must be an object."),
        "literal_error": _("This must be one of {expected}."),
        "greater_than": _("This must be more than {gt}."),
        "greater_than_equal": _("This must be at least {ge}."),
        "less_than": _("This must be less than {lt}."),
        "less_than_equal": _("This must be at most {le}."),
        "value_error": "{error}",
    }
