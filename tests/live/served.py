"""The contracts and the sockets as Granian serves them, without the pages: what ``intervi.intervi.serve`` is, less Reflex."""

from starlette.types import ASGIApp

from intervi import collector
from intervi.api.app import create_app
from intervi.live import interview_namespace
from intervi.live.interview_namespace import SocketIO

# Soon, so that no test waits for long.
interview_namespace.LOOK_AGAIN_SECONDS = 1.0


def serve() -> ASGIApp:
    served = SocketIO(create_app())
    collector.settle()
    return served
