"""The hiring contract's stream, by a real WebSocket client against a real web process and a real worker."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soxr
from sqlmodel import col, select
from websockets.asyncio.client import ClientConnection, connect

from intervi.database import transaction
from intervi.ids import hex24, new_id
from intervi.live.utterances import LONGEST_SECONDS, Cutter, Piece
from intervi.live.voice import RATE, WINDOW
from intervi.recordings.models import Media, MediaState
from tests.live.people import Person, a_person, chunk, code_of
from tests.media_made.speech import MAN, WOMAN, make_speech, silence
from tests.worker_processes import a_worker
from tests.workers.test_speakers import a_talk

PATHS = ("/transcription/stream", "/api/v1/transcription/stream")
FIRST, SECOND = "We moved the billing to a new database", "and nobody noticed at all"
SAID = make_speech([0.6, FIRST, 1.5, SECOND, 1.2])
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def recogniser(servers: Path) -> Iterator[None]:
    with a_worker("live-transcription", servers):
        yield


@pytest.fixture
async def team(web: str) -> AsyncIterator[Person]:
    async with a_person(web) as person:
        answer = await person.client.post("/api/v1/interviews", json={"candidateId": "candidate456"})
        person.session_id = answer.json()["data"]["interviewId"]
        yield person


def stream(team: Person, interview_id: str = "", path: str = PATHS[0], **more: Any) -> connect:
    address = f"ws://{team.web}{path}/{interview_id or team.session_id}"
    headers = more.pop("headers", {"Authorization": f"Bearer {team.token}"})
    return connect(address, additional_headers=headers, max_size=None, ping_interval=None, **more)


async def say(socket: ClientConnection, samples: np.ndarray, size: int = 4096) -> None:
    for start in range(0, len(samples), size):
        await socket.send(chunk(samples[start : start + size]))


async def everything(socket: ClientConnection) -> list[dict[str, Any]]:
    """All that is told until the server closes, which it does with 1000."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = [json.loads(message) async for message in socket]
    assert socket.close_code == 1000
    return heard


async def until_kept(team: Person, count: int) -> None:
    """Waits until so many recordings of the interview are stored."""
    for _ in range(PATIENCE_SECONDS * 10):
        kept = (await team.client.get(f"/interview/sessions/{team.session_id}/media")).json()
        if len(kept) == count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(kept)} recordings are kept")


def seconds_of(timestamp: str) -> int:
    hours, minutes, seconds = map(int, timestamp.split(":"))
    return hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize(("path", "rate"), [(PATHS[0], 16_000), (PATHS[1], 48_000)])
async def test_each_utterance_has_its_words_and_its_time(recogniser: None, team: Person, path: str, rate: int) -> None:
    samples = SAID.samples if rate == RATE else soxr.resample(SAID.samples, RATE, rate).astype(np.float32)
    async with stream(team, path=path) as socket:
        if rate != RATE:
            await socket.send(json.dumps({"type": "config", "sampleRate": rate}))
        await say(socket, samples)
        await socket.send(json.dumps({"type": "end"}))
        heard = await everything(socket)
    assert all(set(one) == {"type", "text", "timestamp", "speaker"} for one in heard)
    finals = [one for one in heard if one["type"] == "final"]
    begun = [next(word.start for word in SAID.words if word.text == text.split()[0]) for text in (FIRST, SECOND)]
    # Whole seconds, rounded down, from a little before the first sound.
    assert [seconds_of(one["timestamp"]) for one in finals] == [pytest.approx(at - 0.5, abs=1.0) for at in begun]
    assert all(len(one["text"].split()) >= 3 for one in finals)
    assert {one["type"] for one in heard} <= {"partial", "final"}


async def test_two_voices_are_told_apart_once_enough_was_said(recogniser: None, team: Person) -> None:
    talk = a_talk(WOMAN, MAN)
    async with stream(team) as socket:
        await say(socket, talk.mono)
        await socket.send(json.dumps({"type": "end"}))
        heard = await everything(socket)
    assert {one["speaker"] for one in heard if one["type"] == "partial"} <= {"unknown"}
    finals = [one for one in heard if one["type"] == "final"]
    assert finals[0]["speaker"] == "unknown", "nobody can know yet"
    told = [one for one in finals if one["speaker"] != "unknown"]
    assert len(told) >= len(finals) / 3
    assert all(0.6 <= one["speakerConfidence"] <= 1 for one in told)
    assert {one["speaker"] for one in told} <= {"interviewer", "candidate", "speaker 1", "speaker 2"}
    assert all("speakerConfidence" not in one for one in heard if one["speaker"] == "unknown")


async def test_what_was_heard_is_the_interviews_recording(recogniser: None, team: Person) -> None:
    async with stream(team) as socket:
        await say(socket, SAID.samples)
        await socket.send(json.dumps({"type": "end"}))
        await everything(socket)
    kept = await team.client.get(f"/api/v1/transcription/{team.session_id}/status")
    assert kept.json()["data"]["status"] == "pending"
    [media] = (await team.client.get(f"/interview/sessions/{team.session_id}/media")).json()
    assert (media["media_type"], media["filename"]) == ("audio", "stream.wav")


async def test_a_client_that_just_goes_leaves_what_it_said(team: Person) -> None:
    async with stream(team) as socket:
        await say(socket, SAID.samples[: RATE * 3])
    await until_kept(team, 1)


async def test_a_client_whose_connection_broke_goes_on_with_the_same_recording(team: Person) -> None:
    for number in (1, 2):
        async with stream(team) as socket:
            await say(socket, SAID.samples[: RATE * 3])
        await until_kept(team, number)
    async with transaction() as session:
        first, second = (await session.exec(select(Media).order_by(col(Media.offset_seconds)))).all()
    assert first.exchange_id == second.exchange_id
    assert (first.state, second.state) == (MediaState.STORED, MediaState.STORED)
    assert (first.offset_seconds, second.offset_seconds) == (0, pytest.approx(3, abs=0.3))


@pytest.mark.parametrize(
    "message",
    [b"", b"odd", chunk(np.array([np.nan])), "no json", "[]", '{"type":"dance"}', '{"type":"config","sampleRate":"x"}'],
)
async def test_what_is_no_message_is_told_and_the_stream_goes_on(team: Person, message: bytes | str) -> None:
    async with stream(team) as socket:
        await socket.send(message)
        answer = json.loads(await socket.recv())
        assert (answer["type"], set(answer)) == ("error", {"type", "text", "timestamp", "speaker"})
        await say(socket, silence(0.5))
        await socket.send(json.dumps({"type": "end"}))
        assert await everything(socket) == []


async def test_a_rate_after_the_first_chunk_is_refused(team: Person) -> None:
    async with stream(team) as socket:
        await say(socket, silence(0.2))
        await socket.send(json.dumps({"type": "config", "sampleRate": 48_000}))
        assert json.loads(await socket.recv())["type"] == "error"


async def test_who_is_let_in(web: str, team: Person) -> None:
    made = await team.client.post("/api/v1/api-keys", json={"name": "robot"})
    key = made.json()["data"]["key"]
    reader = await team.client.post("/api/v1/api-keys", json={"name": "reader", "scopes": ["analysis:read"]})
    async with stream(team, headers={"X-API-Key": key}) as socket:
        await socket.send(json.dumps({"type": "end"}))
        assert await everything(socket) == []
    for headers in ({}, {"X-API-Key": "garbage"}, {"X-API-Key": reader.json()["data"]["key"]}):
        async with stream(team, headers=headers) as socket:
            assert await code_of(socket) == 4401
    async with a_person(web) as other, stream(other, team.session_id) as socket:
        assert await code_of(socket) == 4404
    async with stream(team, hex24(new_id())) as socket:
        assert await code_of(socket) == 4404
    await team.client.post(f"/api/v1/interviews/{team.session_id}/end")
    async with stream(team) as socket:
        assert await code_of(socket) == 4410


async def test_a_second_stream_of_one_user_takes_the_place_of_the_first(team: Person) -> None:
    async with stream(team) as first:
        # An answer says that it is let in; a handshake says nothing of that, so the two could swap.
        await first.send("no json")
        await first.recv()
        async with stream(team) as second:
            assert await code_of(first) == 4409
            await second.send(json.dumps({"type": "end"}))
            await everything(second)


async def test_open_streams_are_told_to_prometheus(team: Person) -> None:
    async with stream(team) as socket:
        await socket.send("no json")
        await socket.recv()
        text = (await team.client.get("/api/v1/metrics")).text
        assert 'intervi_live_sockets{kind="transcription"} 1.0' in text


async def test_own_practice_takes_no_stream_of_others(team: Person) -> None:
    answer: httpx.Response = await team.client.post("/interview/sessions", json={"job_title": "Nurse"})
    async with stream(team, answer.json()["id"]) as socket:
        assert await code_of(socket) == 4404


class TestCutter:
    @staticmethod
    def cut(seconds: list[tuple[float, bool]]) -> list[Piece]:
        cutter, found = Cutter(), []
        for length, is_speaking in seconds:
            windows = round(length * RATE / WINDOW)
            found += cutter.take(np.zeros(windows * WINDOW, np.float32), [is_speaking] * windows)
        return [*found, *cutter.end()]

    def test_a_pause_ends_an_utterance_and_a_short_one_does_not(self) -> None:
        found = [
            piece
            for piece in self.cut([(1, False), (1, True), (0.3, False), (0.5, True), (1, False)])
            if piece.is_final
        ]
        assert len(found) == 1
        assert found[0].starts_at == pytest.approx(0.7, abs=0.1)

    def test_who_speaks_on_is_cut_within_a_bounded_time(self) -> None:
        found = [piece for piece in self.cut([(40, True)]) if piece.is_final]
        assert len(found) == 3
        assert all(len(piece.samples) <= (LONGEST_SECONDS + 0.1) * RATE for piece in found)
        assert sum(len(piece.samples) for piece in found) / RATE == pytest.approx(40, abs=0.1)

    def test_silence_has_no_utterance(self) -> None:
        assert self.cut([(10, False)]) == []

    def test_the_words_so_far_are_told_every_two_seconds(self) -> None:
        partial = [piece for piece in self.cut([(7, True), (1, False)]) if not piece.is_final]
        assert len(partial) == 3
