"""The built front end: where it lies, and what Intervi changes about the way Reflex builds it."""

import json
import re
import shutil
from pathlib import Path
from typing import Any, Unpack

from reflex_base.plugins import Plugin, PostBuildContext, PreCompileContext

from intervi.settings import REPOSITORY_ROOT
from intervi.translation import LANGUAGES, read_catalogue

WEB_DIRECTORY = REPOSITORY_ROOT / ".web"
STATIC_DIRECTORY = WEB_DIRECTORY / "build" / "client"

BUILD_ADDRESS = "http://intervi.invalid"
"""The server's address as far as the build knows. :class:`SameOrigin` takes it out again."""

_BUILT_IN_ADDRESS = re.compile(r"""(["'`])(?:http|ws)://intervi\.invalid(/[^"'`]*)\1""")


LANDMARKS = "landmarks"
"""The folder of the built pages with what finds a face in the browser; nothing of it is loaded by a page itself."""
LANDMARK_WORKER = f"/{LANDMARKS}/worker.js"
_WORKER_SOURCE = REPOSITORY_ROOT / "intervi" / "components" / "recorder" / "landmarks.worker.js"
_LANDMARK_FILES = {
    "face_mesh": (
        "face_mesh.binarypb",
        "face_mesh.js",
        "face_mesh_solution_packed_assets.data",
        "face_mesh_solution_packed_assets_loader.js",
        "face_mesh_solution_simd_wasm_bin.js",
        "face_mesh_solution_simd_wasm_bin.wasm",
        "face_mesh_solution_wasm_bin.js",
        "face_mesh_solution_wasm_bin.wasm",
    ),
    "pose": (
        "pose.js",
        "pose_landmark_lite.tflite",
        "pose_solution_packed_assets.data",
        "pose_solution_packed_assets_loader.js",
        "pose_solution_simd_wasm_bin.js",
        "pose_solution_simd_wasm_bin.wasm",
        "pose_solution_wasm_bin.js",
        "pose_solution_wasm_bin.wasm",
        "pose_web.binarypb",
    ),
}
"""Of each npm package ``@mediapipe/…``; its larger models are left behind."""


class Landmarks(Plugin):
    """Serves MediaPipe's own files, and the worker that loads them, from here: no request leaves the machine."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Puts them beside the built pages.

        Raises:
            FileNotFoundError: A package has changed what it holds.
        """
        folder = context["static_dir"] / LANDMARKS
        for package, names in _LANDMARK_FILES.items():
            (folder / package).mkdir(parents=True, exist_ok=True)
            for name in names:
                # Contents only: the packages' files may be read by their owner alone.
                shutil.copyfile(WEB_DIRECTORY / "node_modules" / "@mediapipe" / package / name, folder / package / name)
        shutil.copyfile(_WORKER_SOURCE, folder / "worker.js")


class SameOrigin(Plugin):
    """Makes the pages talk to whichever address they came from.

    Reflex writes the server's address and port into the scripts it builds. Then another port, or a proxy before us, asks for
    another build. Here each of these addresses becomes a path below ``location.origin``, looked up in the browser.
    """

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Rewrites the built scripts; runs before they are compressed.

        Raises:
            RuntimeError: No script holds the address: Reflex has changed how it builds, and the pages would find no server.
        """
        changed = 0
        for script in context["static_dir"].rglob("*.js"):
            changed += _rewrite(script)
        if not changed:
            raise RuntimeError("No built script names the server's address; see intervi.frontend.SameOrigin.")


def _rewrite(script: Path) -> int:
    """Replaces the addresses in one script, and says how many there were."""
    text, count = _BUILT_IN_ADDRESS.subn(r'(location.origin+"\2")', script.read_text())
    if count:
        script.write_text(text)
    return count


built_in: set[str] = set()
"""Every text that a page was built with: see :mod:`intervi.components.words`."""


class WordFiles(Plugin):
    """Writes the words of every language but the first for the browser, once all pages are evaluated."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Adds the files to what the build writes."""
        context["add_save_task"](word_files)


def word_files() -> list[tuple[str, str]]:
    """``(path, JavaScript)`` of each language's words, and of what loads them."""
    others = list(LANGUAGES)[1:]
    loaders = ", ".join(f'{locale}: () => import("./{locale}.js")' for locale in others)
    texts = {locale: f"export default {json.dumps(_words_of(locale), ensure_ascii=False)};\n" for locale in others}
    texts["index"] = f"export const loaders = {{ {loaders} }};\n"
    return [(str(WEB_DIRECTORY / "words" / f"{name}.js"), text) for name, text in texts.items()]


def _words_of(locale: str) -> dict[str, Any]:
    """The translations of what the pages were built with: a text, or the list of its forms."""
    found: dict[str, Any] = {}
    for message in read_catalogue(locale):
        key = message.id[0] if isinstance(message.id, tuple | list) else message.id
        if key in built_in and message.string:
            found[key] = message.string
    return dict(sorted(found.items()))
