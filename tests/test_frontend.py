"""What Intervi changes about the front end that Reflex builds."""

from pathlib import Path

import pytest

from intervi.frontend import BUILD_ADDRESS, SameOrigin


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
