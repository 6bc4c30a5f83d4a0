"""The line of past scores."""

import pytest

from intervi.pages.trend import trend


@pytest.mark.parametrize("scores", [[], [50.0]])
def test_too_few_scores_make_no_trend(scores: list[float]) -> None:
    assert trend(scores).dots == ()


def test_dots_stand_at_their_scores() -> None:
    shown = trend([0.0, 50.0, 100.0])
    assert [(dot.left, dot.top, dot.label) for dot in shown.dots] == [
        ("0.00%", "100.00%", "0.0"),
        ("50.00%", "50.00%", "50.0"),
        ("100.00%", "0.00%", "100.0"),
    ]
    assert shown.line == "M0.00 100.00L50.00 50.00L100.00 0.00"
    assert shown.summary == "From 0.0 to 100.0 over 3 interviews"
