"""A goal as a ring."""

import re
from math import hypot

import pytest

from intervi.components.ring import arcs


@pytest.mark.parametrize("goal", range(1, 8))
@pytest.mark.parametrize("done", [0, 1, 3, 9])
def test_has_an_arc_for_each_step_and_fills_what_is_done(goal: int, done: int) -> None:
    found = arcs(done, goal)
    assert len(found) == goal
    assert [arc.is_done for arc in found] == [place < done for place in range(goal)]
    for arc in found:
        x0, y0, _r, _r2, _turn, _large, _sweep, x1, y1 = map(float, re.findall(r"-?[\d.]+", arc.path))
        assert hypot(x0 - 50, y0 - 50) == pytest.approx(42, abs=0.02)
        assert hypot(x1 - 50, y1 - 50) == pytest.approx(42, abs=0.02)
        assert (x0, y0) != (x1, y1)
