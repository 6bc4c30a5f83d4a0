"""Builds the FastAPI application of the contracts."""

from fastapi import FastAPI


def create_app() -> FastAPI:
    """All contracts in one application; the pages are mounted behind it."""
    return FastAPI(title="Intervi")
