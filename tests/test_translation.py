"""Every text is there in every language, with the places it has to be filled in; and who asks for a language gets it."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from intervi.components.words import in_browser
from intervi.supervision.messages import collected
from intervi.translation import LANGUAGES, _, current_locale, fill, fill_count, read_catalogue, spoken, spoken_later

OTHERS = list(LANGUAGES)[1:]


def forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def places(text: str) -> set[str]:
    """``{name}`` and ``{name:format}``."""
    return set(re.findall(r"{[^{}]*}", text))


def messages(locale: str) -> Iterator[Message]:
    return (message for message in read_catalogue(locale) if message.id)


@pytest.mark.parametrize("locale", OTHERS)
def test_no_text_is_missing_and_none_is_left_over(locale: str) -> None:
    wanted = {forms(message.id) for message in collected() if message.id}
    there = {forms(message.id) for message in messages(locale) if all(forms(message.string))}
    assert wanted - there == set(), "run `make messages`, then translate what is new in intervi/locales"
    assert there - wanted == set(), "run `make messages`: these texts are gone"


@pytest.mark.parametrize("locale", OTHERS)
def test_every_place_is_filled_and_nothing_is_guessed(locale: str) -> None:
    catalogue = read_catalogue(locale)
    for message in messages(locale):
        assert not message.fuzzy, message.id
        wanted = set().union(*map(places, forms(message.id)))
        for text in forms(message.string):
            # A singular may say its number in a word, and nothing else may be left out.
            assert places(text) == wanted, (message.id, text)
        if message.pluralizable:
            assert len(message.string) == catalogue.num_plurals, message.id


@pytest.mark.parametrize("locale", OTHERS)
def test_what_stands_around_a_text_is_kept(locale: str) -> None:
    """A space at an end joins it to what follows; a line break divides a heading from its advice."""
    for message in messages(locale):
        for text, translated in zip(forms(message.id), forms(message.string), strict=False):
            assert text[:1].isspace() == translated[:1].isspace(), message.id
            assert text[-1:].isspace() == translated[-1:].isspace(), message.id
            assert text.count("\n") == translated.count("\n"), message.id


def test_the_locale_of_the_request_counts() -> None:
    token = current_locale.set("de")
    try:
        assert _("Settings") == "Einstellungen"
        assert fill("Hello, {name}", {"name": "Mara"}) == "Hallo, Mara"
        assert [fill_count("{count} day", "{count} days", count) for count in (1, 2)] == ["1 Tag", "2 Tage"]
    finally:
        current_locale.reset(token)
    assert _("Settings") == "Settings"


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ([], "en"),
        ([""], "en"),
        (["de"], "de"),
        (["de-AT,en;q=0.8"], "de"),
        (["en;q=0.4, de;q=0.9"], "de"),
        (["fr, de;q=0"], "en"),
        (["fr,ja"], "en"),
        (["", "de"], "de"),
        (["en", "de"], "en"),
        (["*;q=x,;;,de"], "de"),
        (["," * 10_000], "en"),
    ],
)
def test_the_first_language_that_we_speak(wishes: list[str], language: str) -> None:
    assert spoken(*wishes) == language


def test_while_pages_are_built_a_text_is_left_to_the_browser() -> None:
    with spoken_later(in_browser):
        assert 't("Settings")' in _("Settings")
        assert 't("{count} day", ({ ["count"] : 2 }), "{count} days")' in fill_count("{count} day", "{count} days", 2)
        with spoken_later(None):
            assert _("Settings") == "Settings"
    assert _("Settings") == "Settings"
