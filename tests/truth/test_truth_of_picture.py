"""The targets for the figures of the picture, on a part of what ``benchmarks/truth.py`` measures."""

from pathlib import Path

import pytest

from intervi.analysis.figures import Reason
from tests.media_made.faces import Scene
from tests.truth.errors import Errors
from tests.truth.picture import NOBODY, compare, compare_angles, compare_posture, reasons_without_a_face

pytestmark = pytest.mark.media

SCENES = (
    Scene(8),
    Scene(1, yaw=-25),
    Scene(1, yaw=20),
    Scene(1),
    Scene(2, gaze_x=25),
    Scene(2),
    Scene(2, smile=1),
    Scene(2),
)


@pytest.mark.parametrize("condition", ["glasses", "dark", "tilted", "blinking"])
def test_head_gaze_and_smile(tmp_path: Path, condition: str) -> None:
    errors = Errors()
    compare(tmp_path, condition, errors, SCENES)
    assert errors.worst("share with a face", condition) == 0
    # Behind glasses half of what the eyes alone turn aside is not seen (docs/measurements.md).
    assert abs(errors.worst("looking away, share", condition)) <= (0.1 if condition == "glasses" else 0.05)
    assert abs(errors.worst("head yaw, °", condition)) <= 5
    assert abs(errors.worst("smiling, share", condition)) <= 0.05
    assert errors.recall("smiles found", condition) == 1


def test_a_turned_head_in_the_dark(tmp_path: Path) -> None:
    """Where the mesh by itself errs by up to 6 degrees, and by as much to the other side in a mirrored picture."""
    errors = Errors()
    compare_angles(tmp_path, "dark", errors)
    assert abs(errors.worst("head yaw, °", "dark")) <= 5


def test_posture_has_its_direction(tmp_path: Path) -> None:
    errors = Errors()
    compare_posture(tmp_path, "far", errors)
    assert errors.recall("posture in the right direction", "far") == 1


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_to_be_seen_is_null_with_the_reason(tmp_path: Path, name: str) -> None:
    assert reasons_without_a_face(tmp_path, name) == {Reason.NO_FACE}
