"""The lines of scores."""

from intervi.components import trend


def test_dots_stand_at_their_scores() -> None:
    shown = trend.dots([0.0, 50.0, 100.0], ["a", "b", "c"])
    assert [(dot.left, dot.top, dot.label) for dot in shown] == [
        ("0.00%", "100.00%", "a"),
        ("50.00%", "50.00%", "b"),
        ("100.00%", "0.00%", "c"),
    ]


def test_a_line_is_interrupted_where_nothing_was_measured() -> None:
    assert trend.path([0.0, 50.0, 100.0]) == "M0.00 100.00h0L50.00 50.00L100.00 0.00"
    assert trend.path([0.0, None, 100.0]) == "M0.00 100.00h0M100.00 0.00h0"
    assert trend.path([None, None]) == ""


def test_a_single_score_stands_in_the_middle() -> None:
    assert trend.path([40.0]) == "M50.00 60.00h0"


def test_a_target_lies_between_its_bounds() -> None:
    assert trend.target((65, 100), "Target") == trend.Target(top="0%", height="35%", label="Target")
