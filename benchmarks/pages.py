"""The round trip of what people do on the pages, and what each of them holds in memory.

    python -m benchmarks.pages                      # 1, 25 and 100 people
    python -m benchmarks.pages --people 100 --seconds 30

Each of them has a year of practice and a login of their own, opens the history by Reflex's own protocol as the built pages do (a socket.io
client on the websocket transport, the ``session`` cookie, the hydrating event in its CONNECT packet), waits 2 to 8 seconds at random, and
then does one of two things:

- *tick*: takes an interview into the comparison; one event, answered by one update, which asks the database nothing;
- *filter*: chooses an order, which leads to a new address, whose loading reads the list: two round trips of the socket, and the time is
  from the first event to the last update.

The clients run in processes of their own; the product is one web process with PostgreSQL and Redis of its own. Memory is what the web
process (resident) and Redis (``used_memory``) have grown by once everybody has done some of this, per person.
"""

import argparse
import asyncio
import multiprocessing
import random
import secrets
import statistics
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import socketio

from benchmarks.serving import cpu_seconds, installation, resident_bytes, served_product

NAMESPACE = "/_event"
PATH = "/history"
CLIENT_PROCESSES = 2
PAUSE_SECONDS = (2.0, 8.0)
ORDERS = ("best", "oldest", "longest", "worst")
ACTIONS = ("tick", "filter")
PATIENCE = 30.0


# --- the people -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """What Reflex calls the history's state, and the event that follows a new address."""

    history: str
    load: str = "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"
    hydrate: str = "reflex___state____state.hydrate_and_load"
    root: str = "reflex___state____state"


async def people(count: int) -> list[str]:
    """So many people with the same year of practice; their session cookies."""
    from intervi.accounts import service as accounts
    from intervi.accounts.principal import Principal
    from intervi.database import transaction
    from tests.e2e import seed

    found: list[tuple[UUID, str]] = []
    for number in range(count):
        async with transaction() as session:
            signed_in = await accounts.register(session, email=f"{number}@example.com", password="seven quiet owls 42")
        found.append((signed_in.user_id, signed_in.session_cookie))
    first = found[0][0]
    await seed.year_of_practice(Principal(first))
    await _copy(first)
    return [cookie for _user_id, cookie in found]


async def _copy(first: UUID) -> None:
    """Gives everybody what the first has. The database makes the rows, whatever columns they have; an id's copy is found by its owner."""
    from sqlalchemy import text

    from intervi.database import transaction

    def copies(table: str, owned_by: str, *ids: str, **others: str) -> str:
        changed = {name: f"md5(t.{name} || ':' || u.id)::uuid" for name in ids} | others
        pairs = ", ".join(f"'{name}', {value}" for name, value in changed.items())
        return f"""INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({pairs}))).* FROM {table} t, users u
                   WHERE u.id <> :first AND t.{owned_by} IN ({_OWNED[owned_by]})"""

    of_user, source = {"user_id": "u.id"}, {"source": "t.source || ':' || u.id"}
    async with transaction() as session:
        for statement in (
            copies("interviews", "user_id", "id", **of_user),
            copies("exchanges", "interview_id", "id", "interview_id"),
            copies("analyses", "user_id", "id", "interview_id", "exchange_id", **of_user),
            copies("analysis_stages", "analysis_id", "analysis_id"),
            copies("progress_ledger", "user_id", "interview_id", **of_user, **source),
            copies("progress_achievements", "user_id", **of_user),
        ):
            await (await session.connection()).execute(text(statement), {"first": first})
    async with transaction() as session:
        await (await session.connection()).execute(text("ANALYZE"))


_OWNED = {
    "user_id": ":first",
    "interview_id": "SELECT id FROM interviews WHERE user_id = :first",
    "analysis_id": "SELECT id FROM analyses WHERE user_id = :first",
}


# --- the clients ----------------------------------------------------------------------------------------------------


@dataclass
class Page:
    """One person's open page: what came over its socket, and how long each action took."""

    names: Names
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    query: dict[str, str] = field(default_factory=dict)
    updates: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    late: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in ACTIONS})
    received_bytes: int = 0

    def event(self, handler: str, /, **payload: object) -> dict[str, Any]:
        """An event as the pages send it."""
        asked = "&".join(f"{name}={value}" for name, value in self.query.items())
        router = {"pathname": PATH, "asPath": f"{PATH}?{asked}" if asked else PATH, "query": dict(self.query)}
        return {"name": handler, "payload": payload, "router_data": router}

    async def until(self, state: str, name: str, value: object = None) -> dict[str, Any]:
        """The first update that tells this variable of a state (with this value, if there is one)."""
        async with asyncio.timeout(PATIENCE):
            while True:
                update = await self.updates.get()
                told = (update.get("delta") or {}).get(state, {})
                key = f"{name}_rx_state_"
                if key in told and (value is None or told[key] == value):
                    return told

    async def live(self, port: int, cookie: str, until: float, number: int) -> None:
        """Opens the page and acts on it until a time."""
        client = socketio.AsyncClient(reconnection=False)
        client.on("event", self.updates.put, namespace=NAMESPACE)
        await client.connect(
            f"http://localhost:{port}?token={self.token}",
            headers={"Cookie": f"session={cookie}", "Origin": f"http://localhost:{port}"},
            auth={"event": self.event(self.names.hydrate)},
            transports=["websocket"],
            namespaces=[NAMESPACE],
            socketio_path=NAMESPACE,
        )
        told = await self.until(self.names.history, "is_loaded", True)
        rows = [line["row"]["id"] for line in told["shown_rx_state_"]["lines"]]
        await asyncio.sleep(random.uniform(0, PAUSE_SECONDS[1]))
        while time.time() < until:
            action = ACTIONS[number % len(ACTIONS)]
            while not self.updates.empty():  # what the page was told by itself in between
                self.updates.get_nowait()
            began = time.perf_counter()
            if action == "tick":
                await client.emit(
                    "event",
                    self.event(f"{self.names.history}.tick", interview_id=random.choice(rows)),
                    namespace=NAMESPACE,
                )
                await self.until(self.names.history, "ticked")
            else:
                await self._filter(client, random.choice([each for each in ORDERS if each != self.query.get("order")]))
            self.late[action].append(time.perf_counter() - began)
            number += 1
            await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
        await client.disconnect()

    async def _filter(self, client: socketio.AsyncClient, order: str) -> None:
        chosen = self.event(f"{self.names.history}.choose", name="order", value=order)
        await client.emit("event", chosen, namespace=NAMESPACE)
        async with asyncio.timeout(PATIENCE):
            while not any(each["name"] == "_redirect" for each in (await self.updates.get()).get("events") or ()):
                pass
        self.query = {"order": order}
        await client.emit("event", self.event(self.names.load), namespace=NAMESPACE)
        await self.until(self.names.root, "is_hydrated", True)


def _clients(port: int, names: Names, cookies: list[str], until: float, warm_up: float, results: Any) -> None:
    async def run() -> None:
        pages = [Page(names) for _ in cookies]
        each = enumerate(zip(pages, cookies, strict=True))
        tasks = [asyncio.create_task(page.live(port, cookie, until, number)) for number, (page, cookie) in each]
        await asyncio.sleep(warm_up)
        for page in pages:
            for each in page.late.values():
                each.clear()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        failed = [repr(each) for each in ended if each is not None]
        results.put(({name: [one for page in pages for one in page.late[name]] for name in ACTIONS}, failed))

    asyncio.run(run())


# --- the load -------------------------------------------------------------------------------------------------------


@dataclass
class Load:
    """What one number of people cost."""

    late: dict[str, list[float]]
    failed: list[str]
    cpu: float
    """Of one core."""
    web_bytes: float
    redis_bytes: float
    """Each, for one person."""


def load(names: Names, cookies: list[str], seconds: float) -> Load:
    """Lets them act for so many seconds, after a warm-up in which all of them open the page."""
    with served_product() as (port, pid):
        _run(port, names, cookies[:1], 6, 1)  # what is loaded on first use belongs to nobody
        _flush()
        before, kept_before = resident_bytes(pid), _redis_bytes()
        warm_up = 4 + len(cookies) / 10
        context = multiprocessing.get_context("spawn")
        results = context.Queue()
        until = time.time() + 3 + warm_up + seconds  # a process starts for some seconds
        clients = [
            context.Process(target=_clients, args=(port, names, cookies[at::CLIENT_PROCESSES], until, warm_up, results))
            for at in range(min(CLIENT_PROCESSES, len(cookies)))
        ]
        for client in clients:
            client.start()
        time.sleep(3 + warm_up)
        used, began = cpu_seconds(pid), time.time()
        time.sleep(seconds * 0.8)
        used = (cpu_seconds(pid) - used) / (time.time() - began)
        web, kept = resident_bytes(pid) - before, _redis_bytes() - kept_before
        found = [results.get(timeout=60) for _ in clients]
        for client in clients:
            client.join()
    return Load(
        {name: [one for late, _failed in found for one in late[name]] for name in ACTIONS},
        [one for _late, failed in found for one in failed],
        used,
        web / len(cookies),
        kept / len(cookies),
    )


def _run(port: int, names: Names, cookies: list[str], seconds: float, warm_up: float) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    client = context.Process(target=_clients, args=(port, names, cookies, time.time() + seconds, warm_up, results))
    client.start()
    _late, failed = results.get(timeout=90)
    client.join()
    if failed:
        raise RuntimeError(f"the page could not be opened: {failed[0]}")


def _redis_bytes() -> int:
    return int(_redis().info("memory")["used_memory"])


def _flush() -> None:
    _redis().flushall()


def _redis() -> Any:
    import redis

    from intervi.settings import settings

    return redis.Redis.from_url(settings().broker_url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, nargs="+", default=[1, 25, 100])
    parser.add_argument("--seconds", type=float, default=25)
    options = parser.parse_args()
    with installation():
        cookies = asyncio.run(people(max(options.people)))
        names = Names(_state_name())
        print(
            "| people | action | done | p50 ms | p99 ms | web process, of one core | its KiB a person | Redis KiB a person |",
            flush=True,
        )
        for count in options.people:
            found = load(names, cookies[:count], options.seconds)
            if found.failed:
                print(f"    failed: {len(found.failed)}, such as {found.failed[0]}", flush=True)
            for action, late in found.late.items():
                cuts = statistics.quantiles(late, n=100, method="inclusive") if len(late) > 1 else [float("nan")] * 99
                print(
                    f"| {count} | {action} | {len(late)} | {1000 * cuts[49]:.0f} | {1000 * cuts[98]:.0f} | {found.cpu:.2f} | "
                    f"{found.web_bytes / 1024:.0f} | {found.redis_bytes / 1024:.0f} |",
                    flush=True,
                )


def _state_name() -> str:
    """Read where the pages are imported anyway: a client should not pay for that."""
    from intervi.pages.history.state import HistoryState

    return HistoryState.get_full_name()


if __name__ == "__main__":
    main()
