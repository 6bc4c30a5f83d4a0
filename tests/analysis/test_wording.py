"""Every reason has its words."""

import pytest

from intervi.analysis.figures import Figure, Reason
from intervi.analysis.wording import WORDS, not_measured, reason_words


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)
    assert all(reason_words(reason)[0].islower() for reason in Reason)


def test_not_measured() -> None:
    assert not_measured(Figure(reason=Reason.NO_FACE)) == "not measured, because no face was seen in the picture"
    with pytest.raises(ValueError, match="was measured"):
        not_measured(Figure(value=1.0))
