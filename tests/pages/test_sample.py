"""The sample report that the product ships, and the errors that its front page publishes."""

import json

from intervi.analysis.figures import Scores
from intervi.analysis.models import Stage
from intervi.coaching.scoring import score_answer
from intervi.pages.landing_figures import published
from intervi.pages.sample import kept
from intervi.settings import REPOSITORY_ROOT

RECORDING = REPOSITORY_ROOT / "assets" / kept.ADDRESS.removeprefix("/")


class TestSample:
    def test_is_a_whole_report(self) -> None:
        view = kept.view()
        assert view.state == "ready"
        assert view.score
        assert view.work_on
        answer, skipped = view.answers
        assert (answer.state, skipped.state) == ("ready", "skipped")
        assert answer.tokens
        assert answer.figures
        assert [segment.url for each in view.recordings for segment in each.segments] == [kept.ADDRESS]

    def test_is_what_our_own_code_says_now(self) -> None:
        """Where this fails, scoring has changed: ``python -m tests.sample_report`` makes the sample anew."""
        (record,) = json.loads(kept.FILE.read_text())["analyses"]
        state = kept._state(record)
        assert state.speech
        assert state.vision
        assert state.language
        scored = score_answer(state.speech, state.vision, state.language)
        assert scored == Scores.model_validate(state.stages[Stage.SCORES].result)

    def test_is_small(self) -> None:
        assert kept.FILE.stat().st_size + RECORDING.stat().st_size < 1_000_000


def test_the_published_errors_are_those_of_the_document() -> None:
    figures = published()
    assert len(figures) == 6
    document = (REPOSITORY_ROOT / "docs" / "measurements.md").read_text()
    for figure in figures:
        assert "±" in figure.plain
        assert figure.plain in document
        assert figure.bad in document
