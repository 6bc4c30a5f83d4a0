"""What must hold before anything is started. Each check refuses in one line that says what to do."""

import errno
import fcntl
import os
import pwd
import shutil
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from intervi.settings import settings
from intervi.supervision.console import CannotStart, step

NEEDED_BYTES = 500 * 1024**2
SOCKET_PATH_LIMIT = 107
"""Of ``sun_path`` in unix(7), less its closing zero."""


def make_home() -> None:
    """Makes the directories for state, sockets and logs, readable by nobody else.

    Raises:
        CannotStart: They belong to somebody else, cannot be written, or their disk is full.
    """
    home, run = settings().home, settings().run_directory
    longest = run / "postgres" / ".s.PGSQL.5432"
    if len(os.fsencode(longest)) > SOCKET_PATH_LIMIT:
        raise CannotStart(f"The path {home} is too long for sockets in it. Set INTERVI_HOME to a shorter one.")
    try:
        for directory in (home, run, home / "log"):
            directory.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(directory)
            # PostgreSQL's own user, when we are root, must pass through to reach its files.
            directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except PermissionError as problem:
        raise CannotStart(f"{problem.filename} cannot be written. Set INTERVI_HOME to a directory of yours.") from None
    refuse_full_disk()


def refuse_full_disk() -> None:
    """Recordings, the database and the logs are all on the disk that holds our home.

    Raises:
        CannotStart: It has no space left to speak of.
    """
    home = settings().home
    free = shutil.disk_usage(home).free
    if free < NEEDED_BYTES:
        raise CannotStart(
            f"The disk that holds {home} is full ({free // 1024**2} MB free): free at least {NEEDED_BYTES // 1024**2} MB."
        )


def _refuse_foreign(directory: Path) -> None:
    owner = directory.stat().st_uid
    if owner != os.geteuid():
        raise CannotStart(
            f"{directory} belongs to {_name_of(owner)}, and you are {_name_of(os.geteuid())}:"
            f" start as {_name_of(owner)}, or set INTERVI_HOME to a directory of yours."
        )


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def lock_installation() -> IO[str]:
    """Locks this installation until the returned file is closed, or we are gone.

    Raises:
        CannotStart: It runs already.
    """
    lock = (settings().run_directory / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno not in (errno.EWOULDBLOCK, errno.EAGAIN):
            raise
        lock.seek(0)
        raise CannotStart(f"Intervi runs already: {lock.read().strip() or settings().home}") from None
    lock.truncate(0)
    lock.write(f"{settings().base_url} (process {os.getpid()})\n")
    lock.flush()
    return lock


def wait_for_previous_run(locks: Iterable[Path], patience_seconds: float = 60) -> None:
    """Waits until the programs of a run that was cut off have ended, which they do by themselves.

    Raises:
        CannotStart: One does not.
    """
    held = [lock for lock in locks if _is_held(lock)]
    if not held:
        return
    with step("Waiting for the previous run to end"):
        deadline = time.monotonic() + patience_seconds
        while held := [lock for lock in held if _is_held(lock)]:
            if time.monotonic() > deadline:
                raise CannotStart(f"{held[0].stem} of the previous run does not end: end it by hand, then start again.")
            time.sleep(0.1)


def _is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def refuse_used_port() -> None:
    """Binds our port for a moment.

    Raises:
        CannotStart: Somebody else has it, or we may not.
    """
    host, port = settings().host, settings().port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CannotStart(_port_complaint(problem, host, port)) from None


def _port_complaint(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program: stop that, or choose another port with `make run PORT={port + 1}`."
    if problem.errno == errno.EACCES:
        return f"Port {port} is for root only: choose one above 1023 with `make run PORT=8000`."
    return f"{host}:{port} is no address of this machine ({problem.strerror}): set HOST and PORT to one that is."
