"""``python -m intervi.supervision``: everything, in order, until told to stop. This is ``make run``."""

import os
import shutil
import signal
import sys

import psycopg
from pydantic import ValidationError

from intervi.metrics import DIRECTORY_VARIABLE
from intervi.settings import REPOSITORY_ROOT, settings
from intervi.supervision import frontend, preconditions, programs
from intervi.supervision.child import die_with_parent
from intervi.supervision.console import CannotStart, run, say, step
from intervi.supervision.lifecycle import Run, Stopped


def main() -> None:
    """Runs Intervi; what stands in the way is said in one line, with a status other than zero."""
    os.chdir(REPOSITORY_ROOT)
    os.umask(0o077)
    die_with_parent(signal.SIGTERM)
    current = Run()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, current.ask_to_stop)
    try:
        _prepare_and_run(current)
    except Stopped:
        say("Stopped.")
    except (CannotStart, ValidationError, OSError, RuntimeError, psycopg.Error) as problem:
        say(f"Intervi cannot run: {_in_words(problem)}")
        raise SystemExit(1) from None


def _prepare_and_run(current: Run) -> None:
    preconditions.make_home()
    with preconditions.lock_installation():
        preconditions.wait_for_previous_run(programs.locks())
        preconditions.refuse_used_port()
        _build_front_end()
        _share_metrics()
        current.start_and_watch(programs.servers(), programs.workers(), programs.web())


def _build_front_end() -> None:
    if not frontend.is_current():
        with step("Building the pages") as progress:
            run(
                [sys.executable, "-m", "intervi.supervision.frontend"], progress, programs.log_directory() / "build.log"
            )


def _share_metrics() -> None:
    """What each process counts, all can read; the counts begin anew with this run."""
    directory = settings().run_directory / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True, mode=0o700)
    os.environ[DIRECTORY_VARIABLE] = str(directory)


def _in_words(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        first = problem.errors()[0]
        return f"the setting {first['loc'][0]} is wrong: {first['msg']}."
    if isinstance(problem, OSError) and problem.errno is not None:
        where = f" ({problem.filename})" if problem.filename else ""
        return f"{os.strerror(problem.errno)}{where}."
    return str(problem)


if __name__ == "__main__":
    main()
