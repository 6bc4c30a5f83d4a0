"""What benchmarks of the running product share: its servers, a web process, and what one costs."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def served(app: str) -> Iterator[tuple[int, int]]:
    """An application by Granian, as in the product: its port, and the process id of what serves."""
    port = free_port()
    with _serving("granian", "--interface", "asgi", "--factory", "--port", str(port), app, port=port) as pid:
        yield port, pid


@contextlib.contextmanager
def served_product() -> Iterator[tuple[int, int]]:
    """The whole product with its pages, which are built first if need be: the port, and the process id of what serves."""
    subprocess.run([sys.executable, "-m", "intervi.supervision.frontend"], cwd=ROOT, check=True)
    port = free_port()
    with _serving("intervi.supervision.web", port=port) as pid:
        yield port, pid


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _serving(module: str, *arguments: str, port: int) -> Iterator[int]:
    """Runs a module until it listens; the process id of its child, which serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{module} ended with {process.returncode} before it listened")
        time.sleep(1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield int(children[0])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def installation(**settings_of_run: str) -> Iterator[None]:
    """PostgreSQL and Redis of this run, migrated; settings as in the environment."""
    os.environ |= {
        "INTERVI_HOME": tempfile.mkdtemp(prefix="intervi-bench-"),
        "INTERVI_BCRYPT_ROUNDS": "4",
        "INTERVI_SECRET": "a secret of the benchmark, long enough for HS256",
        "INTERVI_RATE_LIMITS": "off",
    } | settings_of_run
    home = Path(os.environ["INTERVI_HOME"])
    home.chmod(0o755)
    from alembic import command
    from alembic.config import Config

    from intervi.settings import settings
    from intervi.supervision import embedded

    run = settings().run_directory
    commands = [
        embedded.prepare_postgres(home / "postgres", run / "postgres"),
        embedded.prepare_redis(home / "redis", run / "redis"),
    ]
    servers = [subprocess.Popen(each, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) for each in commands]
    try:
        for path in (run / "postgres" / ".s.PGSQL.5432", run / "redis" / "redis.sock"):
            while not path.exists():
                time.sleep(0.05)
        command.upgrade(Config(str(ROOT / "alembic.ini")), "head")
        yield
    finally:
        for server in servers:
            server.send_signal(signal.SIGINT)
        for server in servers:
            server.wait()
