"""What a comparison draws of two interviews."""

from intervi.analysis.comparison import FigurePair, Pair
from intervi.analysis.figures import Figure, Reason, ScorePart
from intervi.pages.comparison import view


def pace(measured: Figure) -> ScorePart:
    scored = Figure(value=80.0) if measured.value is not None else measured
    return ScorePart(
        name="pace", value=scored, weight=1, points=80, measured=measured, target=(120, 160), unit="words/min"
    )


def test_a_bar_stands_for_what_was_measured_and_for_nothing_else() -> None:
    (line,) = view._scores([Pair("content", 40.0, None)])
    assert (line.before, line.before_width) == ("40.0", "40.0%")
    assert (line.after, line.after_width, line.change) == ("not measured", "", "")
    (nothing,) = view._scores([Pair("content", 0.0, 0.0)])
    assert (nothing.before, nothing.before_width) == ("0.0", "0.0%")


def test_a_figure_that_was_not_measured_says_why() -> None:
    line = view._figure(FigurePair(pace(Figure(value=140.0)), pace(Figure(reason=Reason.IN_WRITING))))
    assert (line.before, line.after) == ("140 words a minute", "Not measured, because the answer was written.")
    assert line.before_width != ""
    assert line.after_width == ""
