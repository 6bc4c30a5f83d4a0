"""The headers that every answer carries, errors and files included: what a browser may do with it, and how long it may keep it.

Sources: the OWASP HTTP Headers Cheat Sheet; Content Security Policy Level 3 (W3C).
"""

import base64
import hashlib
from collections.abc import Collection, Mapping
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intervi.frontend import LANDMARK_WORKER

FALLBACK_PAGE = "404"
"""The page that serves every address without a file of its own, such as ``/history/{id}``."""

HASHED_FILES = "/assets/"
"""Where the build puts files whose names change with their content."""

_FIXED = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """ASGI middleware. A header that the application has set itself is left as it is."""

    def __init__(
        self, app: ASGIApp, *, origins: Collection[str], scripts: Mapping[str, Collection[str]] | None = None
    ) -> None:
        """
        Args:
            app: What is wrapped.
            origins: Our own origins, such as ``http://localhost:8000``; sockets may go there.
            scripts: The hashes of each page's inline scripts, from :func:`inline_script_hashes`.
        """
        self._app = app
        self._sockets = sorted("ws" + origin.removeprefix("http") for origin in origins)
        self._policies = {page: self._policy(hashes) for page, hashes in (scripts or {}).items()}
        self._strictest = self._policy(())
        # A worker has the policy of its own file. MediaPipe's runs WebAssembly, and its glue makes functions of strings; no page may.
        self._landmarks = self._policy((), "'wasm-unsafe-eval' 'unsafe-eval'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_to(MutableHeaders(scope=message), scope["path"], message["status"])
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _add_to(self, headers: MutableHeaders, path: str, status: int) -> None:
        is_page = headers.get("content-type", "").startswith("text/html")
        # A 304 names no type, and its headers replace those of the page that the browser kept.
        if is_page or status != HTTPStatus.NOT_MODIFIED:
            headers.setdefault(
                "Content-Security-Policy", self._policy_of(path) if is_page else self._policy_of_file(path)
            )
        for name, value in _FIXED.items():
            headers.setdefault(name, value)
        if path.startswith(HASHED_FILES) and status < HTTPStatus.BAD_REQUEST:
            headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
        elif is_page:
            # A page names the scripts of one build; a kept one would ask for those of the last.
            headers.setdefault("Cache-Control", "no-cache")

    def _policy_of(self, path: str) -> str:
        page = path.strip("/").removesuffix(".html") or "index"
        return self._policies.get(page) or self._policies.get(FALLBACK_PAGE, self._strictest)

    def _policy_of_file(self, path: str) -> str:
        return self._landmarks if path == LANDMARK_WORKER else self._strictest

    def _policy(self, hashes: Collection[str], evaluation: str = "") -> str:
        scripts = " ".join([*(f"'sha256-{digest}'" for digest in sorted(hashes)), evaluation]).strip()
        return "; ".join(
            [
                "default-src 'self'",
                # No 'unsafe-eval': a page script that is a string never runs.
                f"script-src 'self' {scripts}".rstrip(),
                # The components set style attributes, which no hash can cover.
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "media-src 'self' blob:",
                "font-src 'self' data:",
                "worker-src 'self' blob:",
                " ".join(["connect-src 'self'", *self._sockets]),
                "object-src 'none'",
                "base-uri 'self'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            ]
        )


class _InlineScripts(HTMLParser):
    """Collects the text of every script that has no ``src``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._inside = "src" not in dict(attrs)
            if self._inside:
                self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data


def inline_script_hashes(directory: Path) -> dict[str, frozenset[str]]:
    """The base64 SHA-256 of every inline script, by the page that holds it.

    Args:
        directory: The built front end.

    Returns:
        Page address without slashes at its ends and without ``.html`` (the front page is ``index``) → hashes.
    """
    return {
        file.relative_to(directory).with_suffix("").as_posix(): _hashes(file.read_text())
        for file in directory.rglob("*.html")
    }


def _hashes(html: str) -> frozenset[str]:
    parser = _InlineScripts()
    parser.feed(html)
    parser.close()
    return frozenset(base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in parser.texts)
