"""``python -m tests.faults.nursery``: real worker processes, started at once because their libraries are loaded already.

One order per line of standard input, as JSON: what :class:`Order` holds. The answer is the process id. Each worker is a fork of this
process, which has imported everything and used nothing; from there on it runs ``workers.__main__.main`` like any other.

A worker can be told to stop at a point of its work: a stage, ``before`` it measures or ``after`` it has (files are in storage, nothing
is in the database). It then leaves a file that is called like the point, and goes on when there is one called ``go``.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from pydantic import TypeAdapter

from intervi.analysis.claims import Claim
from intervi.settings import settings
from intervi.supervision.child import die_with_parent
from workers import __main__ as worker
from workers import jobs
from workers.stages import Outcome

MOMENTS = ("before", "after")


@dataclass(frozen=True)
class Order:
    """One worker."""

    kind: str
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    """``decode-before`` …: it stops at each of these, unless another worker has."""
    marks: Path = Path()
    """Where the files are that say who stopped, and that one may go on."""
    poison: UUID | None = None
    """The answer that kills its worker before it is measured by the stage in ``points``."""


_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


def main() -> None:
    # Nobody waits for a killed worker here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
    print("ready", flush=True)
    for line in sys.stdin:
        order = _ORDER.validate_json(line)
        process_id = os.fork()
        if process_id == 0:
            _work(order)
        print(process_id, flush=True)


def _work(order: Order) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    die_with_parent(signal.SIGKILL)
    with order.log.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ |= order.environment
    settings.cache_clear()
    jobs.run_stage = _stopping(order, jobs.run_stage)
    sys.argv = ["workers", order.kind]
    status = 1
    try:
        worker.main()
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _stopping(order: Order, run_stage: Callable[[Claim], Outcome]) -> Callable[[Claim], Outcome]:
    def run(claim: Claim) -> Outcome:
        if claim.exchange.id == order.poison and f"{claim.stage}-before" in order.points:
            os.kill(os.getpid(), signal.SIGKILL)
        if order.poison is None:
            _stop_at(order, f"{claim.stage}-before")
        outcome = run_stage(claim)
        if order.poison is None:
            _stop_at(order, f"{claim.stage}-after")
        return outcome

    return run


def _stop_at(order: Order, point: str) -> None:
    if point not in order.points or (order.marks / point).exists():
        return
    (order.marks / point).touch()
    while not (order.marks / "go").exists():
        time.sleep(0.01)


if __name__ == "__main__":
    main()
