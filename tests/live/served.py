"""The contracts and the sockets as Granian serves them, without the pages: what ``intervi.intervi.serve`` is, less Reflex."""

from starlette.types import ASGIApp

from intervi.api.app import create_app
from intervi.live.interview_namespace import SocketIO


def serve() -> ASGIApp:
    return SocketIO(create_app())
