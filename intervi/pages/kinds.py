"""The kinds of questions and their levels in words, by the words of the database: every page takes them from here."""

from intervi.translation import _


def titles() -> dict[str, str]:
    """Of each kind of question."""
    return {
        "technical": _("Technical"),
        "behavioral": _("Behavioural"),
        "situational": _("Situational"),
        "cultural": _("Culture and values"),
    }


def choices() -> dict[str, str]:
    """What an interview can ask about."""
    return {"mixed": _("A mix of everything"), **titles()}


def within_a_sentence() -> dict[str, str]:
    """As in “Practise technical questions”."""
    return {
        "technical": _("technical questions"),
        "behavioral": _("behavioural questions"),
        "situational": _("situational questions"),
        "cultural": _("questions on culture and values"),
    }


def above_a_question() -> dict[str, str]:
    """As the room says it above the question."""
    return {
        "technical": _("A technical question"),
        "behavioral": _("A question about what you did"),
        "situational": _("A question about what you would do"),
        "cultural": _("A question about how you like to work"),
    }


def levels() -> dict[str, str]:
    """How difficult the questions are."""
    return {"junior": _("Junior"), "mid": _("Mid-level"), "senior": _("Senior")}
