"""The web process: the built front end, the pages' events and the contracts on one port."""

import os
import signal

from intervi.settings import REPOSITORY_ROOT, settings
from intervi.supervision import environment
from intervi.supervision.child import die_with_parent


def main() -> None:
    """Serves until told to stop."""
    os.chdir(REPOSITORY_ROOT)
    environment.prepare(serving=True)
    # Granian serves from a process of its own, which must not outlive this one and keep the port.
    os.register_at_fork(after_in_child=lambda: die_with_parent(signal.SIGKILL))

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
