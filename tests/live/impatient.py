"""The contracts with sockets that take in messages as fast as they come and wait for nobody long, so that a test need not either."""

from fastapi import FastAPI

from intervi.api import app
from intervi.live import analysis_socket, sockets


def create_app() -> FastAPI:
    analysis_socket.FREE_MESSAGES = 10**9
    sockets.UPKEEP_SECONDS, sockets.PING_SECONDS, sockets.IDLE_SECONDS = 0.5, 2.0, 6.0
    return app.create_app()
