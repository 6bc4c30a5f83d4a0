"""Makes ``.venv`` and keeps it at what the lock files name. Runs before anything is installed: only the standard library.

    python3.11 -m intervi.supervision.install [--dev]

uv does the work, itself installed by pip from a hashed lock: it needs a sixth of pip's time. Where uv cannot reach what pip can (a package
index behind settings that only pip reads), pip does it.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intervi.supervision.console import CannotStart, Step, run, say, step

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
LISTING = VENV / "installed-packages"
NEEDED_BYTES = 3 * 1024**3

_UV_SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", "cert": "SSL_CERT_FILE",
}  # fmt: skip
"""pip's settings, and the variables by which uv knows the same."""


def install(locks: list[Path]) -> None:
    """Brings ``.venv`` to what the locks name; does nothing when it is there already.

    Raises:
        CannotStart: It could not, or what was installed has been damaged since.
    """
    with _alone():
        stale = [lock for lock in locks if not _is_installed(lock)]
        if not stale:
            _refuse_damage()
            return
        _refuse_little_space()
        if not is_whole() or was_moved():
            _make_environment()
            stale = locks
        for lock in stale:
            stamp(lock).unlink(missing_ok=True)
        with step("Installing packages") as current:
            _install(stale, current)
        LISTING.write_text("\n".join(sorted(path.name for path in _packages().glob("*.dist-info"))))
        for lock in stale:
            stamp(lock).write_text(key(lock))


def stamp(lock: Path) -> Path:
    """The file that says what of a lock is installed."""
    return VENV / f"installed-{lock.name}"


def key(lock: Path) -> str:
    """Where the environment lies (its scripts know), and what is in the lock."""
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {VENV}"


def _is_installed(lock: Path) -> bool:
    return PYTHON.exists() and stamp(lock).is_file() and stamp(lock).read_text() == key(lock)


def is_whole() -> bool:
    """Whether the making of ``.venv`` came to its end, which is pip."""
    return PYTHON.exists() and any((VENV / "lib").glob("python*/site-packages/pip-*.dist-info/RECORD"))


def was_moved() -> bool:
    """Whether ``.venv`` was made for another place: its scripts name that in their first line."""
    return any(stamp.read_text().split(" ", 1)[1] != str(VENV) for stamp in VENV.glob("installed-*.txt"))


@contextmanager
def _alone() -> Iterator[None]:
    """Two ``make`` at once install one after the other."""
    with (ROOT / "requirements.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_environment() -> None:
    base = getattr(sys, "_base_executable", sys.executable)
    with step("Making .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        done = subprocess.run([base, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip" in done.stdout + done.stderr:
            raise CannotStart("Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3.11-venv")
        raise CannotStart(
            f"No virtual environment could be made: {(done.stderr or done.stdout).strip().splitlines()[-1]}"
        )


def _install(locks: list[Path], current: Step) -> None:
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--require-hashes",
        "--disable-pip-version-check",
        "--no-input",
    ]
    run([*pip, "-r", str(ROOT / "requirements-uv.txt")], current, LOG)
    files = [argument for lock in locks for argument in ("-r", str(lock))]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON), "--no-deps", "--require-hashes", *files]
    try:
        run(uv, current, LOG, environment=_uv_environment())
    except CannotStart:
        run([*pip, "--progress-bar", "off", "--no-cache-dir", *files], current, LOG)
    finally:
        shutil.rmtree(_uv_cache(), ignore_errors=True)


def _uv_cache() -> Path:
    return VENV / "uv-cache"


def _uv_environment() -> dict[str, str]:
    """pip's settings for uv; its cache beside the environment, where files are linked instead of copied."""
    listing = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found = dict(line.split("=", 1) for line in listing.splitlines() if "=" in line)
    settings = {name.rsplit(".", 1)[-1]: value.strip("'") for name, value in found.items()}
    translated = {ours: settings[theirs] for theirs, ours in _UV_SETTINGS.items() if theirs in settings}
    return {
        **translated,
        "UV_SYSTEM_CERTS": "1",
        **os.environ,
        "UV_CACHE_DIR": str(_uv_cache()),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }


def _refuse_little_space() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise CannotStart(
            f"The installation needs {NEEDED_BYTES / 1e9:.0f} GB on the disk that holds {ROOT}, which has {free / 1e9:.1f} GB free."
        )


def _packages() -> Path:
    return next((VENV / "lib").glob("python*/site-packages"))


def _refuse_damage() -> None:
    """Looks for every file that the installed packages list: 25,000 of them in a tenth of a second."""
    packages = _packages()
    for name in LISTING.read_text().splitlines():
        record = packages / name / "RECORD"
        if not record.is_file():
            raise CannotStart(_complaint(name, "RECORD"))
        for line in record.read_text().splitlines():
            file = line.rsplit(",", 2)[0].strip('"')
            if not file.endswith(".pyc") and not os.path.lexists(packages / file):
                raise CannotStart(_complaint(name, file))


def _complaint(package: str, file: str) -> str:
    name = package.removesuffix(".dist-info")
    return f"The installation in .venv is damaged ({name} lacks {file}): run `make clean`, then start again."


def main() -> None:
    """Installs, and says in one line what stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m intervi.supervision.install", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the packages of tests and tools")
    locks = [ROOT / "requirements.txt"]
    if parser.parse_args().dev:
        locks.append(ROOT / "requirements-dev.txt")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # so that all of them end what we have started
    try:
        install(locks)
    except KeyboardInterrupt:
        say("Stopped; `make run` goes on where this was.")
        raise SystemExit(1) from None
    except CannotStart as problem:
        say(f"Intervi cannot be installed: {problem}")
        raise SystemExit(1) from None
    except PermissionError as problem:
        say(
            f"Intervi cannot be installed: {problem.filename} belongs to another user; start as that user, or remove .venv."
        )
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
