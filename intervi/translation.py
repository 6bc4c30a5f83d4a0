"""Every text people read goes through here: gettext catalogues in ``locales/``, kept with Babel (``make messages``).

The English text is the message id, so English needs no catalogue of its own. A catalogue is read as translators write it (``.po``) when it
is first needed; nothing has to be compiled before.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = Path(__file__).parent / "locales"

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What the pages speak, each in its own words. The first is that of the texts in the code."""
COOKIE = "language"
"""By which a browser tells what its pages speak; written by the pages themselves."""

Values = Mapping[str, str | float | int]
Later = Callable[[str, str, Values], str]
"""``(message, plural, values)`` → what stands for the text until somebody reads it."""

current_locale: ContextVar[str] = ContextVar("current_locale", default="en")
"""The locale of the request or event that runs."""

_later: Later | None = None


def catalogue_file(locale: str) -> Path:
    """Where translators write."""
    return LOCALES / locale / "LC_MESSAGES" / "messages.po"


def read_catalogue(locale: str) -> Catalog:
    """The texts of a language, as translators wrote them."""
    with catalogue_file(locale).open("rb") as file:
        return read_po(file, locale=locale)


@lru_cache(maxsize=16)
def _catalogue(locale: str) -> NullTranslations:
    if not catalogue_file(locale).is_file():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(locale))
    compiled.seek(0)
    return Translations(compiled)


def _(message: str) -> str:
    """The message in the current locale."""
    return _later(message, "", {}) if _later else _catalogue(current_locale.get()).gettext(message)


def N_(message: str) -> str:  # the usual name of a mark for the collector of texts
    """Marks a text for translation where it is kept, without translating it yet: ``fill`` does that when it is shown."""
    return message


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message in the form that ``number`` asks for."""
    assert _later is None, f"{plural!r} is built into a page: use fill_count, which fills it where it is read"
    return _catalogue(current_locale.get()).ngettext(singular, plural, number)


def fill(message: str, values: Values) -> str:
    """The translated message with its named places filled."""
    return _later(message, "", values) if _later else _(message).format(**values)


def fill_count(singular: str, plural: str, number: int) -> str:
    """The message in the form that ``number`` asks for, with ``{count}`` filled by it."""
    return (
        _later(singular, plural, {"count": number})
        if _later
        else ngettext(singular, plural, number).format(count=number)
    )


@contextmanager
def spoken_later(write: Later | None) -> Iterator[None]:
    """While pages are built nobody is there yet whose language it could be: here each text becomes what ``write`` makes of it.

    ``None``: within such a block, texts are spoken at once.
    """
    global _later
    before, _later = _later, write
    try:
        yield
    finally:
        _later = before


def spoken(*wishes: str) -> str:
    """The language to speak.

    Args:
        wishes: What was asked for, what counts most first: language tags, or lists of them as in ``Accept-Language`` (RFC 9110, 12.5.4).

    >>> spoken("", "fr;q=0.9, de-AT;q=0.8, en;q=0.5")
    'de'
    """
    for wish in wishes:
        for tag in _by_preference(wish):
            if (language := tag.partition("-")[0].lower()) in LANGUAGES:
                return language
    return next(iter(LANGUAGES))


def _by_preference(wish: str) -> list[str]:
    weighted = []
    for part in wish[:500].split(","):
        tag, _semicolon, parameter = part.partition(";")
        weight = parameter.partition("=")[2].strip()
        try:
            weighted.append((float(weight) if weight else 1.0, tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda pair: -pair[0]) if weight > 0]
