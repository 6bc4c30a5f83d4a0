"""The design tokens: every colour, typeface, size and distance of the pages, in one place.

``python -m intervi.components.tokens`` writes them as CSS custom properties into ``assets/tokens.css``; a test holds the two together.
Text colours reach 4.5 : 1 on both surfaces (WCAG 2.2, 1.4.3), which a test computes.
"""

from intervi.settings import REPOSITORY_ROOT

STYLESHEET = REPOSITORY_ROOT / "assets" / "tokens.css"

LIGHT = {
    "paper": "#FAF8F4",
    "card": "#FFFFFF",
    "line": "#E7E2D9",
    "edge": "#8F887C",
    "ink": "#1C1A17",
    "ink-2": "#6A645A",
    "pine": "#1E6B58",
    "pine-2": "#175646",
    "pine-soft": "#E6F0EC",
    "on-pine": "#FFFFFF",
    "live": "#C73E1D",
    "good": "#2E7D4F",
    "watch": "#8F6000",
    "act": "#B3392B",
    "content": "#1E6B58",
    "structure": "#3F66A8",
    "delivery": "#96580F",
    "presence": "#8A4A7D",
}
"""Name → colour. ``edge`` outlines what can be operated (3 : 1, WCAG 1.4.11); the last four keep their meaning on every page."""

DARK = {
    "paper": "#141412",
    "card": "#1D1C19",
    "line": "#302E2A",
    "edge": "#7A746A",
    "ink": "#F0EDE6",
    "ink-2": "#A8A195",
    "pine": "#6FC3AA",
    "pine-2": "#8FD6C0",
    "pine-soft": "#1F2F2A",
    "on-pine": "#10201B",
    "live": "#FF8A66",
    "good": "#7CCB98",
    "watch": "#E3B341",
    "act": "#F28B7D",
    "content": "#6FC3AA",
    "structure": "#8FB0EA",
    "delivery": "#E0A45F",
    "presence": "#D29AC6",
}

SHARED = {
    "serif": '"Newsreader Variable", Georgia, "Times New Roman", serif',
    "sans": '"Instrument Sans Variable", system-ui, -apple-system, "Segoe UI", sans-serif',
    "stage": "#141412",
    "text-13": "0.8125rem",
    "text-15": "0.9375rem",
    "text-18": "1.125rem",
    "text-22": "1.375rem",
    "text-28": "1.75rem",
    "text-36": "2.25rem",
    "text-48": "3rem",
    "radius": "16px",
    "radius-small": "10px",
    "page": "1120px",
    "quick": "160ms ease-out",
}

_LATIN = (
    "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329, U+2000-206F, U+20AC, U+2122, "
    "U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD"
)
_LATIN_EXTENDED = (
    "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+0304, U+0308, U+0329, U+1D00-1DBF, U+1E00-1E9F, "
    "U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF"
)
_FACES = (("Newsreader Variable", "newsreader", "200 800"), ("Instrument Sans Variable", "instrument-sans", "400 700"))


def stylesheet() -> str:
    """The whole of ``assets/tokens.css``."""
    faces = [
        _face(family, f"{file}-{subset}-wght-normal", weights, characters)
        for family, file, weights in _FACES
        for subset, characters in (("latin", _LATIN), ("latin-ext", _LATIN_EXTENDED))
    ]
    return "\n".join(
        [
            "/* Written by intervi/components/tokens.py; change it there. */",
            *faces,
            _block(":root", SHARED | LIGHT | {"color-scheme": "light"}),
            # The class is the visitor's own choice; before the scripts run, the system's holds. Paper is always light.
            f"@media screen and (prefers-color-scheme: dark) {{\n{_block(':root:not(.light)', DARK | {'color-scheme': 'dark'})}}}",
            f"@media screen {{\n{_block(':root.dark', DARK | {'color-scheme': 'dark'})}}}",
        ]
    )


def _block(selector: str, values: dict[str, str]) -> str:
    lines = [f"  {name if name == 'color-scheme' else f'--{name}'}: {value};" for name, value in values.items()]
    return "\n".join([f"{selector} {{", *lines, "}", ""])


def _face(family: str, file: str, weights: str, characters: str) -> str:
    return (
        f'@font-face {{\n  font-family: "{family}";\n  font-style: normal;\n  font-display: swap;\n  font-weight: {weights};\n'
        f'  src: url("/fonts/{file}.woff2") format("woff2");\n  unicode-range: {characters};\n}}\n'
    )


if __name__ == "__main__":
    STYLESHEET.write_text(stylesheet())
