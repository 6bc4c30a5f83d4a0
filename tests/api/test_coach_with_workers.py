"""The coach contract from the token to the report, with the real workers and recordings of known truth."""

import re
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import WORKERS_PATIENCE_SECONDS
from tests.api.people import PASSWORD
from tests.media_made.speech import MadeSpeech, make_speech, write_wav
from tests.worker_processes import ffmpeg

pytestmark = [pytest.mark.media, pytest.mark.usefixtures("workers", "patience")]


@pytest.fixture
async def coach(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Signed in as the contract says: with a form."""
    await client.post("/api/auth/register", json={"email": "user@example.com", "password": PASSWORD})
    client.cookies.clear()
    answer = await client.post("/auth/token", data={"username": "user@example.com", "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    client.timeout = httpx.Timeout(WORKERS_PATIENCE_SECONDS + 10)
    return client


@pytest.fixture(scope="module")
def speech() -> MadeSpeech:
    return make_speech(
        [
            0.6,
            "Our payment service failed last spring and customers could not check out",
            1.2,
            "so I searched the logs and I found a slow database query",
            0.7,
            "and the error rate fell to zero",
            0.5,
        ]
    )


async def a_session_with_a_question(coach: httpx.AsyncClient) -> str:
    created = await coach.post("/interview/sessions", json={"job_title": "Software Engineer"})
    session = str(created.json()["id"])
    assert (await coach.post(f"/interview/sessions/{session}/start")).json()["status"] == "in_progress"
    assert (await coach.post(f"/interview/sessions/{session}/next-question")).status_code == 200
    return session


async def send(coach: httpx.AsyncClient, session: str, path: Path, kind: str) -> str:
    answer = await coach.post(
        f"/interview/sessions/{session}/media",
        params={"media_type": kind},
        files={"file": (path.name, path.read_bytes())},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_spoken_answer(coach: httpx.AsyncClient, speech: MadeSpeech, tmp_path: Path) -> None:
    session = await a_session_with_a_question(coach)
    media = await send(coach, session, write_wav(tmp_path / "answer.wav", speech.samples), "audio")

    transcript = await coach.post(f"/interview/media/{media}/transcribe")
    assert transcript.status_code == 200
    assert transcript.json()["media_id"] == media
    assert transcript.json()["transcript"].strip()

    report = await coach.post(f"/interview/media/{media}/report")
    assert report.status_code == 200
    body = report.json()
    assert body["feedback"]
    assert "{" not in body["feedback"]
    assert body["video_features"] is None
    features = body["audio_features"]
    assert features["speech_rate"] == pytest.approx(speech.words_per_minute, rel=0.1)
    assert features["pause_ratio"] == pytest.approx(speech.pause_ratio, abs=0.05)
    assert features["pitch_variance"] > 0
    assert features["emotion"] is None
    assert (await coach.post(f"/interview/media/{media}/report")).json() == body, "asked again: the same report"


async def test_a_silent_video_without_a_face(coach: httpx.AsyncClient, tmp_path: Path) -> None:
    path = tmp_path / "wall.webm"
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=320x240:rate=15:duration=3", "-an", "-c:v", "libvpx", path)
    media = await send(coach, await a_session_with_a_question(coach), path, "video")
    transcript = await coach.post(f"/interview/media/{media}/transcribe")
    assert transcript.json() == {"media_id": media, "transcript": ""}
    report = (await coach.post(f"/interview/media/{media}/report")).json()
    assert report["feedback"]
    assert set(report["audio_features"].values()) == {None}
    assert report["video_features"].pop("emotion_distribution") == {}
    assert set(report["video_features"].values()) == {None}


async def test_a_video_sent_as_audio_is_taken_for_its_sound(
    coach: httpx.AsyncClient, speech: MadeSpeech, tmp_path: Path
) -> None:
    sound, path = write_wav(tmp_path / "sound.wav", speech.samples), tmp_path / "both.webm"
    picture = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=10"]
    ffmpeg(*picture, "-i", sound, "-shortest", "-c:v", "libvpx", "-c:a", "libopus", path)
    media = await send(coach, await a_session_with_a_question(coach), path, "audio")
    report = (await coach.post(f"/interview/media/{media}/report")).json()
    assert report["video_features"] is None
    assert report["audio_features"]["pause_ratio"] == pytest.approx(speech.pause_ratio, abs=0.05)


async def test_what_can_be_decoded_of_a_cut_file_is_used(
    coach: httpx.AsyncClient, speech: MadeSpeech, tmp_path: Path
) -> None:
    sound, path = write_wav(tmp_path / "sound.wav", speech.samples), tmp_path / "cut.webm"
    ffmpeg("-i", sound, "-c:a", "libopus", path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    media = await send(coach, await a_session_with_a_question(coach), path, "audio")
    report = (await coach.post(f"/interview/media/{media}/report")).json()
    assert report["audio_features"]["speech_rate"] > 0
    missing = re.search(r"([\d.]+) seconds of the recording could not be read", report["feedback"])
    assert missing, report["feedback"]
    assert 0.3 * speech.seconds < float(missing[1]) < 0.7 * speech.seconds
