"""What Intervi changes about the front end that Reflex builds."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from intervi.frontend import _LANDMARK_FILES, BUILD_ADDRESS, WEB_DIRECTORY, SameOrigin
from intervi.settings import REPOSITORY_ROOT

ASSETS = REPOSITORY_ROOT / "assets"


def test_the_server_is_sought_where_the_page_came_from(tmp_path: Path) -> None:
    script = tmp_path / "assets" / "env.js"
    script.parent.mkdir()
    socket = BUILD_ADDRESS.replace("http", "ws")
    script.write_text(f'var e={{PING:"{BUILD_ADDRESS}/ping",EVENT:`{socket}/_event`,TRANSPORT:"websocket"}};')
    SameOrigin().post_build(static_dir=tmp_path)
    assert script.read_text() == (
        'var e={PING:(location.origin+"/ping"),EVENT:(location.origin+"/_event"),TRANSPORT:"websocket"};'
    )


def test_a_build_that_names_no_server_is_refused(tmp_path: Path) -> None:
    (tmp_path / "env.js").write_text("var e={};")
    with pytest.raises(RuntimeError, match="SameOrigin"):
        SameOrigin().post_build(static_dir=tmp_path)


def test_landmarks_bring_all_that_their_worker_asks_for() -> None:
    packages = WEB_DIRECTORY / "node_modules" / "@mediapipe"
    if not packages.is_dir():
        pytest.skip("the front end's packages are not installed")
    for package in ("face_mesh", "pose"):
        script = (packages / package / f"{package}.js").read_text()
        assert set(re.findall(r'url:"([\w.]+)"', script)) <= set(_LANDMARK_FILES[package])


def test_the_manifest_s_icons_are_as_large_as_it_says_and_fill_their_square() -> None:
    icons = json.loads((ASSETS / "manifest.webmanifest").read_text())["icons"]
    drawn = {icon["sizes"]: icon["src"] for icon in icons if icon["type"] == "image/png"} | {"180x180": "/icon-180.png"}
    assert set(drawn) == {"180x180", "192x192", "512x512"}
    for size, address in drawn.items():
        picture = Image.open(ASSETS / address.removeprefix("/"))
        assert "x".join(map(str, picture.size)) == size
        corners = picture.convert("RGBA")
        edge = picture.width - 1
        # Phones cut an icon to their own shape: nothing of it may be see-through.
        assert {corners.getpixel(at) for at in ((0, 0), (edge, 0), (0, edge), (edge, edge))} == {(30, 107, 88, 255)}
