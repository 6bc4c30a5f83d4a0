"""The catalogue is well made, and what is wrong in one is named."""

from pathlib import Path

import pytest

from intervi.progress import catalogue
from intervi.progress.metrics import Counts, metrics

GOOD = "- {code: A, title: Some title, description: What it takes., icon: star, metric: points, threshold: 5}\n"


def test_there_are_at_least_20_and_first_steps_comes_first() -> None:
    found = catalogue.achievements()
    assert len(found) >= 20
    assert (found[0].code, found[0].title, found[0].metric, found[0].threshold) == (
        "FIRST_SESSION", "First Steps", "interviews", 1,
    )  # fmt: skip
    assert len({each.title for each in found}) == len(found)
    assert len({(each.metric, each.threshold) for each in found}) == len(found)


def test_every_metric_is_asked_for_and_has_a_value() -> None:
    assert {each.metric for each in catalogue.achievements()} == set(metrics(Counts(), []))
    assert set(metrics(Counts(), []).values()) == {0}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (GOOD + GOOD, "codes used twice: A"),
        (GOOD.replace("points", "luck"), "metric"),
        (GOOD.replace("star", "unicorn"), "icon"),
        (GOOD.replace("threshold: 5", "threshold: 0"), "threshold"),
        (GOOD.replace("threshold: 5", "threshold: 5, bonus: 3"), "bonus"),
        ("- [", "data.yaml"),
        ("7", "data.yaml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "data.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=named):
        catalogue.read(file)
