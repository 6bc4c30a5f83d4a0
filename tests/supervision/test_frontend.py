"""When the front end is built anew."""

from pathlib import Path

import pytest

from intervi.supervision import frontend


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose front end has just been built."""
    for name in ("intervi/page.py", "assets/icon.svg", "reflex.lock/package-lock.json", "web/client/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(frontend, "REPOSITORY_ROOT", tmp_path)
    monkeypatch.setattr(frontend, "STATIC_DIRECTORY", tmp_path / "web" / "client")
    monkeypatch.setattr(frontend, "KEY_FILE", tmp_path / "web" / "built-from")
    frontend.note_built(frontend.hash_of_sources())
    return tmp_path


def test_it_is_current_right_after_a_build(project: Path) -> None:
    assert frontend.is_current()


@pytest.mark.parametrize("name", ["intervi/page.py", "assets/icon.svg", "reflex.lock/package-lock.json"])
def test_a_changed_input_asks_for_a_build(project: Path, name: str) -> None:
    (project / name).write_text("changed")
    assert not frontend.is_current()


def test_a_renamed_input_asks_for_a_build(project: Path) -> None:
    (project / "intervi" / "page.py").rename(project / "intervi" / "other.py")
    assert not frontend.is_current()


@pytest.mark.parametrize("name", ["intervi/__pycache__/page.pyc", "assets/external/room.jsx", "docs/x.md"])
def test_what_compiling_leaves_behind_does_not(project: Path, name: str) -> None:
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("made")
    assert frontend.is_current()


@pytest.mark.parametrize("name", ["web/client/index.html", "web/built-from"])
def test_a_build_that_is_not_whole_is_made_again(project: Path, name: str) -> None:
    (project / name).unlink()
    assert not frontend.is_current()


def test_a_change_during_the_build_is_built_next_time(project: Path) -> None:
    before = frontend.hash_of_sources()
    (project / "intervi" / "page.py").write_text("changed meanwhile")
    frontend.note_built(before)
    assert not frontend.is_current()
