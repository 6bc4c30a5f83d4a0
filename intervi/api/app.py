"""Builds the application of the contracts. Reflex' pages are mounted behind it (``rx.App(api_transformer=create_app())``)."""

from fastapi import FastAPI

from intervi import __version__
from intervi.api import candidate, failures


def create_app() -> FastAPI:
    """All contracts, their failures and their documentation in one application."""
    app = FastAPI(title="Intervi", version=__version__, docs_url=None, redoc_url=None)
    for router in (candidate.router,):
        app.include_router(router)
    failures.install(app)
    return app
