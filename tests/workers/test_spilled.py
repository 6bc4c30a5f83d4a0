"""Rows that are kept in a file come back as they were written."""

import numpy as np
import pytest

from intervi.analysis.workspace import abandoned
from workers.spilled import Spilled

ROWS = np.arange(45_001 * 3, dtype=np.float32).reshape(-1, 3)


@pytest.fixture
def kept() -> Spilled:
    found = Spilled(3)
    for block in np.array_split(ROWS, 7):
        found.append(block)
    return found


def test_all_rows_in_order(kept: Spilled) -> None:
    with kept:
        assert len(kept) == len(ROWS)
        assert np.array_equal(np.concatenate(list(kept.parts())), ROWS)


def test_a_part(kept: Spilled) -> None:
    with kept:
        assert np.array_equal(kept.part(19_990, 20_010), ROWS[19_990:20_010])
        assert kept.part(5, 5).shape == (0, 3)


def test_columns_one_after_another(kept: Spilled) -> None:
    with kept:
        assert np.array_equal(np.stack(list(kept.columns()), axis=1), ROWS)


@pytest.mark.parametrize("which", [[], [0], [19_999, 20_000, 20_000, 45_000], list(range(0, 45_001, 1_000))])
def test_chosen_rows(kept: Spilled, which: list[int]) -> None:
    with kept:
        assert np.array_equal(kept.chosen(np.array(which, np.int64)), ROWS[which])


def test_nothing_is_left_on_the_disk(kept: Spilled) -> None:
    with kept:
        assert abandoned(idle_seconds=-1.0) == []
