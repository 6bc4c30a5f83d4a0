"""Prometheus metrics over all processes of an installation: two real web processes and a real worker, whichever of them is asked."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect

from intervi.metrics import DIRECTORY_VARIABLE
from tests.api.recordings import A_RECORDING
from tests.live.conftest import web_process
from tests.live.people import a_person
from tests.worker_processes import a_worker

PATIENCE_SECONDS = 60

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the supervisor gives every program of an installation."""
    return tmp_path_factory.mktemp("metrics")


@pytest.fixture(scope="module")
def two_webs(servers: Path, directory: Path) -> Iterator[tuple[str, str]]:
    shared = {DIRECTORY_VARIABLE: str(directory)}
    with ExitStack() as running:
        addresses = [
            running.enter_context(web_process(servers / f"metrics-web-{number}.log", **shared))[0] for number in (1, 2)
        ]
        yield addresses[0], addresses[1]


@pytest.fixture
async def readers(two_webs: tuple[str, str]) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    one, other = two_webs
    async with (
        httpx.AsyncClient(base_url=f"http://{one}", timeout=30) as first,
        httpx.AsyncClient(base_url=f"http://{other}", timeout=30) as second,
    ):
        yield first, second


async def read(client: httpx.AsyncClient) -> Samples:
    """Every sample by its name and labels; each metric is told of once."""
    answer = await client.get("/api/v1/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.text))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, tuple(sorted(labels.items()))), 0)


async def test_requests_to_either_are_told_by_both(readers: tuple[httpx.AsyncClient, httpx.AsyncClient]) -> None:
    one, other = readers
    refused = {"contract": "coach", "method": "GET", "status": "401"}
    before = await read(one)
    for client, times in ((one, 3), (other, 2)):
        for _ in range(times):
            assert (await client.get("/interview/sessions")).status_code == 401
    for client in readers:
        after = await read(client)
        grown = {
            name: value(after, name, **labels) - value(before, name, **labels)
            for name, labels in (
                ("intervi_requests_total", refused),
                ("intervi_request_seconds_count", {"contract": "coach"}),
            )
        }
        assert set(grown.values()) == {5}
        whole = value(after, "intervi_request_seconds_bucket", contract="coach", le="+Inf")
        assert whole == value(after, "intervi_request_seconds_count", contract="coach")
        assert value(after, "intervi_request_seconds_sum", contract="coach") > 0


async def test_an_open_socket_of_one_is_told_by_the_other(
    two_webs: tuple[str, str], readers: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    async with a_person(two_webs[0]) as person:
        before = value(await read(readers[1]), "intervi_live_sockets", kind="analysis")
        address = f"ws://{two_webs[0]}/ws/analysis/{person.session_id}?token={person.token}"
        async with connect(address) as socket:
            await socket.send("no json")
            await socket.recv()
            assert value(await read(readers[1]), "intervi_live_sockets", kind="analysis") == before + 1


async def test_a_job_waits_in_the_queue_and_its_worker_is_told_of_even_when_it_is_gone(
    servers: Path, directory: Path, two_webs: tuple[str, str], readers: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    done, seconds = "intervi_jobs_total", "intervi_stage_seconds_count"
    labels = {"stage": "decode", "outcome": "done"}
    async with a_person(two_webs[0]) as person:
        made = await person.client.post("/api/v1/interviews", json={"candidateId": "candidate456"})
        interview_id = made.json()["data"]["interviewId"]
        form = {"data": {"interviewId": interview_id, "format": "audio"}, "files": {"file": ("talk.wav", A_RECORDING)}}
        await person.client.post("/api/v1/transcription/upload", **form)
        await person.client.post(f"/api/v1/analysis/{interview_id}/analyze", json={}, headers={"Prefer": "wait=0"})
    waiting = [await read(client) for client in readers]
    assert {value(samples, "intervi_queue_depth", stage="decode") for samples in waiting} == {1}
    assert all(value(samples, "intervi_queue_age_seconds", stage="decode") > 0 for samples in waiting)
    before = waiting[0]
    with a_worker("media", servers, **{DIRECTORY_VARIABLE: str(directory)}):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not value(await read(readers[1]), done, **labels) > value(before, done, **labels):
                await asyncio.sleep(0.2)
    # The worker was killed; what it has done stays counted.
    for client in readers:
        after = await read(client)
        assert value(after, done, **labels) == value(before, done, **labels) + 1
        assert value(after, seconds, stage="decode") == value(before, seconds, stage="decode") + 1
        assert value(after, "intervi_queue_depth", stage="decode") == 0
