"""The tokens and the stylesheet made of them."""

import re

import pytest

from intervi.components import tokens
from intervi.components.frame import STYLESHEETS
from intervi.settings import REPOSITORY_ROOT

TEXT = ("ink", "ink-2", "pine", "good", "watch", "act", "delivery")
HUES = ("content", "structure", "presence", "edge", "live")
MODES = {"light": tokens.LIGHT, "dark": tokens.DARK}


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_does() -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert _contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("surface", ["paper", "card"])
def test_text_can_be_read(mode: str, name: str, surface: str) -> None:
    assert _contrast(MODES[mode][name], MODES[mode][surface]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_text_on_the_primary_action_can_be_read(mode: str) -> None:
    for surface in ("pine", "pine-2"):
        assert _contrast(MODES[mode]["on-pine"], MODES[mode][surface]) >= 4.5
    assert _contrast(MODES[mode]["ink"], MODES[mode]["pine-soft"]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", HUES)
def test_shapes_can_be_seen(mode: str, name: str) -> None:
    assert min(_contrast(MODES[mode][name], MODES[mode][surface]) for surface in ("paper", "card")) >= 3


def test_both_modes_have_the_same_names() -> None:
    assert tokens.LIGHT.keys() == tokens.DARK.keys()


def test_the_stylesheet_is_what_the_tokens_make() -> None:
    assert tokens.STYLESHEET.read_text() == tokens.stylesheet(), "run: python -m intervi.components.tokens"


def test_the_components_use_tokens_that_exist() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", _styles())) - {"hue"}
    assert used <= tokens.LIGHT.keys() | tokens.SHARED.keys()


def test_every_colour_of_the_components_is_a_token() -> None:
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", _styles()) == []


def test_every_stylesheet_is_part_of_the_pages() -> None:
    files = {f"/styles/{file.name}" for file in (REPOSITORY_ROOT / "assets" / "styles").iterdir()}
    assert {"/tokens.css", *files} == set(STYLESHEETS)


def _styles() -> str:
    return "".join((REPOSITORY_ROOT / "assets" / sheet.removeprefix("/")).read_text() for sheet in STYLESHEETS[1:])


def test_the_fonts_are_ours() -> None:
    files = re.findall(r'url\("/(fonts/[^"]+)"\)', tokens.stylesheet())
    assert files
    for file in files:
        assert (REPOSITORY_ROOT / "assets" / file).is_file()


def test_a_class_has_its_looks_in_one_stylesheet() -> None:
    """Else two pages mean different things by one name, and each breaks the other's. Widths, print and preferences go over all of them."""
    found: dict[str, set[str]] = {}
    for file in (REPOSITORY_ROOT / "assets" / "styles").iterdir():
        if file.stem in ("widths", "print", "preferences"):
            continue
        for name in re.findall(r"^\.[\w-]+(?= \{)", file.read_text(), re.MULTILINE):
            found.setdefault(name, set()).add(file.name)
    assert {name: files for name, files in found.items() if len(files) > 1} == {}
