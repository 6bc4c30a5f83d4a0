"""Wires pages, contracts and security headers into one application, served on one port; nothing else.

Reflex imports ``app`` to build the front end; the server imports ``serve`` (see :mod:`intervi.supervision.web`).
"""

from starlette.types import ASGIApp

from intervi import collector, pages
from intervi.api.app import create_app
from intervi.frontend import STATIC_DIRECTORY
from intervi.headers import SecurityHeaders, inline_script_hashes
from intervi.live.interview_namespace import SocketIO
from intervi.settings import settings

app = pages.App(api_transformer=create_app())
pages.register(app)


def serve() -> ASGIApp:
    """The whole application, with the built front end behind the routes of the contracts."""
    served = SecurityHeaders(
        SocketIO(app()), origins=settings().allowed_origins, scripts=inline_script_hashes(STATIC_DIRECTORY)
    )
    collector.settle()
    return served
