"""The web process: the built front end, the pages' events and the contracts on one port."""

import os

from intervi.frontend import REPOSITORY_ROOT
from intervi.settings import settings
from intervi.supervision import environment


def main() -> None:
    """Serves until told to stop."""
    os.chdir(REPOSITORY_ROOT)
    environment.prepare(serving=True)

    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "intervi.intervi:serve",
        factory=True,
        address=settings().host,
        port=settings().port,
        interface=Interfaces.ASGI,
        # Several need sticky routing or the websocket transport only; see docs/architecture.md.
        workers=int(os.environ.get("GRANIAN_WORKERS", "1")),
        workers_kill_timeout=5,
    ).serve()


if __name__ == "__main__":
    main()
