"""``python -m tests.faults.nursery``: real worker processes, started at once because their libraries are loaded already.

One order per line of standard input, as JSON: what :class:`Order` holds. The answer is the process id. Each worker is a fork of this
process, which has imported everything and used nothing; from there on it runs ``workers.__main__.main`` like any other.

A worker can be told to stop at a point of its work: a stage, ``before`` it measures, ``after`` it has (files are in storage, nothing is in
the database), or once its result is ``committed`` (nobody is woken for what comes next). It then leaves a file that is called like the
point, and goes on when there is one called ``go``. It can also be given poison: answers that end its process where they are measured.
"""

import os
import resource
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from intervi.analysis import queue
from intervi.analysis.claims import Claim
from intervi.settings import settings
from intervi.supervision.child import die_with_parent
from workers import __main__ as worker
from workers import jobs, stages
from workers.stages import Outcome

MOMENTS = ("before", "after", "committed")


@dataclass(frozen=True)
class Poison:
    """An answer that ends the process which measures it."""

    exchange_id: UUID
    within: str
    """The function of ``workers.stages`` in which it dies: ``measure_speech`` …"""
    signal: int
    """What it dies of."""


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
    poison: list[Poison] = field(default_factory=list)


_ORDER: TypeAdapter[Order] = TypeAdapter(Order)

_at_work: Claim | None = None
"""What this worker measures or has measured last."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
    queue.wake = _stopping_to_wake(order, queue.wake)
    for poison in order.poison:
        setattr(stages, poison.within, _deadly(poison, getattr(stages, poison.within)))
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
        global _at_work
        _at_work = claim
        _stop_at(order, f"{claim.stage}-before")
        outcome = run_stage(claim)
        _stop_at(order, f"{claim.stage}-after")
        return outcome

    return run


def _stopping_to_wake(order: Order, wake: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def run(*kinds: str) -> None:
        if _at_work is not None:
            _stop_at(order, f"{_at_work.stage}-committed")
        await wake(*kinds)

    return run


def _deadly(poison: Poison, measure: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> Any:
        if _at_work is not None and _at_work.exchange.id == poison.exchange_id:
            signal.raise_signal(poison.signal)  # in this thread, which does nothing more
        return measure(*arguments, **named)

    return run


def _stop_at(order: Order, point: str) -> None:
    if point not in order.points or (order.marks / point).exists():
        return
    (order.marks / point).touch()
    while not (order.marks / "go").exists():
        time.sleep(0.01)


if __name__ == "__main__":
    main()
