"""The web process killed while recordings come in, by the pages' resumable uploads and by a contract's form: half sent, and all sent but
not kept yet. Whoever sent them goes on or sends again, and each is there once, byte by byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.database import transaction
from intervi.ids import parse_id
from intervi.live.voice import RATE
from intervi.recordings.storage import storage
from tests.api.people import PASSWORD
from tests.api.recordings import TUS, a_question, a_tone, metadata
from tests.faults.answers import Answer, reported, whole
from tests.faults.installation import Installation, kill_tree, until
from tests.live.conftest import web_process

SECONDS = 24
"""Of sound: enough bytes that a half of them is more than is gathered before it is written (256 KiB)."""
STREAM_SECONDS = 6
"""More than is gathered before it is written."""
PATCH = {**TUS, "Content-Type": "application/offset+octet-stream"}
BOUNDARY = "the-boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture(scope="module")
def tone() -> bytes:
    return a_tone(SECONDS)


@dataclass(frozen=True)
class Sending:
    """A recording on its way, as its sender knows it."""

    session_id: str
    exchange_id: str
    address: str


async def test_the_web_process_killed_while_recordings_come_in(
    installation: Installation, tone: bytes, noted: Callable[[str, str], None], tmp_path: Path
) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    with web_process(tmp_path / "web.log", "tests.faults.served:serve", FAULTS_MARKS=str(marks)) as (address, process):
        async with somebody(address) as client:
            half, last = [await a_resumable(client) for _ in range(2)]
            half_form, last_form = [await a_form(client) for _ in range(2)]
            sent = [
                client.patch(half.address, content=slowly(tone), headers=PATCH | {"Upload-Offset": "0"}),
                client.patch(
                    last.address,
                    content=tone,
                    headers=PATCH | {"Upload-Offset": "0", "Upload-Length": str(len(tone))},
                ),
                client.post(half_form.address, content=slowly(form(tone)), headers=FORM | key("half")),
                client.post(last_form.address, content=form(tone), headers=FORM | key("last")),
            ]
            sending = [asyncio.create_task(request) for request in sent]
            await asyncio.to_thread(until, lambda: all_stand(installation, marks), "not all uploads came so far")
            kill_tree(process)
            assert all(
                isinstance(each, httpx.HTTPError) for each in await asyncio.gather(*sending, return_exceptions=True)
            )
            signed_in = client.headers["Authorization"]
    left = await asyncio.to_thread(installation.checked)
    assert len(left) == 2
    assert all("belongs to no recording" in line for line in left), "the forms', half and whole, and nothing else"
    # Whoever sends the form again waits until the dead process's right to answer it has run out.
    installation.rows("UPDATE kept_answers SET lease_expires_at = now() - interval '1 s'")
    with web_process(tmp_path / "web-again.log", "tests.faults.served:serve") as (address, _process):
        async with httpx.AsyncClient(base_url=f"http://{address}", headers={"Authorization": signed_in}) as client:
            went_on_at = await gone_on(client, half, tone)
            assert await gone_on(client, last, tone) == len(tone), "it is asked after, and kept"
            for one, name in ((half_form, "half"), (last_form, "last")):
                again = [await client.post(one.address, content=form(tone), headers=FORM | key(name)) for _ in range(2)]
                assert [each.status_code for each in again] == [201, 201]
                assert again[0].json() == again[1].json()
    assert set(await asyncio.to_thread(installation.checked, "--repair")) == {f"{line} (mended)" for line in left}
    answers = [await over(installation, one) for one in (half, last, half_form, last_form)]
    stored = installation.rows("SELECT storage_key FROM media WHERE state = 'stored'")
    assert [storage().read(str(stored_key), 0, 2 * len(tone)) == tone for (stored_key,) in stored] == [True] * 4
    installation.workers()
    await reported(*answers)
    noted(
        f"web process killed in four uploads of {len(tone):,} bytes",
        f"{await whole(installation, *answers)}; the half sent went on at byte {went_on_at:,}, the forms were sent again",
    )


async def test_postgresql_stopped_while_a_stream_is_heard(
    installation: Installation, noted: Callable[[str, str], None], tmp_path: Path
) -> None:
    with web_process(tmp_path / "web.log", "tests.faults.served:serve") as (address, _process):
        async with somebody(address) as client:
            made = await client.post("/api/v1/interviews", json={"candidateId": "candidate456"})
            stream = f"ws://{address}/transcription/stream/{made.json()['data']['interviewId']}"
            signed_in = {"Authorization": client.headers["Authorization"]}
            async with connect(stream, additional_headers=signed_in, ping_interval=None) as socket:
                for number in range(3):
                    await say(socket)
                    if number == 0:
                        await asyncio.to_thread(until, installation.files, "nothing is kept")
                        installation.stop_postgres()
                    elif number == 1:
                        await asyncio.to_thread(
                            until, lambda: "is not kept yet" in (tmp_path / "web.log").read_text(), "it is not missed"
                        )
                        installation.start_postgres()
                await socket.send(json.dumps({"type": "end"}))
                assert [message async for message in socket] == []
                assert socket.close_code == 1000
    ((key,),) = installation.rows("SELECT storage_key FROM media WHERE state = 'stored'")
    assert storage().size(str(key)) == 44 + 3 * STREAM_SECONDS * 2 * RATE
    assert await asyncio.to_thread(installation.checked) == []
    noted(
        "PostgreSQL stopped while a stream is heard", f"all {3 * STREAM_SECONDS} s of it are kept, the stream went on"
    )


async def say(socket: ClientConnection) -> None:
    """Some seconds of silence."""
    for _ in range(STREAM_SECONDS):
        await socket.send(bytes(4 * RATE))


@asynccontextmanager
async def somebody(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A new user, signed in."""
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=90) as client:
        answer = await client.post("/api/auth/register", json={"email": "ada@example.com", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['tokens']['accessToken']}"
        client.cookies.clear()
        yield client


async def a_resumable(client: httpx.AsyncClient) -> Sending:
    """An upload as the practice room begins it."""
    question = await a_question(client)
    described = metadata(exchange_id=question["exchange_id"], kind="audio")
    begun = await client.post("/api/uploads", headers={**TUS, "Upload-Defer-Length": "1", "Upload-Metadata": described})
    return Sending(**question, address=begun.headers["location"])


async def a_form(client: httpx.AsyncClient) -> Sending:
    """Where a recording is sent in one go."""
    question = await a_question(client)
    address = f"/interview/sessions/{question['session_id']}/media?media_type=audio"
    return Sending(**question, address=address)


def form(data: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="answer.wav"\r\n\r\n'
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": name}


async def slowly(data: bytes) -> AsyncIterator[bytes]:
    """A half at once, the rest byte by byte."""
    yield data[: len(data) // 2]
    for number in range(len(data) // 2, len(data)):
        await asyncio.sleep(0.2)
        yield data[number : number + 1]


def all_stand(installation: Installation, marks: Path) -> bool:
    """Two are written in part, and the process has stopped with the two others."""
    parts = [path for path in installation.files() if path.suffix == ".part" and path.stat().st_size > 0]
    return len(parts) == 2 and (marks / "finish").exists() and (marks / "store").exists()


async def gone_on(client: httpx.AsyncClient, one: Sending, data: bytes) -> int:
    """Sends what is missing, as tus asks for it; where that began."""
    asked = await client.head(one.address, headers=dict(TUS))
    at = int(asked.headers["upload-offset"])
    if at < len(data):
        headers = PATCH | {"Upload-Offset": str(at), "Upload-Length": str(len(data))}
        assert (await client.patch(one.address, content=data[at:], headers=headers)).status_code == 204
    return at


async def over(installation: Installation, one: Sending) -> Answer:
    """Its interview is over; the answer."""
    interview_id, exchange_id = parse_id(one.session_id), parse_id(one.exchange_id)
    assert interview_id is not None
    assert exchange_id is not None
    ((user_id,),) = installation.rows("SELECT id FROM users")
    assert isinstance(user_id, UUID)
    async with transaction() as session:
        await analysis.finish_interview(session, Principal(user_id), interview_id)
    return Answer(Principal(user_id), interview_id, exchange_id)
