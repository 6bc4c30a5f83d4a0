"""Small real recordings, and the questions they answer."""

import base64
import io
import wave
from collections.abc import Mapping

import httpx


def a_tone(seconds: float = 0.5, rate: int = 16_000) -> bytes:
    """A WAV file of a square wave, 16-bit mono."""
    frames = b"".join(
        (8000 if n // 40 % 2 else -8000).to_bytes(2, "little", signed=True) for n in range(int(seconds * rate))
    )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames)
    return buffer.getvalue()


A_RECORDING = a_tone()


async def a_question(caller: httpx.AsyncClient) -> dict[str, str]:
    """A session of this caller's with a question asked; both ids."""
    session = (await caller.post("/interview/sessions", json={"job_title": "Software Engineer"})).json()["id"]
    asked = await caller.post(f"/interview/sessions/{session}/next-question")
    return {"session_id": session, "exchange_id": asked.json()["id"]}


def metadata(**values: str) -> str:
    """``Upload-Metadata`` of tus."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


TUS: Mapping[str, str] = {"Tus-Resumable": "1.0.0"}


async def an_upload(caller: httpx.AsyncClient, length: int | None = None, **more: str) -> dict[str, str]:
    """An open upload for a question of this caller's."""
    question = await a_question(caller)
    described = metadata(**{"exchange_id": question["exchange_id"], "kind": "audio", **more})
    size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
    answer = await caller.post("/api/uploads", headers={**TUS, **size, "Upload-Metadata": described})
    assert answer.status_code == 201, answer.text
    return {**question, "upload_id": answer.headers["location"].rpartition("/")[2]}
