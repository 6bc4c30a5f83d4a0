"""Every text people read goes through here: gettext catalogues in ``locales/``, kept with Babel (``make messages``).

The English text is the message id, so English needs no catalogue of its own.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations

LOCALES = Path(__file__).parent / "locales"

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What the pages speak, each in its own words. The first is that of the texts in the code."""

current_locale: ContextVar[str] = ContextVar("current_locale", default="en")
"""The locale of the request or event that runs."""


@lru_cache(maxsize=16)
def _catalogue(locale: str) -> NullTranslations:
    return Translations.load(str(LOCALES), [locale])


def _(message: str) -> str:
    """The message in the current locale."""
    return _catalogue(current_locale.get()).gettext(message)


def N_(message: str) -> str:  # the usual name of a mark for the collector of texts
    """Marks a text for translation where it is kept, without translating it yet: ``fill`` does that when it is shown."""
    return message


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message in the form that ``number`` asks for."""
    return _catalogue(current_locale.get()).ngettext(singular, plural, number)


def fill(message: str, values: Mapping[str, str | float | int]) -> str:
    """The translated message with its named places filled."""
    return _(message).format(**values)
