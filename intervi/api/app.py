"""Builds the application of the contracts. Reflex' pages are mounted behind it (``rx.App(api_transformer=create_app())``)."""

from fastapi import FastAPI

from intervi import __version__
from intervi.api import (
    account,
    assistant,
    candidate,
    coach,
    conversation,
    documentation,
    failures,
    hiring,
    history,
    languages,
    measuring,
    media,
    reports,
    schedule,
)
from intervi.api.contract import CONTRACTS
from intervi.live import analysis_socket, transcription_socket
from intervi.progress import service as progress  # noqa: F401 - listens to what is completed, from its import on

ROUTERS = (
    *candidate.routers,
    account.router,
    schedule.router,
    *assistant.routers,
    coach.router,
    conversation.router,
    *hiring.routers,
    media.router,
    media.tus,
    reports.router,
    history.router,
    documentation.router,
    analysis_socket.router,
    transcription_socket.router,
)


def create_app() -> FastAPI:
    """All contracts, their failures and their documentation in one application."""
    app = FastAPI(
        title="Intervi",
        version=__version__,
        description=documentation.DESCRIPTION,
        openapi_tags=documentation.tags(*CONTRACTS),
        docs_url=None,
        redoc_url=None,
    )
    for router in ROUTERS:
        # As they are: of routers that are included, FastAPI looks for the route of every request twice at each level.
        app.router.routes.extend(router.routes)
    failures.install(app)
    app.add_middleware(languages.Spoken)
    app.add_middleware(measuring.Measured)
    documentation.describe(app)
    return app
