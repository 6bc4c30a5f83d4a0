"""Prints requests per second and latency of five typical calls, 16 clients and one web process, beside four other designs; then what
each call costs as the database grows.

.venv/bin/python -m benchmarks.api [--seconds 3] [--rounds 3] [--interviews 100000] [--users 1000] [--only ours]

A PostgreSQL and a Redis of its own. The designs are served by granian at the same time and measured in turn, call by call and round
by round, so that whatever else the machine does falls on all of them. Rate limits are counted, as they are in the product; each user stays
below theirs.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

HOME = Path(tempfile.mkdtemp(prefix="intervi-bench-"))
HOME.chmod(0o755)
os.environ |= {"INTERVI_HOME": str(HOME), "INTERVI_SECRET": "a secret of the benchmark, long enough for HS256"}

import psycopg

from intervi.accounts import tokens
from intervi.accounts.models import Login, User
from intervi.clock import now
from intervi.ids import _from_bits, hex24
from intervi.interviews.models import Exchange, Interview, Status
from intervi.progress.models import LedgerEntry
from intervi.questions import bank
from intervi.settings import REPOSITORY_ROOT
from tests.servers import private_servers

CLIENTS = 16
EXCHANGES = 3
CALLERS = 10
ASKED = 200
"""Requests of one client at each size of the database."""
OPEN = 1
"""Of each user's interviews, so many are still going on."""


@dataclass(frozen=True)
class Person:
    """A user with a token and two interviews: one that is over, one that goes on."""

    id: UUID
    token: str
    completed: UUID
    running: UUID


# --- filling the database -------------------------------------------------------------------------------------------


def fill(users: int, interviews_each: int, seed: int) -> list[Person]:
    """Adds users with their interviews, spread over the last year."""
    dice, ids = random.Random(seed), _ids(seed)
    domains = [domain.slug for domain in bank.domains()]
    rows: dict[type, list[dict[str, object]]] = {User: [], Login: [], Interview: [], Exchange: [], LedgerEntry: []}
    people = []
    for number in range(users):
        email = f"{seed}-{number}@example.com"
        user = User(id=next(ids), email=email, email_key=email, password_hash="-")
        login = Login(id=next(ids), user_id=user.id, session_key=email, expires_at=now() + timedelta(days=1))
        rows[User].append(user.model_dump())
        rows[Login].append(login.model_dump())
        own = [
            _interview(next(ids), user.id, position, interviews_each, dice, domains)
            for position in range(interviews_each)
        ]
        for interview in own:
            rows[Interview].append(interview)
            rows[Exchange] += [_exchange(next(ids), interview["id"], position) for position in range(EXCHANGES)]
            if interview["status"] == Status.COMPLETED:
                rows[LedgerEntry].append(_entry(interview))
        token = tokens.issue_access(user.id, login.id)
        people.append(Person(user.id, token, own[0]["id"], own[-1]["id"]))
    with _connected() as connection:
        for table, values in rows.items():
            _copy(connection, table, values)
        connection.execute("VACUUM ANALYZE")
    return people


def _connected() -> psycopg.Connection:
    return psycopg.connect(f"host={HOME / 'run' / 'postgres'} user=intervi dbname=intervi", autocommit=True)


def _ids(seed: int) -> Iterator[UUID]:
    """As ``new_id`` makes them, in the order of time."""
    moment = time.time_ns() // 1_000_000 - 10_000_000 + seed * 1_000_000
    for number in range(10**9):
        yield _from_bits((moment + number // 100) << 48 | seed << 40 | number)


def _interview(
    identity: UUID, user: UUID, position: int, of: int, dice: random.Random, domains: Sequence[str]
) -> dict[str, object]:
    ended = now() - timedelta(days=365 * (of - position) / of)
    is_over = position < of - OPEN
    return Interview(
        id=identity,
        user_id=user,
        origin="conversation",
        status=Status.COMPLETED if is_over else Status.ACTIVE,
        domain_slug=dice.choice(domains),
        started_at=ended - timedelta(minutes=30),
        ended_at=ended if is_over else None,
        reported_score=dice.randint(40, 95) if is_over else None,
        created_at=ended - timedelta(minutes=30),
    ).model_dump()


def _exchange(identity: UUID, interview: object, position: int) -> dict[str, object]:
    return Exchange(
        id=identity,
        interview_id=interview,
        position=position + 1,
        question="Tell me about a time when something went wrong.",
        status="answered",
        answer_text="We had lost a server and its last backup. " * 5,
        answered_at=now(),
    ).model_dump()


def _entry(interview: dict[str, object]) -> dict[str, object]:
    ended = interview["ended_at"]
    return LedgerEntry(
        source=f"interview:{interview['id']}",
        user_id=interview["user_id"],
        interview_id=interview["id"],
        reason="interview",
        points=50,
        local_date=ended.date(),
        time_zone="UTC",
        occurred_at=ended,
        domain_slug=interview["domain_slug"],
    ).model_dump()


def _copy(connection: psycopg.Connection, table: type, rows: list[dict[str, object]]) -> None:
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor().copy(f'COPY "{table.__tablename__}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([json.dumps(value) if isinstance(value, dict) else value for value in row.values()])


# --- what is asked --------------------------------------------------------------------------------------------------

_DOMAIN = hex24(bank.domains()[0].id)
_NEW = {"domainId": _DOMAIN, "sessionType": "mock"}
_SAID = {"bot": "What is your experience with React?", "user": "Three years, in two products."}


@dataclass(frozen=True)
class Call:
    """One typical call, as each design is asked for it."""

    name: str
    ours: Callable[[Person], tuple[str, str]]
    other: str
    body: dict[str, str] | None = None

    def request(self, design: str, person: Person) -> bytes:
        method, path = self.ours(person)
        if design != "ours":
            path = self.other.format(running=hex24(person.running), completed=hex24(person.completed))
        if design in ("bare", "driver", "guarded"):
            path = f"/{person.id}" + self.other.format(running=person.running, completed=person.completed)
        body = json.dumps(self.body).encode() if self.body else b""
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {person.token}"]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


CALLS = [
    Call("a page of the list", lambda one: ("GET", "/api/interviews/sessions?page=1&pageSize=10"), "/list"),
    Call("one interview", lambda one: ("GET", f"/interview/sessions/{one.completed}"), "/read/{completed}"),
    Call("the dashboard", lambda one: ("GET", "/api/analytics/dashboard"), "/dashboard"),
    Call("a new interview", lambda one: ("POST", "/api/interviews/sessions"), "/create", _NEW),
    Call(
        "a question and its answer",
        lambda one: ("PATCH", f"/api/v1/interview/sessions/{hex24(one.running)}"),
        "/append/{running}",
        _SAID,
    ),
]
DESIGNS = {
    "ours": "benchmarks.api_designs:ours",
    "bare": "benchmarks.api_designs:bare",
    "driver": "benchmarks.api_designs:driver",
    "guarded": "benchmarks.api_designs:guarded",
    "plain": "benchmarks.api_designs:plain",
}


# --- asking ---------------------------------------------------------------------------------------------------------


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    """One request on a connection that stays open: as little of the client's own time as can be."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    body = await reader.readexactly(int(length or 0))
    if not head.startswith(b"http/1.1 2"):
        raise RuntimeError(f"{request[:200]!r} was answered {head[:100]!r} {body[:300]!r}")


async def _client(port: int, requests: Iterator[bytes], until: float) -> list[float]:
    """Latencies in seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    taken = []
    while (begin := time.perf_counter()) < until:
        await _ask(reader, writer, next(requests))
        taken.append(time.perf_counter() - begin)
    writer.close()
    return taken


def measured(port: int, requests: Iterator[bytes], seconds: float) -> tuple[float, list[float]]:
    """Requests per second, and every latency."""

    async def run() -> tuple[float, list[float]]:
        begin = time.perf_counter()
        found = await asyncio.gather(*(_client(port, requests, begin + seconds) for _ in range(CLIENTS)))
        taken = [latency for one in found for latency in one]
        return len(taken) / (time.perf_counter() - begin), taken

    return asyncio.run(run())


@contextmanager
def serving(factory: str, port: int, **environment: str) -> Iterator[None]:
    """One web process."""
    command = [sys.executable, "-m", "granian", factory, "--factory", "--interface", "asgi", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--no-access-log"],
        cwd=REPOSITORY_ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                asyncio.run(_reach(port))
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


async def _reach(port: int) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def _requests(call: Call, design: str, people: Sequence[Person]) -> Iterator[bytes]:
    order = random.Random(1).sample(people, len(people))
    ready = [call.request(design, person) for person in order]
    while True:
        yield from ready


# --- printing -------------------------------------------------------------------------------------------------------


def _percentile(taken: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return 1000 * sorted(taken)[min(len(taken) - 1, int(share * len(taken)))]


def compare(ports: dict[str, int], people: Sequence[Person], seconds: float, rounds: int) -> None:
    print(
        f"{'call':28}"
        + "".join(f"{design:>8} /s {'p50':>6} {'p99':>6}" for design in ports)
        + "".join(f"{'of ' + design:>12}" for design in ports if design != "ours")
    )
    for call in CALLS:
        requests = {design: _requests(call, design, people) for design in ports}
        rates: dict[str, list[float]] = {design: [] for design in ports}
        taken: dict[str, list[float]] = {design: [] for design in ports}
        for number in range(rounds + 1):
            for design, port in ports.items():
                rate, latencies = measured(port, requests[design], 0.5 if number == 0 else seconds)
                if number:  # the first is to warm up
                    rates[design].append(rate)
                    taken[design] += latencies
        middle = {design: statistics.median(found) for design, found in rates.items()}
        line = "".join(
            f"{middle[design]:11.0f} {_percentile(taken[design], 0.5):6.1f} {_percentile(taken[design], 0.99):6.1f}"
            for design in ports
        )
        ratios = "".join(f"{middle['ours'] / middle[design]:12.0%}" for design in ports if design != "ours")
        print(f"{call.name:28}{line}{ratios}", flush=True)


def growing(port: int, users: int, each: int) -> list[Person]:
    """Fills the database in three steps, a hundredth, a tenth and all of the users; at each, prints what each call costs.

    Each time it is ten new users who call equally often, so that only others' rows have become more.
    """
    people: list[Person] = []
    for step, size in enumerate((users // 100, users // 10, users)):
        if (missing := size - len(people) - CALLERS) > 0:
            people += fill(missing, each, seed=2 * step + 1)
        callers = fill(CALLERS, each, seed=2 * step + 2)
        print(f"\nOne client, {size * each:,} interviews: {'p50 ms':>8} {'PostgreSQL ms':>14}")
        for call in CALLS:
            median, worked = alone(port, call, callers)
            print(f"{call.name:38}{median:8.2f}{worked:14.3f}", flush=True)
        people += callers
    return people


def alone(port: int, call: Call, people: Sequence[Person]) -> tuple[float, float]:
    """Median latency with one client, and PostgreSQL's own processor time for one call, which does not depend on what else the machine
    does; both in ms."""

    async def run(requests: Sequence[bytes]) -> list[float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        taken = []
        for request in requests:
            begin = time.perf_counter()
            await _ask(reader, writer, request)
            taken.append(time.perf_counter() - begin)
        writer.close()
        return taken

    requests = list(islice(_requests(call, "ours", people), ASKED))
    asyncio.run(run(requests[: ASKED // 4]))  # to warm up
    before = _worked()
    taken = asyncio.run(run(requests))
    return _percentile(taken, 0.5), (_worked() - before) / ASKED


def _worked() -> float:
    """Processor time (ms) of all connections' processes of PostgreSQL."""
    with _connected() as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchall()
        own = connection.info.backend_pid
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for (pid,) in found if pid != own) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--interviews", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--only", choices=list(DESIGNS), action="append")
    parser.add_argument("--rate-limits", choices=["on", "off"], default="on")
    arguments = parser.parse_args()
    each = arguments.interviews // arguments.users
    designs = arguments.only or list(DESIGNS)
    ports = {design: 18_100 + number for number, design in enumerate(designs)}
    try:
        with ExitStack() as stack:
            stack.enter_context(private_servers())
            # Few users call often here: more than they may.
            with serving(DESIGNS["ours"], 18_200, INTERVI_RATE_LIMITS="off"):
                people = growing(18_200, arguments.users, each)
            for design, port in ports.items():
                stack.enter_context(serving(DESIGNS[design], port, INTERVI_RATE_LIMITS=arguments.rate_limits))
            compare(ports, people, arguments.seconds, arguments.rounds)
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    main()
