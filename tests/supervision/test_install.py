"""What `make` finds in ``.venv`` before it starts anything."""

from pathlib import Path

import pytest

from intervi.supervision import install
from intervi.supervision.console import CannotStart


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with one package, installed from one lock."""
    venv = tmp_path / ".venv"
    packages = venv / "lib" / "python3.11" / "site-packages"
    record = packages / "spam-1.0.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    record.write_text(
        'spam.py,sha256=x,1\n"odd, name.txt",,\n__pycache__/spam.cpython-311.pyc,,\nspam-1.0.dist-info/RECORD,,\n'
    )
    (packages / "spam.py").write_text("")
    (packages / "odd, name.txt").write_text("")
    (venv / "bin").mkdir()
    (venv / "bin" / "python").write_text("")
    lock = tmp_path / "requirements.txt"
    lock.write_text("spam==1.0")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", venv)
    monkeypatch.setattr(install, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(install, "LISTING", venv / "installed-packages")
    install.LISTING.write_text("spam-1.0.dist-info")
    install.stamp(lock).write_text(install.key(lock))
    return packages


def test_a_whole_installation_is_left_alone(environment: Path) -> None:
    install.install([install.ROOT / "requirements.txt"])


@pytest.mark.parametrize("gone", ["spam.py", "odd, name.txt", "spam-1.0.dist-info/RECORD"])
def test_what_is_gone_is_named_with_what_to_do(environment: Path, gone: str) -> None:
    (environment / gone).unlink()
    with pytest.raises(CannotStart, match=r"spam-1\.0 lacks .*make clean"):
        install.install([install.ROOT / "requirements.txt"])


def test_too_little_space_is_said_before_anything_is_touched(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (install.ROOT / "requirements.txt").write_text("spam==2.0")
    monkeypatch.setattr(install, "NEEDED_BYTES", 10**18)
    with pytest.raises(CannotStart, match="needs 1000000000 GB"):
        install.install([install.ROOT / "requirements.txt"])
    assert (environment / "spam.py").exists()


def test_a_moved_project_is_noticed(environment: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its scripts name the old place in their first line."""
    moved = tmp_path / "moved"
    (tmp_path / ".venv").rename(moved)
    monkeypatch.setattr(install, "VENV", moved)
    assert install.was_moved()


def test_an_environment_whose_making_was_cut_off_is_made_again(environment: Path) -> None:
    assert not install.is_whole()
    pip = environment / "pip-26.0.dist-info" / "RECORD"
    pip.parent.mkdir()
    pip.write_text("")
    assert install.is_whole()
