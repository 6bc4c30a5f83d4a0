"""Errors by figure and condition, and the table of them."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

import numpy as np


def _none() -> list[int]:
    return [0, 0, 0]


class Errors:
    """Differences (found less true), and what was found of what is there, each under a figure and a condition."""

    def __init__(self) -> None:
        self.differences: dict[str, dict[str, list[float]]] = defaultdict(partial(defaultdict, list))
        self.matches: dict[str, dict[str, list[int]]] = defaultdict(partial(defaultdict, _none))

    def add(self, figure: str, condition: str, difference: float) -> None:
        self.differences[figure][condition].append(difference)

    def match(self, figure: str, condition: str, hits: int, true: int, found: int = 0) -> None:
        """Counts: what is there and was found, what is there, what was found (0 where only the share of the first two is asked for)."""
        for index, count in enumerate((hits, true, found)):
            self.matches[figure][condition][index] += count

    def take_over(self, other: "Errors", condition: str, named: str) -> None:
        """Adds another's errors of a condition under this name."""
        for figure, cells in other.differences.items():
            self.differences[figure][named].extend(cells.get(condition, ()))
        for figure, counts in other.matches.items():
            if condition in counts:
                self.match(figure, named, *counts[condition])

    def worst(self, figure: str, condition: str) -> float:
        """The difference furthest from 0."""
        return max(self.differences[figure][condition], key=abs)

    def mean(self, figure: str, condition: str) -> float:
        return float(np.mean(self.differences[figure][condition]))

    def recall(self, figure: str, condition: str) -> float:
        hits, true, _found = self.matches[figure][condition]
        return hits / true

    def f1(self, figure: str, condition: str) -> float:
        hits, true, found = self.matches[figure][condition]
        return 2 * hits / max(true + found, 1)

    def table(self, conditions: Sequence[str], title: str = "figure") -> str:
        """In Markdown, a row for each figure: mean ± spread (worst), or the share found, or precision / recall / F1."""
        rows = [[title, *conditions], ["---"] * (len(conditions) + 1)]
        for name, cells in self.differences.items():
            rows.append([name, *(_difference(name, cells.get(condition)) for condition in conditions)])
        for name, counts in self.matches.items():
            rows.append([name, *(_match(counts.get(condition)) for condition in conditions)])
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _difference(figure: str, values: list[float] | None) -> str:
    if not values:
        return ""
    scale, digits = (100, 1) if figure.endswith("%") else (1, 1 if figure.endswith(("dB", "°")) else 3)
    mean, spread, worst = (
        f"{scale * value:{sign}.{digits}f}"
        for value, sign in ((np.mean(values), "+"), (np.std(values), ""), (max(values, key=abs), "+"))
    )
    return f"{mean} ± {spread} ({worst})"


def _match(counts: list[int] | None) -> str:
    if counts is None or not counts[1]:
        return ""
    hits, true, found = counts
    if not found:
        return f"{100 * hits / true:.0f} % of {true}"
    return f"{hits / found:.2f} / {hits / true:.2f} / {2 * hits / (true + found):.2f}"
