"""How far our figures err, as published: read from ``docs/measurements.md``, which ``benchmarks.truth`` writes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intervi.settings import REPOSITORY_ROOT
from intervi.translation import N_

_DOCUMENT = REPOSITORY_ROOT / "docs" / "measurements.md"


@dataclass(frozen=True)
class Published:
    """The error of one figure: mean ± spread, in plain conditions and in bad ones."""

    name: str
    unit: str
    plain: str
    bad: str


_SHOWN = (
    ("sound", "response delay, s", N_("Time until you begin"), "s", "clean", "pink 10 dB"),
    ("sound", "pause ratio", N_("Share of pauses"), "", "clean", "pink 10 dB"),
    ("sound", "syllables, %", N_("Syllables, for your pace"), "%", "clean", "pink 10 dB"),
    ("sound", "median f0 against Praat, %", N_("Pitch, against Praat"), "%", "clean", "pink 10 dB"),
    ("picture", "head yaw, °", N_("Where your head is turned"), "°", "plain", "dark"),
    ("picture", "looking away, share", N_("Share of looking away"), "", "plain", "dark"),
)
"""Table, row, name for people, unit, and the two columns."""


def published() -> list[Published]:
    """What the front page shows of them; a figure that the document no longer has is left out."""
    document = _DOCUMENT.read_text(encoding="utf-8") if _DOCUMENT.is_file() else ""
    tables = {name: dict(_rows(document, name)) for name in ("sound", "picture")}
    return [
        Published(name, unit, plain=tables[table][row][plain], bad=tables[table][row][bad])
        for table, row, name, unit, plain, bad in _SHOWN
        if row in tables[table]
    ]


def _rows(document: str, table: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a table by their names, each with its cells by their columns, without the worst error."""
    found = re.search(rf"<!-- truth: {table} -->(.*?)<!-- end of truth: {table} -->", document, re.DOTALL)
    lines = [line for line in found.group(1).splitlines() if line.startswith("|")] if found else []
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    for row in cells[2:]:
        yield row[0], {column: cell.split(" (")[0] for column, cell in zip(cells[0][1:], row[1:], strict=False)}
