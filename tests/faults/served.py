"""The contracts as Granian serves them, by a process that stops for good within the transaction that keeps a recording: all bytes are in
storage, nothing is committed yet. It leaves a file that is called like the function, in the directory that ``FAULTS_MARKS`` names."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from intervi.api.app import create_app
from intervi.recordings import receiving, uploads


def serve() -> ASGIApp:
    if marks := os.environ.get("FAULTS_MARKS"):
        uploads.finish = _stopping(uploads.finish, Path(marks) / "finish")
        receiving.store = _stopping(receiving.store, Path(marks) / "store")
    return create_app()


def _stopping(keep: Callable[..., Awaitable[Any]], mark: Path) -> Callable[..., Awaitable[Any]]:
    async def run(*arguments: Any, **named: Any) -> None:
        await keep(*arguments, **named)
        mark.touch()
        await asyncio.Event().wait()

    return run
