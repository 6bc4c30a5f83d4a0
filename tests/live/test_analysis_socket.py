"""The coach contract's socket, by a real WebSocket client against real web processes."""

import asyncio
import base64
import contextlib
import io
import json
import os
import signal
import socket as socket_module
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import jwt
import numpy as np
import pytest
import soundfile
import soxr
from sqlalchemy import update
from sqlmodel import select
from websockets.asyncio.client import connect

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.ids import parse_id
from intervi.live.voice import WINDOW, VoiceDetector, VoiceStream
from intervi.observations import service as observations
from intervi.observations.models import Observation
from intervi.recordings.models import Media
from intervi.redis_client import redis
from tests.live.conftest import web_process
from tests.live.people import Person, a_person, ask, chunk, code_of
from tests.media_made.speech import RATE, make_speech

CHUNK = 4096
SAID = make_speech([0.5, "I led the team that moved our billing to a new database", 0.9, "and nobody noticed", 0.5])
AT_48 = soxr.resample(SAID.samples, RATE, 48_000).astype(np.float32)


def chunks(samples, size: int = CHUNK):
    return [samples[start : start + size] for start in range(0, len(samples), size)]


# --- what is measured -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gain", [0.0, 0.1, 1.0, 3.0], ids=["silence", "quiet", "speech", "loud"])
async def test_volume_is_the_root_mean_square_of_the_chunk(web: str, gain: float) -> None:
    async with a_person(web) as person, person.socket() as socket:
        for samples in chunks(AT_48[: 48_000 * 3] * gain):
            answer = await ask(socket, chunk(samples))
            expected = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
            assert answer["data"]["volume"] == pytest.approx(expected, rel=0.01)


async def test_the_documented_form(web: str) -> None:
    async with a_person(web) as person, person.socket() as socket:
        answer = await ask(socket, chunk(np.zeros(CHUNK)))
        assert answer == {"type": "metrics", "data": {"volume": 0.0, "is_speaking": False, "nudge": None}}


@pytest.mark.parametrize(("rate", "size"), [(48_000, CHUNK), (44_100, 1000), (16_000, 4096), (96_000, 333)])
async def test_is_speaking_equals_silero_over_the_whole(web: str, rate: int, size: int) -> None:
    samples = soxr.resample(SAID.samples, RATE, rate).astype(np.float32)
    async with a_person(web) as person, person.socket() as socket:
        await socket.send(json.dumps({"type": "config", "sampleRate": rate}))
        heard = [(await ask(socket, chunk(piece)))["data"]["is_speaking"] for piece in chunks(samples, size)]
    resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32")
    sizes, narrow = [], []
    for piece in chunks(samples, size):
        narrow.append(piece if rate == RATE else resampler.resample_chunk(piece))
        sizes.append(sum(map(len, narrow)))
    whole = await VoiceDetector(0).listen(VoiceStream(), np.concatenate(narrow))
    assert heard == [whole[end // WINDOW - 1] if end >= WINDOW else False for end in sizes]
    assert {True, False} == set(heard)


async def test_details_are_for_those_who_ask(web: str) -> None:
    fast = make_speech(["I compared the logs of a good and a bad hour and saw that connections ran out at night"] * 4)
    async with a_person(web) as person, person.socket() as socket:
        await socket.send(json.dumps({"type": "config", "sampleRate": RATE, "details": True}))
        answers = [await ask(socket, chunk(piece)) for piece in chunks(fast.samples, 1365)]
    assert answers[0]["data"]["words_per_minute"] is None
    assert 100 < answers[-1]["data"]["words_per_minute"] < 250


# --- nudges ---------------------------------------------------------------------------------------------------------


async def test_quiet_speech_is_nudged_once(web: str) -> None:
    long = make_speech(["We moved the whole thing step by step over a year and nobody noticed"] * 5)
    samples = soxr.resample(long.samples, RATE, 48_000)
    quiet = samples * (0.01 / np.sqrt(np.mean(samples**2)))
    async with a_person(web) as person, person.socket() as socket:
        answers = [await ask(socket, chunk(piece)) for piece in chunks(quiet)]
    nudges = [(number, answer) for number, answer in enumerate(answers) if answer["type"] == "nudge"]
    assert len(nudges) == 1
    number, nudge = nudges[0]
    assert nudge["message"] == nudge["data"]["nudge"] == "Speak up a bit?"
    assert nudge["data"]["is_speaking"]
    spoken = [answer["data"]["is_speaking"] for answer in answers[: number + 1]]
    # On the chunk with which one second of quiet speech is full.
    assert sum(spoken) * CHUNK / 48_000 == pytest.approx(1.0, abs=CHUNK / 48_000)
    assert all(answer["data"]["nudge"] is None for answer in answers if answer["type"] == "metrics")


@pytest.mark.parametrize(
    ("wishes", "heard"), [({"live_nudges": False}, []), ({"language": "de"}, ["Sieh ab und zu in die Kamera."])]
)
async def test_hints_are_as_their_owner_has_set(web: str, wishes: dict[str, object], heard: list[str]) -> None:
    speech = make_speech(["We moved the whole thing step by step over a year"] * 3, words_per_minute=140)
    nudged = []
    async with a_person(web) as person:
        async with transaction() as session:
            await session.execute(update(User).values(**wishes))
        async with person.socket() as socket:
            await socket.send(json.dumps({"type": "config", "sampleRate": RATE}))
            for piece in chunks(speech.samples, RATE):
                await socket.send(json.dumps({"type": "figures", "eye_contact": 0.1}))
                nudged.append((await ask(socket, chunk(piece)))["data"]["nudge"])
    assert [nudge for nudge in nudged if nudge] == heard


async def test_speech_of_ordinary_level_is_left_in_peace(web: str) -> None:
    async with a_person(web) as person, person.socket() as socket:
        assert {(await ask(socket, chunk(piece)))["type"] for piece in chunks(AT_48)} == {"metrics"}


async def test_eyes_off_the_camera(web: str) -> None:
    speech = make_speech(
        ["We moved the whole thing step by step over a year and nobody noticed"] * 3, words_per_minute=140
    )
    nudged = []
    async with a_person(web) as person, person.socket() as socket:
        await socket.send(json.dumps({"type": "config", "sampleRate": RATE}))
        for piece in chunks(speech.samples, RATE):
            await socket.send(json.dumps({"type": "figures", "eye_contact": 0.1}))
            nudged.append((await ask(socket, chunk(piece)))["data"]["nudge"])
    assert [nudge for nudge in nudged if nudge] == ["Look into the camera now and then."]


# --- frames that are none -------------------------------------------------------------------------------------------

BAD = {
    "empty": b"",
    "a byte too many": b"\0" * 4097,
    "half floats, odd": np.zeros(3, np.float16).tobytes(),
    "not a number": chunk(np.array([0.1, np.nan, 0.2])),
    "infinite": chunk(np.array([0.1, np.inf])),
    "16-bit samples": (np.sin(np.arange(4096)) * 20_000).astype("<i2").tobytes(),
    "10 MB": b"\0" * 10_000_000,
    "text": "hello",
    "a list": "[]",
    "another type": json.dumps({"type": "dance"}),
    "no type": json.dumps({"type": {}}),
    "too long": json.dumps({"type": "config", "more": "x" * 10_000}),
    "deep": "[" * 3_000,
    "no rate": json.dumps({"type": "config", "sampleRate": "48000"}),
    "a rate of nothing": json.dumps({"type": "config", "sampleRate": 0}),
    "an endless rate": '{"type": "config", "sampleRate": Infinity}',
    "a huge rate": '{"type": "config", "sampleRate": 1' + "0" * 400 + "}",
    "eyes beyond": json.dumps({"type": "figures", "eye_contact": 1.5}),
    "no answer": json.dumps({"type": "answer"}),
    "an answer of nobody": json.dumps({"type": "answer", "exchange_id": "0" * 24}),
    "a take of nothing": json.dumps({"type": "answer", "exchange_id": "0" * 24, "take": 0}),
}


async def test_bad_frames_are_told_and_the_socket_stays_open(web: str) -> None:
    async with a_person(web) as person, person.socket() as socket:
        for what, message in BAD.items():
            answer = await ask(socket, message)
            assert answer["type"] == "error", what
            assert answer["message"].endswith("."), what
            assert (await ask(socket, chunk(np.zeros(8))))["type"] == "metrics", what


async def test_thousands_of_tiny_frames_have_an_answer_each(web: str) -> None:
    async with a_person(web) as person, person.socket() as socket:
        count = 3_000

        async def send() -> None:
            for _ in range(count):
                await socket.send(chunk(np.full(1, 0.25)))

        sending = asyncio.create_task(send())
        answers = [json.loads(await socket.recv()) for _ in range(count)]
        await sending
        assert all(answer["data"]["volume"] == 0.25 for answer in answers)


@pytest.fixture(scope="module")
def impatient_web(servers: Path) -> Iterator[str]:
    with web_process(servers / "impatient-web.log", "tests.live.impatient:create_app") as (address, _process):
        yield address


async def test_a_socket_that_is_silent_is_pinged_and_then_closed(impatient_web: str) -> None:
    async with a_person(impatient_web) as person, person.socket() as socket:
        assert json.loads(await socket.recv()) == {"type": "ping"}
        await socket.send(json.dumps({"type": "pong"}))
        assert (await ask(socket, chunk(np.zeros(8))))["type"] == "metrics"
        assert await code_of(socket) == 1000


async def test_who_never_reads_is_dropped(impatient_web: str) -> None:
    web = impatient_web
    async with a_person(web) as person:
        reader, writer = await asyncio.open_connection(*web.split(":"), limit=1024)
        writer.get_extra_info("socket").setsockopt(socket_module.SOL_SOCKET, socket_module.SO_RCVBUF, 4096)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /ws/analysis/{person.session_id}?token={person.token} HTTP/1.1\r\nHost: {web}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert b"101" in await reader.readline()
        writer.transport.pause_reading()
        # A masked binary frame of one sample (RFC 6455, section 5.2); the mask is zero.
        flood = (bytes([0x82, 0x84, 0, 0, 0, 0]) + np.float32(0.25).tobytes()) * 10_000

        async def send() -> None:
            with contextlib.suppress(ConnectionError):
                while True:
                    writer.write(flood)
                    await (
                        writer.drain()
                    )  # waits for good once the server, whose answers nobody takes, has stopped reading

        await _until(person, has_a_place=True)
        sending = asyncio.create_task(send())
        await _until(person, has_a_place=False)
        sending.cancel()
        writer.transport.abort()


async def _until(person: Person, *, has_a_place: bool) -> None:
    """Waits for it; on a busy machine it takes minutes until the buffers between both ends are full."""
    user_id = jwt.decode(person.token, options={"verify_signature": False})["sub"]
    for _ in range(2000):
        if await redis().hexists("intervi:places:{analysis}:holder", user_id) == has_a_place:
            return
        await asyncio.sleep(0.1)
    pytest.fail("their place stays as it is")


# --- who is let in --------------------------------------------------------------------------------------------------


async def test_every_way_to_show_who_one_is(web: str) -> None:
    async with a_person(web) as person:
        address = f"ws://{web}/ws/analysis/{person.session_id}"
        origin = f"http://localhost:{web.split(':')[1]}"
        ways = [
            {"uri": f"{address}?token={person.token}"},
            {"uri": address, "subprotocols": ["bearer", person.token]},
            {"uri": address, "additional_headers": {"Authorization": f"Bearer {person.token}"}},
            {"uri": address, "additional_headers": {"Cookie": f"token={person.token}"}},
            {"uri": address, "additional_headers": {"Cookie": f"token={person.token}", "Origin": origin}},
            # A token that a page shows by itself is no cookie: whose page it is does not matter.
            {"uri": f"{address}?token={person.token}", "additional_headers": {"Origin": "https://elsewhere.example"}},
        ]
        for way in ways:
            async with connect(way.pop("uri"), **way) as socket:
                assert (await ask(socket, chunk(np.zeros(8))))["type"] == "metrics", way


async def test_whoever_is_nobody_is_told_4401(web: str) -> None:
    async with a_person(web) as person:
        address = f"ws://{web}/ws/analysis/{person.session_id}"
        cookie = {"Cookie": f"token={person.token}"}
        nobody = [
            {},
            {"additional_headers": {"Authorization": "Bearer garbage"}},
            {"additional_headers": {"Authorization": "Basic garbage"} | cookie},
            {"additional_headers": {"Cookie": "session=garbage"} | {}},
            {"additional_headers": cookie | {"Origin": "https://elsewhere.example"}},
            {"additional_headers": cookie | {"Origin": "null"}},
            {"subprotocols": ["bearer", "garbage"]},
            {"subprotocols": ["bearer"]},
        ]
        for how in nobody:
            async with connect(address, **how) as socket:
                assert await code_of(socket) == 4401, how
        async with connect(f"{address}?token=garbage") as socket:
            assert await code_of(socket) == 4401


async def test_what_is_not_theirs_is_4404(web: str) -> None:
    async with a_person(web) as person, a_person(web) as other:
        for session_id in (other.session_id, "0" * 24, "nonsense"):
            async with person.socket(session_id=session_id) as socket:
                assert await code_of(socket) == 4404, session_id


async def test_a_session_not_yet_started_is_started(web: str) -> None:
    async with a_person(web) as person:
        async with person.socket() as socket:
            await ask(socket, chunk(np.zeros(8)))
        answer = await person.client.get(f"/interview/sessions/{person.session_id}")
        assert answer.json()["status"] == "in_progress"


async def test_a_finished_session_is_4410_and_ending_it_ends_the_socket(web: str) -> None:
    async with a_person(web) as person:
        async with person.socket() as socket:
            await ask(socket, chunk(np.zeros(8)))
            await _complete(person)
            assert await code_of(socket) == 4410
        async with person.socket() as socket:
            assert await code_of(socket) == 4410


async def _complete(person) -> None:
    from intervi.accounts.principal import Principal
    from intervi.interviews import lifecycle
    from intervi.interviews.models import Interview

    known = parse_id(person.session_id)
    async with transaction() as session:
        owner = (await session.exec(select(Interview.user_id).where(Interview.id == known))).one()
        await lifecycle.complete(session, Principal(owner), known)


async def test_signing_out_ends_the_socket(web: str) -> None:
    async with a_person(web) as person, person.socket() as socket:
        await ask(socket, chunk(np.zeros(8)))
        await person.client.post("/api/auth/logout")
        assert await code_of(socket) == 4401


# --- one for each, so many in all -----------------------------------------------------------------------------------


async def test_a_second_socket_takes_the_place_of_the_first(web: str) -> None:
    async with a_person(web) as person, person.socket() as first:
        await ask(first, chunk(np.zeros(8)))  # An open socket is not yet let in: the second could be let in before it.
        async with person.socket() as second:
            assert await code_of(first) == 4409
            assert (await ask(second, chunk(np.zeros(8))))["type"] == "metrics"


async def test_a_second_socket_on_another_web_process(web: str, other_web: str) -> None:
    async with a_person(web) as person, person.socket() as first:
        await ask(first, chunk(np.zeros(8)))
        async with person.socket(web=other_web) as second:
            assert await code_of(first) == 4409
            assert (await ask(second, chunk(np.zeros(8))))["type"] == "metrics"
            async with person.socket() as third:
                assert await code_of(second) == 4409
                assert (await ask(third, chunk(np.zeros(8))))["type"] == "metrics"


async def test_places_are_counted_over_web_processes(web: str, other_web: str) -> None:
    async with (
        a_person(web) as one,
        a_person(web) as two,
        a_person(web) as three,
        a_person(web) as four,
        a_person(web) as five,
    ):
        async with one.socket() as first, two.socket(), three.socket(), four.socket(web=other_web) as fourth:
            await ask(first, chunk(np.zeros(8)))
            await ask(fourth, chunk(np.zeros(8)))
            async with five.socket(web=other_web) as refused:
                assert await code_of(refused) == 4429
            # Who has a place moves with it: no fifth is needed.
            async with four.socket(web=other_web) as again:
                assert (await ask(again, chunk(np.zeros(8))))["type"] == "metrics"
        for _ in range(100):
            async with five.socket(web=other_web) as let_in:
                await let_in.send(chunk(np.zeros(8)))
                try:
                    assert json.loads(await let_in.recv())["type"] == "metrics"
                    break
                except Exception:
                    await asyncio.sleep(0.1)
        else:
            pytest.fail("places that were left are not free")


async def test_a_killed_web_process_frees_its_places(servers, tmp_path, monkeypatch) -> None:
    from intervi.live import places as module

    monkeypatch.setattr(module, "HELD_SECONDS", 1)
    places = module.Places("analysis")
    with web_process(tmp_path / "web.log", INTERVI_MAX_LIVE_SOCKETS="1") as (address, process):
        async with a_person(address) as person, person.socket() as socket:
            await ask(socket, chunk(np.zeros(8)))
            stranger = parse_id("f" * 24)
            assert not await places.take(stranger, "x", 1)
            owner = await _holder()
            await places.renew({owner[0]: owner[1]})  # for a second, as this test counts
            _kill_tree(process.pid)
            for _ in range(100):
                if await places.take(stranger, "x", 1):
                    break
                await asyncio.sleep(0.1)
            else:
                pytest.fail("the place of a killed process is never free")


async def _holder():
    held = await redis().hgetall("intervi:places:{analysis}:holder")
    ((user, socket_id),) = held.items()
    return UUID(user.decode()), socket_id.decode()


def _kill_tree(pid: int) -> None:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in [pid, *map(int, children)]:
        os.kill(each, signal.SIGKILL)


# --- what is kept ---------------------------------------------------------------------------------------------------


async def _observed() -> list[Observation]:
    async with transaction() as session:
        return list(await session.exec(select(Observation).order_by(Observation.id)))


async def test_what_was_seen_is_kept_with_its_answer(web: str) -> None:
    long = make_speech(["We moved the whole thing step by step over a year and nobody noticed"] * 2)
    quiet = long.samples * (0.01 / np.sqrt(np.mean(long.samples**2)))
    async with a_person(web) as person:
        question = (await person.client.post(f"/interview/sessions/{person.session_id}/next-question")).json()
        for take in (1, 2):
            async with person.socket() as socket:
                await socket.send(json.dumps({"type": "config", "sampleRate": RATE}))
                begins = {"type": "answer", "exchange_id": question["id"], "offset_seconds": 12.5, "take": take}
                await socket.send(json.dumps(begins))
                for piece in chunks(quiet, RATE // 4):
                    await socket.send(json.dumps({"type": "figures", "eye_contact": 0.9}))
                    await ask(socket, chunk(piece))
                await socket.send(json.dumps({"type": "answer_end"}))
                await ask(socket, chunk(quiet[:RATE]))  # between two answers: heard, not kept
        for _ in range(100):
            kept = await _observed()
            if kept and kept[-1].take == 2:
                break
            await asyncio.sleep(0.1)
    (stretch,) = kept
    assert (stretch.take, stretch.offset_seconds) == (2, 12.5)
    assert stretch.exchange_id == parse_id(question["id"])
    assert stretch.seconds == pytest.approx(long.seconds, abs=0.01)
    assert [kind for _at, kind in stretch.nudges] == ["volume"]
    assert 1.0 <= stretch.nudges[0][0] < 4
    times = [at for at, _share in stretch.eye_contact]
    assert times == sorted(times)
    assert {share for _at, share in stretch.eye_contact} == {0.9}


async def test_who_names_no_answer_is_shown_on_the_recording_that_is_as_long(web: str) -> None:
    made = make_speech(["We moved the whole thing step by step over a year and nobody noticed"] * 2)
    quiet = made.samples * (0.01 / np.sqrt(np.mean(made.samples**2)))
    async with a_person(web) as person:
        async with person.socket() as socket:
            await socket.send(json.dumps({"type": "config", "sampleRate": RATE}))
            for piece in chunks(quiet, RATE // 4):
                await ask(socket, chunk(piece))
        for _ in range(100):
            if await _observed():
                break
            await asyncio.sleep(0.1)
        uploaded = {}
        for name, samples in (("other", quiet[: len(quiet) // 2]), ("same", quiet)):
            with io.BytesIO() as file:
                soundfile.write(file, samples, RATE, format="WAV")
                answer = await person.client.post(
                    f"/interview/sessions/{person.session_id}/media",
                    params={"media_type": "audio"},
                    files={"file": (f"{name}.wav", file.getvalue())},
                )
            assert answer.status_code == 201, answer.text
            uploaded[name] = parse_id(answer.json()["id"])
        async with transaction() as session:
            media = {each.id: each for each in await session.exec(select(Media))}
            owner = Principal(media[uploaded["same"]].user_id)
            interview_id = media[uploaded["same"]].interview_id
            (stretch,) = await observations.of_interview(session, owner, interview_id)
        assert stretch.exchange_id == media[uploaded["same"]].exchange_id != media[uploaded["other"]].exchange_id
        assert [kind for _at, kind in stretch.nudges] == ["volume"]
    (kept,) = await _observed()
    assert kept.exchange_id is None, "what is kept is what the client said"
