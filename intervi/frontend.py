"""The built front end: where it lies, and what Intervi changes about the way Reflex builds it."""

import re
from pathlib import Path
from typing import Unpack

from reflex_base.plugins import Plugin, PostBuildContext

from intervi.settings import REPOSITORY_ROOT

WEB_DIRECTORY = REPOSITORY_ROOT / ".web"
STATIC_DIRECTORY = WEB_DIRECTORY / "build" / "client"

BUILD_ADDRESS = "http://intervi.invalid"
"""The server's address as far as the build knows. :class:`SameOrigin` takes it out again."""

_BUILT_IN_ADDRESS = re.compile(r"""(["'`])(?:http|ws)://intervi\.invalid(/[^"'`]*)\1""")


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
