"""The coach contract, example by example; then what it refuses.

In the place of the measuring workers, these tests claim the stages themselves and keep known figures, so that what is printed can be
compared with them. ``test_coach_with_workers.py`` walks the same way with the real workers.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.types import Message, Receive, Scope, Send

from intervi.accounts.principal import Principal
from intervi.accounts.service import principal_of_access_token
from intervi.analysis import claims, queue
from intervi.analysis import service as analysis
from intervi.analysis.figures import (
    AnswerReport,
    Decoded,
    Figure,
    Language,
    Reason,
    Score,
    Scores,
    Speech,
    Statement,
    Transcript,
    Vision,
)
from intervi.analysis.models import Stage
from intervi.clock import now
from intervi.database import transaction
from intervi.ids import hex24, parse_id
from intervi.interviews import exchanges, lifecycle
from intervi.interviews.models import AnswerStatus, Interview
from intervi.recordings import uploads
from intervi.recordings.models import Media
from intervi.recordings.storage import storage
from intervi.redis_client import redis
from intervi.settings import settings
from tests.api.people import PASSWORD
from tests.api.recordings import A_RECORDING, a_tone

NEW = {
    "job_title": "Software Engineer",
    "job_description": "Full-stack developer position...",
    "interviewer_type": "Tech",
    "duration_minutes": 45,
}


async def a_session(client: httpx.AsyncClient, **fields: object) -> str:
    answer = await client.post("/interview/sessions", json={**NEW, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def send(
    client: httpx.AsyncClient, session: str, data: bytes = A_RECORDING, *, kind: str = "audio", name: str = "answer.wav"
) -> httpx.Response:
    return await client.post(
        f"/interview/sessions/{session}/media", params={"media_type": kind}, files={"file": (name, data)}
    )


async def a_recording(client: httpx.AsyncClient) -> str:
    answer = await send(client, await a_session(client))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def media_of(media_id: str) -> Media:
    async with transaction() as session:
        return await session.get_one(Media, parse_id(media_id))


def stored() -> set[str]:
    return {key for key, _changed in storage().list_keys()}


def found(value: float) -> Figure:
    return Figure(value=value)


UNKNOWN = Figure(reason=Reason.NO_FACE)
SPEECH = Speech(
    duration_seconds=10,
    speaking_seconds=found(8),
    pause_ratio=found(0.1204),
    response_delay_seconds=found(0.5),
    words_per_minute=found(145.23),
    articulation_rate=found(4),
    fillers_per_minute=found(2),
    filler_word_ratio=found(0.0301),
    loudness_lufs=found(-20),
    level_dbfs=found(-22),
    signal_to_noise_db=found(30),
    median_f0_hz=found(120),
    f0_standard_deviation_hz=found(52.34),
    f0_standard_deviation_semitones=found(3),
    clarity=found(80),
)
VISION = Vision(
    frames=50,
    face_share=found(1),
    eye_contact=found(0.85),
    head_yaw_degrees=found(0),
    head_pitch_degrees=found(0),
    head_movement_degrees=found(2),
    smile_ratio=found(0.42),
    posture=found(0.78),
    shoulder_tilt_degrees=found(1),
    lean=found(0),
    expression_distribution={"happy": 0.45, "neutral": 0.4, "surprised": 0.1, "sad": 0.05},
    dominant_expression="happy",
)
NO_FACE = Vision(
    frames=50,
    face_share=found(0),
    eye_contact=UNKNOWN,
    head_yaw_degrees=UNKNOWN,
    head_pitch_degrees=UNKNOWN,
    head_movement_degrees=UNKNOWN,
    smile_ratio=UNKNOWN,
    posture=UNKNOWN,
    shoulder_tilt_degrees=UNKNOWN,
    lean=UNKNOWN,
    expression_reason=Reason.NO_FACE,
)
LANGUAGE = Language(
    relevance=found(1),
    question_overlap=found(0),
    coverage=found(1),
    structure=found(1),
    specificity=found(1),
    sentiment=found(0),
)
SCORES = Scores(
    content=Score(name="content", value=found(50)),
    structure=Score(name="structure", value=found(50)),
    delivery=Score(name="delivery", value=found(50)),
    presence=Score(name="presence", value=found(50)),
    overall=Score(name="overall", value=found(50)),
)
REPORT = AnswerReport(
    good=[Statement(category="content", message="You named a result.")],
    missing=[Statement(category="pauses", message="You paused {count} times.", values={"count": 4})],
    better=[Statement(category="content", message="Begin with the result.")],
    notes=[Statement(category="voice", message="Your voice was measured on {seconds} seconds.", values={"seconds": 8})],
)
RESULTS: dict[Stage, BaseModel] = {
    Stage.DECODE: Decoded(duration_seconds=10, has_audio=True, has_video=True),
    Stage.TRANSCRIBE: Transcript(engine="test", text="This is the transcribed text from the audio/video..."),
    Stage.SPEECH: SPEECH,
    Stage.VISION: VISION,
    Stage.LANGUAGE: LANGUAGE,
    Stage.SCORES: SCORES,
    Stage.REPORT: REPORT,
}


async def listeners(user_id: UUID) -> int:
    """How many wait for what happens to a user's things."""
    ((_channel, count),) = await redis().pubsub_numsub(f"intervi:user:{user_id}")
    return int(count)


async def work(results: Mapping[Stage, BaseModel | str], until: Stage = Stage.REPORT) -> None:
    """Does the work of all workers up to a stage; a text in the place of a result: the stage fails for good with it."""
    while True:
        taken = [claim for kind in queue.STAGES_OF if (claim := await claims.claim_next(kind))]
        for claim in taken:
            result = results[claim.stage]
            if isinstance(result, str):
                await claims.fail(claim, result, for_good=True)
            else:
                await claims.finish(claim, result, {}, {})
        if not taken or until in {claim.stage for claim in taken}:
            return


class TestToken:
    async def _account(self, client: httpx.AsyncClient) -> None:
        await client.post("/api/auth/register", json={"email": "user@example.com", "password": PASSWORD})
        client.cookies.clear()

    async def test_as_documented(self, client: httpx.AsyncClient) -> None:
        await self._account(client)
        answer = await client.post("/auth/token", data={"username": "user@example.com", "password": PASSWORD})
        assert answer.status_code == 200
        assert set(answer.json()) == {"access_token", "token_type"}
        assert answer.json()["token_type"] == "bearer"
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await client.get("/interview/sessions", headers=headers)).json() == []

    @pytest.mark.parametrize(
        ("username", "password"),
        [("user@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("\x00", "\x00")],
    )
    async def test_wrong_credentials(self, client: httpx.AsyncClient, username: str, password: str) -> None:
        await self._account(client)
        answer = await client.post("/auth/token", data={"username": username, "password": password})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert set(answer.json()) == {"detail"}

    @pytest.mark.parametrize(
        "body",
        [
            {"json": {"username": "user@example.com", "password": PASSWORD}},
            {"data": {"username": "user@example.com"}},
            {"data": {"username": "", "password": ""}},
            {"data": {}},
            {},
        ],
    )
    async def test_anything_but_the_form(self, client: httpx.AsyncClient, body: dict[str, Any]) -> None:
        answer = await client.post("/auth/token", **body)
        assert answer.status_code == 422
        assert isinstance(answer.json()["detail"], str)


class TestSessions:
    async def test_create_as_documented(self, alice: httpx.AsyncClient) -> None:
        answer = await alice.post("/interview/sessions", json=NEW)
        assert answer.status_code == 201
        body = answer.json()
        assert str(UUID(body.pop("id"))) == answer.json()["id"]
        assert body == {"status": "created", "started_at": None, "ended_at": None, **NEW}

    async def test_only_the_title_is_required(self, alice: httpx.AsyncClient) -> None:
        answer = await alice.post("/interview/sessions", json={"job_title": "Nurse", "colour": "blue"})
        assert answer.status_code == 201
        body = answer.json()
        assert (body["job_description"], body["interviewer_type"], body["duration_minutes"]) == ("", "Tech", 45)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"job_title": None},
            {"job_title": ""},
            {"job_title": "  "},
            {"job_title": 7},
            {"job_title": "x" * 301},
            {"interviewer_type": "tech"},
            {"interviewer_type": "Robot"},
            {"duration_minutes": 4},
            {"duration_minutes": 181},
            {"duration_minutes": "45"},
            {"duration_minutes": 45.5},
            {"duration_minutes": True},
            {"job_description": ["a"]},
            {"job_description": "nul\x00"},
        ],
    )
    async def test_what_breaks_a_rule_is_422(self, alice: httpx.AsyncClient, wrong: dict[str, object]) -> None:
        answer = await alice.post("/interview/sessions", json={**NEW, **wrong})
        assert answer.status_code == 422
        assert set(answer.json()) == {"detail"}
        assert (await alice.get("/interview/sessions")).json() == []

    async def test_start(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        started = await alice.post(f"/interview/sessions/{session}/start")
        assert started.status_code == 200
        assert started.json()["status"] == "in_progress"
        assert datetime.fromisoformat(started.json()["started_at"])
        assert started.json()["started_at"].endswith("Z")
        again = await alice.post(f"/interview/sessions/{session}/start")
        assert again.status_code == 400
        assert again.json()["detail"].count("in_progress") == 2

    async def test_list_is_newest_first_and_has_what_get_has(self, alice: httpx.AsyncClient) -> None:
        sessions = []
        for _ in range(3):
            sessions.append(await a_session(alice))
            await asyncio.sleep(0.002)
        listed = (await alice.get("/interview/sessions")).json()
        assert [session["id"] for session in listed] == sessions[::-1]
        assert (await alice.get(f"/interview/sessions/{sessions[0]}")).json() == listed[-1]

    async def test_every_spelling_of_an_id(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        for spelling in (session, session.upper(), hex24(UUID(session)), f"interview-{hex24(UUID(session))}"):
            assert (await alice.get(f"/interview/sessions/{spelling}")).json()["id"] == session

    @pytest.mark.parametrize("session", ["x", "0" * 24, str(uuid4()), "..%2f..%2fetc"])
    async def test_unknown(self, alice: httpx.AsyncClient, session: str) -> None:
        for answer in (
            await alice.get(f"/interview/sessions/{session}"),
            await alice.post(f"/interview/sessions/{session}/start"),
            await alice.post(f"/interview/sessions/{session}/next-question"),
            await alice.get(f"/interview/sessions/{session}/media"),
            await send(alice, session),
        ):
            assert answer.status_code == 404
            assert set(answer.json()) == {"detail"}


class TestQuestions:
    async def test_as_documented(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        answer = await alice.post(f"/interview/sessions/{session}/next-question")
        assert answer.status_code == 200
        question = answer.json()
        assert set(question) == {"id", "content", "type"}
        assert UUID(question["id"])
        assert question["type"] in ("technical", "behavioral", "situational", "cultural")
        assert (await alice.get(f"/interview/sessions/{session}")).json()["status"] == "in_progress"

    async def test_never_the_same_twice(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        asked = [(await alice.post(f"/interview/sessions/{session}/next-question")).json()["content"] for _ in range(9)]
        assert len(set(asked)) == 9

    async def test_finished_is_400(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        owner = await _principal(alice)
        async with transaction() as database:
            await lifecycle.complete(database, owner, UUID(session))
        answer = await alice.post(f"/interview/sessions/{session}/next-question")
        assert answer.status_code == 400
        assert "completed" in answer.json()["detail"]
        assert (await send(alice, session)).status_code == 400
        assert (await alice.post(f"/interview/sessions/{session}/start")).status_code == 400

    async def test_when_the_time_is_up_it_is_said_and_the_last_answer_is_still_taken(
        self, alice: httpx.AsyncClient
    ) -> None:
        session = await a_session(alice, duration_minutes=5)
        assert (await alice.post(f"/interview/sessions/{session}/next-question")).status_code == 200
        async with transaction() as database:
            (await database.get_one(Interview, UUID(session))).started_at = now() - timedelta(minutes=5)
        answer = await alice.post(f"/interview/sessions/{session}/next-question")
        assert answer.status_code == 400
        assert "5 minutes of this interview are over" in answer.json()["detail"]
        assert (await send(alice, session)).status_code == 201
        assert (await alice.get(f"/interview/sessions/{session}")).json()["status"] == "in_progress"

    async def test_follows_the_scores(self, alice: httpx.AsyncClient) -> None:
        """Good answers lead to harder questions; the published answer does not show how hard, the database does."""
        session = await a_session(alice)
        best = {**RESULTS, Stage.SCORES: SCORES.model_copy(update={"content": Score(name="content", value=found(100))})}
        for _ in range(4):
            assert (await alice.post(f"/interview/sessions/{session}/next-question")).status_code == 200
            assert (await send(alice, session)).status_code == 201
            await work(best)
        await alice.post(f"/interview/sessions/{session}/next-question")
        async with transaction() as database:
            asked = await exchanges.of_interview(database, await _principal(alice), UUID(session))
        assert [asked[0].difficulty, asked[-1].difficulty] == ["mid", "senior"]


async def _principal(client: httpx.AsyncClient) -> Principal:
    async with transaction() as session:
        return await principal_of_access_token(session, client.headers["Authorization"].removeprefix("Bearer "))


class TestUpload:
    async def test_as_documented(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        answer = await send(alice, session, name="interview_recording.wav")
        assert answer.status_code == 201
        media = answer.json()
        assert set(media) == {"id", "session_id", "media_type", "filename", "created_at"}
        assert (media["session_id"], media["media_type"]) == (session, "audio")
        assert media["filename"] == "interview_recording.wav"
        assert datetime.fromisoformat(media["created_at"])
        assert (await alice.get(f"/interview/sessions/{session}/media")).json() == [media]
        kept = await media_of(media["id"])
        assert storage().read(kept.storage_key, 0, 10**7) == A_RECORDING

    async def test_list_is_newest_first(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        sent = [(await send(alice, session)).json()["id"] for _ in range(3)]
        assert [media["id"] for media in (await alice.get(f"/interview/sessions/{session}/media")).json()] == sent[::-1]

    async def test_answers_the_newest_question_without_an_answer(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        asked = [(await alice.post(f"/interview/sessions/{session}/next-question")).json()["id"] for _ in range(2)]
        answered = [str((await media_of((await send(alice, session)).json()["id"])).exchange_id) for _ in range(3)]
        assert answered[:2] == asked[::-1]
        assert answered[2] not in asked
        async with transaction() as database:
            asked_now = await exchanges.of_interview(database, await _principal(alice), UUID(session))
        assert [exchange.question == "" for exchange in asked_now] == [False, False, True]
        assert {exchange.status for exchange in asked_now} == {AnswerStatus.ANSWERED}

    async def test_two_at_once_never_answer_the_same_question(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        for _ in range(2):
            await alice.post(f"/interview/sessions/{session}/next-question")
        answers = await asyncio.gather(*(send(alice, session) for _ in range(3)))
        assert len({(await media_of(answer.json()["id"])).exchange_id for answer in answers}) == 3

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("../../../etc/passwd", "passwd"),
            ("C:\\secrets\\a.wav", "a.wav"),
            ("/etc/cron.d/x", "x"),
            ("a\u202eb.wav", "ab.wav"),
        ],
    )
    async def test_a_name_is_only_shown(self, alice: httpx.AsyncClient, name: str, shown: str) -> None:
        before = stored()
        answer = await send(alice, await a_session(alice), name=name)
        assert (answer.status_code, answer.json()["filename"]) == (201, shown)
        (key,) = stored() - before
        assert set(key) <= set("0123456789abcdef")

    @pytest.mark.parametrize("kind", ["picture", "", "VIDEO", "audio,video"])
    async def test_another_kind_is_422(self, alice: httpx.AsyncClient, kind: str) -> None:
        assert (await send(alice, await a_session(alice), kind=kind)).status_code == 422

    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"", "audio"),
            (b"<!doctype html><script>alert(1)</script>", "video"),
            (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n", "audio"),
            (b"\x89PNG\r\n\x1a\n" + bytes(500), "video"),
            (A_RECORDING[:20], "audio"),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(2000), "video"),
            (A_RECORDING[:4] + b"\xff" * 3000, "audio"),
            (a_tone(0.0), "audio"),
            (A_RECORDING, "video"),
        ],
        ids=[
            "empty",
            "a page",
            "a playlist",
            "a picture",
            "cut header",
            "garbage",
            "damaged",
            "no samples",
            "no picture",
        ],
    )
    async def test_no_recording_of_that_kind_is_400_and_leaves_nothing(
        self, alice: httpx.AsyncClient, data: bytes, kind: str
    ) -> None:
        session, before = await a_session(alice), stored()
        answer = await send(alice, session, data, kind=kind, name="honest.webm")
        assert answer.status_code == 400, answer.text
        assert set(answer.json()) == {"detail"}
        assert stored() == before
        assert (await alice.get(f"/interview/sessions/{session}/media")).json() == []

    async def test_a_cut_body_with_a_whole_header_is_taken(self, alice: httpx.AsyncClient) -> None:
        assert (await send(alice, await a_session(alice), A_RECORDING[: len(A_RECORDING) // 2])).status_code == 201

    async def test_no_form_or_no_file(self, alice: httpx.AsyncClient) -> None:
        url = f"/interview/sessions/{await a_session(alice)}/media?media_type=audio"
        assert (await alice.post(url, content=A_RECORDING, headers={"Content-Type": "audio/wav"})).status_code == 415
        assert (await alice.post(url, files={"other": ("a.wav", A_RECORDING)})).status_code == 422
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert (await alice.post(url, content=b"no form", headers=headers)).status_code == 400

    async def test_a_declared_size_over_the_limit_is_413_before_the_body(
        self, app: FastAPI, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What still comes is read afterwards, and thrown away."""
        url = f"/interview/sessions/{await a_session(alice)}/media?media_type=audio"
        monkeypatch.setattr(settings(), "max_upload_bytes", 100_000)
        seen: list[str] = []

        async def body() -> AsyncIterator[bytes]:
            seen.append("body")
            yield b"x"

        async def watching(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_watched(message: Message) -> None:
                seen.append(message["type"])
                await send(message)

            await app(scope, receive, send_watched)

        headers = {**alice.headers, "Content-Type": "multipart/form-data; boundary=x", "Content-Length": "300000"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(watching), base_url=settings().base_url) as client:
            answer = await client.post(url, content=body(), headers=headers)
        assert answer.status_code == 413
        assert set(answer.json()) == {"detail"}
        assert seen.index("http.response.body") < seen.index("body")

    async def test_more_than_the_limit_undeclared_is_413_and_leaves_nothing(
        self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session, before = await a_session(alice), stored()
        monkeypatch.setattr(settings(), "max_upload_bytes", len(A_RECORDING))
        assert (await send(alice, session)).status_code == 201, "exactly the limit is within it"
        before = stored()
        assert (await send(alice, session, A_RECORDING + b"x")).status_code == 413
        assert stored() == before

    async def test_too_long_is_413(self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        session, before = await a_session(alice), stored()
        monkeypatch.setattr(settings(), "max_media_seconds", 1)
        assert (await send(alice, session, a_tone(1.5))).status_code == 413
        assert stored() == before

    async def test_the_quota(self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        session = await a_session(alice)
        monkeypatch.setattr(settings(), "quota_bytes_per_user", len(A_RECORDING) + 1)
        both = await asyncio.gather(send(alice, session), send(alice, session))
        assert sorted(answer.status_code for answer in both) == [201, 413]
        assert (await send(alice, session)).status_code == 413

    async def test_a_full_disk_is_503_and_leaves_nothing(
        self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session, before = await a_session(alice), stored()
        monkeypatch.setattr("intervi.recordings.storage.RESERVE_BYTES", 2**62)
        answer = await send(alice, session)
        assert answer.status_code == 503
        assert "room" in answer.json()["detail"]
        assert stored() == before


class TestTranscribe:
    async def test_as_documented(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        waiting = asyncio.create_task(alice.post(f"/interview/media/{media}/transcribe"))
        await work(RESULTS, until=Stage.TRANSCRIBE)
        answer = await waiting
        assert answer.status_code == 200
        assert answer.json() == {
            "media_id": media,
            "transcript": "This is the transcribed text from the audio/video...",
        }

    async def test_the_candidates_own_wording_is_shown(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        await work(RESULTS)
        async with transaction() as session:
            exchange_id = (await media_of(media)).exchange_id
            await analysis.correct_transcript(session, await _principal(alice), exchange_id, "What I said.")
        answer = await alice.post(f"/interview/media/{media}/transcribe")
        assert answer.json()["transcript"] == "What I said."

    async def test_no_sound_is_an_empty_transcript(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        await work({**RESULTS, Stage.TRANSCRIBE: Transcript(engine="none", reason=Reason.NO_SOUND)})
        answer = await alice.post(f"/interview/media/{media}/transcribe")
        assert (answer.status_code, answer.json()["transcript"]) == (200, "")

    async def test_failed_for_good(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        await work({**RESULTS, Stage.TRANSCRIBE: "No engine could be loaded."})
        answer = await alice.post(f"/interview/media/{media}/transcribe")
        assert answer.status_code == 503
        assert answer.json() == {"detail": "No engine could be loaded."}


class TestReport:
    async def test_as_documented(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        async with transaction() as session:
            (await session.get_one(Media, UUID(media))).kind = "video"
        waiting = asyncio.create_task(alice.post(f"/interview/media/{media}/report"))
        await work(RESULTS)
        answer = await waiting
        assert answer.status_code == 200
        assert answer.json() == {
            "media_id": media,
            "feedback": "You named a result. You paused 4 times. Begin with the result. "
            "Your voice was measured on 8 seconds.",
            "audio_features": {
                "speech_rate": 145.2,
                "pause_ratio": 0.12,
                "filler_word_ratio": 0.03,
                "pitch_variance": 52.3,
                "emotion": None,
            },
            "video_features": {
                "eye_contact_score": 0.85,
                "smile_ratio": 0.42,
                "posture_score": 0.78,
                "dominant_emotion": "happy",
                "emotion_distribution": {"happy": 0.45, "neutral": 0.40, "surprised": 0.10, "sad": 0.05},
            },
        }

    async def test_a_picture_without_a_face(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        async with transaction() as session:
            (await session.get_one(Media, UUID(media))).kind = "video"
        await work({**RESULTS, Stage.VISION: NO_FACE})
        features = (await alice.post(f"/interview/media/{media}/report")).json()["video_features"]
        assert features.pop("emotion_distribution") == {}
        assert set(features.values()) == {None}

    async def test_no_picture_has_no_video_features(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        await work({**RESULTS, Stage.DECODE: Decoded(duration_seconds=10, has_audio=True)})
        assert (await alice.post(f"/interview/media/{media}/report")).json()["video_features"] is None

    async def test_what_could_not_be_measured_is_null(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        await work({**RESULTS, Stage.SPEECH: "The sound could not be measured."})
        features = (await alice.post(f"/interview/media/{media}/report")).json()["audio_features"]
        assert set(features.values()) == {None}

    async def test_failed_for_good(self, alice: httpx.AsyncClient) -> None:
        media = await a_recording(alice)
        await work({**RESULTS, Stage.DECODE: "Nothing of it can be decoded."})
        for path in ("report", "transcribe"):
            answer = await alice.post(f"/interview/media/{media}/{path}")
            assert answer.status_code == 503
            assert answer.json() == {"detail": "Nothing of it can be decoded."}


@pytest.mark.parametrize("path", ["transcribe", "report"])
class TestWaiting:
    @pytest.mark.parametrize(
        ("prefer", "applied"),
        [
            ("wait=0", "wait=0"),
            ("respond-async, wait=0", "wait=0"),
            ("WAIT=0", "wait=0"),
            ('wait="0"', "wait=0"),
            ("wait=9999", "wait=0"),
            ("wait=-5", None),
            ("wait=soon", None),
            ("", None),
        ],
    )
    async def test_not_ready_is_202(
        self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, prefer: str, applied: str | None
    ) -> None:
        media = await a_recording(alice)
        monkeypatch.setattr(settings(), "analysis_wait_seconds", 0)
        answer = await alice.post(f"/interview/media/{media}/{path}", headers={"Prefer": prefer})
        assert answer.status_code == 202
        assert answer.json() == {"media_id": media, "status": "running"}
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers.get("preference-applied") == applied

    async def test_starts_the_work_if_nobody_has(self, alice: httpx.AsyncClient, path: str) -> None:
        media = await a_recording(alice)
        kept = await media_of(media)
        async with transaction() as session:
            state = await analysis.of_exchange(session, Principal(kept.user_id), kept.exchange_id)
            assert state is not None
            await session.delete(state.analysis)
        await alice.post(f"/interview/media/{media}/{path}", headers={"Prefer": "wait=0"})
        await work(RESULTS)
        assert (await alice.post(f"/interview/media/{media}/{path}")).status_code == 200

    async def test_while_it_waits_others_are_served(
        self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        monkeypatch.setattr(settings(), "analysis_wait_seconds", 120)
        media = await a_recording(alice)
        owner = (await media_of(media)).user_id
        # More than there are database connections: held by who waits, they would let no more than that listen at once.
        waiting = [asyncio.create_task(alice.post(f"/interview/media/{media}/{path}")) for _ in range(24)]
        async with asyncio.timeout(60):
            while await listeners(owner) < 20:
                await asyncio.sleep(0.02)
        assert (await alice.get("/interview/sessions")).status_code == 200
        assert not any(task.done() for task in waiting)
        await work(RESULTS)
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}

    async def test_unknown_and_discarded(self, alice: httpx.AsyncClient, path: str) -> None:
        media = await media_of(await a_recording(alice))
        async with transaction() as session:
            await uploads.discard(session, Principal(media.user_id), media.exchange_id)
        for media_id in ("x", str(uuid4()), str(media.id)):
            answer = await alice.post(f"/interview/media/{media_id}/{path}")
            assert answer.status_code == 404
            assert set(answer.json()) == {"detail"}
