"""Scores and figures as they are shown."""

from intervi.analysis.figures import Figure, Reason, Score
from intervi.reports.shown import FigureView, figure_view, score_view
from tests.pages.test_report_view import part


class TestFigures:
    def figure(self, name: str, measured: float, worth: float, target: tuple[float, float], unit: str) -> FigureView:
        return figure_view(part(name, worth, measured=Figure(value=measured, basis="words"), target=target, unit=unit))

    def test_within_its_range(self) -> None:
        pace = self.figure("pace", 150.4, 100, (120, 160), "words/min")
        assert (pace.value, pace.unit, pace.target) == ("150", "words a minute", "target: 120 to 160")
        assert (pace.kind, pace.judgement, pace.basis) == ("good", "within the range", "counted in words")
        # The bar ends at 256: 1.6 times the range's upper end.
        assert (pace.mark, pace.target_start, pace.target_width) == ("58.8%", "46.9%", "15.6%")

    def test_a_little_outside_and_far_outside(self) -> None:
        assert self.figure("eye_contact", 0.5, 83, (0.6, 1.0), "share").kind == "watch"
        far = self.figure("eye_contact", 0.1, 17, (0.6, 1.0), "share")
        assert (far.kind, far.judgement, far.value, far.target) == (
            "act",
            "below the range",
            "10%",
            "target: 60% or more",
        )

    def test_a_value_that_misses_its_bound_does_not_look_like_it(self) -> None:
        assert self.figure("pitch_variation", 1.96, 98, (2, 5), "semitones").value == "1.96"
        assert self.figure("pitch_variation", 2.0, 100, (2, 5), "semitones").value == "2"

    def test_a_value_beyond_every_scale_stays_on_the_bar(self) -> None:
        seen = self.figure("fillers", 40, 0, (0, 4), "per min")
        assert seen.judgement == "above the range"
        assert float(seen.mark.rstrip("%")) <= 100
        assert seen.target == "target: 4 or fewer"

    def test_one_that_was_not_measured(self) -> None:
        seen = figure_view(
            part("eye_contact", None, measured=Figure(reason=Reason.NO_FACE), target=(0.6, 1), unit="share")
        )
        assert (seen.value, seen.mark, seen.note) == ("", "", "Not measured, because no face was seen in the picture.")


class TestScores:
    def test_each_part_says_what_was_measured(self) -> None:
        content = Score(
            name="content",
            value=Figure(value=70.0),
            parts=[
                part("coverage", 60.0, measured=Figure(value=0.42), target=(0.6, 1.0), unit="share"),
                part("result", 0.0, measured=Figure(value=0.0), target=(1.0, 1.0)),
                part("action", 55.0, measured=Figure(value=1.0), target=(1.0, 1.0)),
                part("situation", 100.0, measured=Figure(value=1.0), target=(1.0, 1.0)),
                part("delivery", 50.0),
            ],
        )
        assert [each.why for each in score_view(content).parts] == [
            "42%; target: 60% or more",
            "not found",
            "found, in an answer with little that is concrete",
            "found",
            "",
        ]

    def test_one_that_counts_in_part_says_why(self) -> None:
        in_doubt = Score(name="content", value=Figure(value=28.0), share=0.4, parts=[part("coverage", 70.0)])
        assert score_view(in_doubt).share == "Counted at 40%, because it is not clear that this answers the question"
        assert score_view(in_doubt.model_copy(update={"share": 1.0})).share == ""
