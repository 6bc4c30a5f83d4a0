"""The hiring contract's transcription and analysis, with the real workers, on interviews whose truth is known."""

import asyncio
import io
import re
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tests.api.conftest import WORKERS_PATIENCE_SECONDS
from tests.api.recordings import A_RECORDING
from tests.api.test_hiring_interviews import BASE, an_interview, enveloped, move, refused
from tests.media_made.speech import MAN, RATE, WOMAN, silence
from tests.openai_server import Manner, model_server
from tests.worker_processes import ffmpeg
from tests.workers.test_speakers import Talk, a_talk, share_right

pytestmark = [pytest.mark.media, pytest.mark.usefixtures("workers", "patience")]

ALL = {"analysisTypes": ["sentiment", "keywords", "competency", "overall"]}
GOOD = (
    "Last spring our checkout failed every Monday. I measured where the time went, found that one query locked the orders table, "
    "and moved the nightly report to a replica. Customers were happy: failed payments fell from nine percent to almost zero, "
    "which was a great success. React kept the page responsive, and React tests caught two errors early."
)
BAD = "It was terrible. I hated the project, everything failed, the customers were angry and we lost a lot of money."


@pytest.fixture
async def team(alice: httpx.AsyncClient) -> httpx.AsyncClient:
    alice.timeout = httpx.Timeout(WORKERS_PATIENCE_SECONDS + 10)
    return alice


@pytest.fixture(scope="module")
def talk() -> Talk:
    return a_talk(WOMAN, MAN)


def wav(*channels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(np.column_stack(channels), -1, 1), RATE, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


async def upload(team: httpx.AsyncClient, interview_id: str, sound: bytes, **fields: str) -> httpx.Response:
    data = {"interviewId": interview_id, "format": "audio", **fields}
    return await team.post(f"{BASE}/transcription/upload", data=data, files={"file": ("talk.wav", sound)})


async def transcribed(team: httpx.AsyncClient, interview_id: str) -> Any:
    for _ in range(WORKERS_PATIENCE_SECONDS * 5):
        kept = enveloped(await team.get(f"{BASE}/transcription/{interview_id}"))
        if kept["status"] in ("completed", "failed"):
            return kept
        await asyncio.sleep(0.2)
    raise AssertionError(kept)


async def analysed(team: httpx.AsyncClient, interview_id: str, **body: Any) -> Any:
    return enveloped(await team.post(f"{BASE}/analysis/{interview_id}/analyze", json={**ALL, **body}))


async def a_written_interview(team: httpx.AsyncClient, answer: str) -> str:
    """Answered through another contract: it is the same interview."""
    interview_id = await an_interview(team, questions=[])
    turn = {"bot": "Tell me about a time when you had to solve a difficult problem at work.", "user": answer}
    added = await team.patch(f"/api/v1/interview/sessions/{interview_id}", json=turn)
    assert added.status_code == 200, added.text
    return interview_id


def is_as_published(analysis: Any) -> None:
    """Names and types of the published answer to ``analyze``."""
    assert set(analysis["sentiment"]) == {"overall", "timeline"}
    assert isinstance(analysis["sentiment"]["overall"], float)
    for moment in analysis["sentiment"]["timeline"]:
        assert set(moment) == {"timestamp", "score"}
        assert re.fullmatch(r"\d\d:\d\d:\d\d", moment["timestamp"])
        assert -1 <= moment["score"] <= 1
    for keyword in analysis["keywords"]:
        assert (set(keyword), type(keyword["word"]), type(keyword["frequency"]), type(keyword["relevance"])) == (
            {"word", "frequency", "relevance"}, str, int, float,
        )  # fmt: skip
    assert set(analysis["competency"]) == {"technical", "communication", "problemSolving"}
    assert all(score is None or 0 <= score <= 10 for score in analysis["competency"].values())
    overall = analysis["overall"]
    assert {"score", "recommendation", "strengths", "areasForImprovement"} <= set(overall)
    assert 0 <= overall["score"] <= 10
    assert overall["recommendation"]
    assert all(isinstance(text, str) for text in (*overall["strengths"], *overall["areasForImprovement"]))


class TestTranscription:
    async def test_two_channels_are_two_speakers(self, team: httpx.AsyncClient, talk: Talk) -> None:
        interview_id = await an_interview(team)
        sent = enveloped(await upload(team, interview_id, wav(*talk.channels), consentedBy="candidate456"), 201)
        assert (sent["interviewId"], sent["status"], sent["format"]) == (interview_id, "pending", "audio")
        kept = await transcribed(team, interview_id)
        assert {"transcription", "confidence", "duration"} <= set(kept)
        assert all({"timestamp", "speaker", "text"} <= set(entry) for entry in kept["transcription"])
        assert kept["speakerConfidence"] == 1.0
        assert kept["duration"] == pytest.approx(len(talk.mono) / RATE, abs=0.2)
        assert (kept["rough"], kept["engine"]) == (False, "faster-whisper base")
        assert 0 <= kept["confidence"] <= 1
        for entry in kept["transcription"]:
            assert re.fullmatch(r"\d\d:\d\d:\d\d", entry["timestamp"])
            turn = next(turn for turn in talk.turns if turn.start - 0.5 <= entry["start"] <= turn.end + 0.5)
            assert entry["speaker"] == turn.speaker
        told = enveloped(await team.get(f"{BASE}/interviews/{interview_id}/timeline"))
        assert ("consent", "candidate456") in [(one["type"], one["detail"]) for one in told]
        assert "upload" in [one["type"] for one in told]

    async def test_what_a_browser_records_in_two_channels(
        self, team: httpx.AsyncClient, talk: Talk, tmp_path: Path
    ) -> None:
        sound, recording = tmp_path / "talk.wav", tmp_path / "talk.webm"
        sound.write_bytes(wav(*talk.channels))
        ffmpeg("-i", sound, "-c:a", "libopus", "-b:a", "128k", recording)
        interview_id = await an_interview(team)
        enveloped(await upload(team, interview_id, recording.read_bytes()), 201)
        kept = await transcribed(team, interview_id)
        assert kept["speakerConfidence"] == 1.0
        assert {entry["speaker"] for entry in kept["transcription"]} == {"interviewer", "candidate"}
        for entry in kept["transcription"]:
            turn = next(turn for turn in talk.turns if turn.start - 0.5 <= entry["start"] <= turn.end + 0.5)
            assert entry["speaker"] == turn.speaker

    async def test_one_channel_and_all_that_can_be_done_with_it(self, team: httpx.AsyncClient, talk: Talk) -> None:
        interview_id = await an_interview(team)
        enveloped(await upload(team, interview_id, wav(talk.mono)), 201)
        kept = await transcribed(team, interview_id)
        assert kept["speakerConfidence"] > 0.6
        right = [
            entry["speaker"] == turn.speaker
            for entry in kept["transcription"]
            for turn in talk.turns
            if turn.start <= (entry["start"] + entry["end"]) / 2 <= turn.end
        ]
        assert sum(right) >= 0.9 * len(right) > 0
        status = enveloped(await team.get(f"{BASE}/transcription/{interview_id}/status"))
        assert status == {"interviewId": interview_id, "status": "completed", "reason": None}
        await self._exports(team, interview_id, kept)
        await self._search(team, interview_id, kept)
        await self._speakers(team, interview_id, kept)
        await self._replace_and_delete(team, interview_id)

    @staticmethod
    async def _exports(team: httpx.AsyncClient, interview_id: str, kept: Any) -> None:
        path = f"{BASE}/transcription/{interview_id}/export"
        assert (await team.get(path, params={"format": "json"})).json() == kept
        first = kept["transcription"][0]
        srt = (await team.get(path, params={"format": "srt"})).text
        assert srt.startswith("1\n00:00:0")
        assert len(re.findall(r"^\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}$", srt, re.M)) == len(
            kept["transcription"]
        )
        vtt = (await team.get(path, params={"format": "vtt"})).text
        assert vtt.startswith("WEBVTT\n")
        assert f"<v {first['speaker']}>" in vtt
        text = await team.get(path, params={"format": "txt"})
        assert text.text.splitlines()[0] == f"[{first['timestamp']}] {first['speaker']}: {first['text']}"
        assert text.headers["content-disposition"].endswith('.txt"')
        refused(await team.get(path, params={"format": "docx"}), 422, "VALIDATION_ERROR")

    @staticmethod
    async def _search(team: httpx.AsyncClient, interview_id: str, kept: Any) -> None:
        path = f"{BASE}/transcription/{interview_id}/search"
        wanted = kept["transcription"][0]["text"].split()[0].upper()
        matches = enveloped(await team.get(path, params={"q": wanted}))
        assert matches["total"] == len(matches["matches"]) > 0
        assert enveloped(await team.get(path, params={"q": "xylophonist"}))["total"] == 0
        refused(await team.get(path, params={"q": " "}), 422, "VALIDATION_ERROR")

    @staticmethod
    async def _speakers(team: httpx.AsyncClient, interview_id: str, kept: Any) -> None:
        path = f"{BASE}/transcription/{interview_id}/speakers"
        refused(await team.put(path, json={}), 422, "VALIDATION_ERROR")
        refused(await team.put(path, json={"speakers": {"candidate": " "}}), 422, "VALIDATION_ERROR")
        named = enveloped(await team.put(path, json={"speakers": {"candidate": "Mr Okafor"}}))
        assert named == {"speakers": {"interviewer": "interviewer", "candidate": "Mr Okafor"}}
        enveloped(await team.put(path, json={"swap": True}))
        swapped = enveloped(await team.get(f"{BASE}/transcription/{interview_id}"))["transcription"]
        other = {"interviewer": "Mr Okafor", "candidate": "interviewer"}
        assert [one["speaker"] for one in swapped] == [other[one["speaker"]] for one in kept["transcription"]]

    @staticmethod
    async def _replace_and_delete(team: httpx.AsyncClient, interview_id: str) -> None:
        await move(team, interview_id, "end")
        enveloped(await upload(team, interview_id, wav(silence(2.0))), 201)
        silent = await transcribed(team, interview_id)
        assert (silent["status"], silent["transcription"]) == ("completed", [])
        assert len((await team.get(f"/interview/sessions/{interview_id}/media")).json()) == 1
        assert enveloped(await team.delete(f"{BASE}/transcription/{interview_id}")) is None
        refused(await team.get(f"{BASE}/transcription/{interview_id}"), 404, "NOT_FOUND")
        assert (await team.get(f"/interview/sessions/{interview_id}/media")).json() == []

    async def test_bad_uploads(self, team: httpx.AsyncClient) -> None:
        interview_id = await an_interview(team)
        refused(await upload(team, interview_id, b"this is no recording"), 400, "TRANSCRIPTION_ERROR")
        refused(await upload(team, interview_id, A_RECORDING, format="video"), 400, "TRANSCRIPTION_ERROR")
        refused(await upload(team, interview_id, A_RECORDING, format="smell"), 422, "VALIDATION_ERROR")
        refused(await upload(team, "", A_RECORDING), 422, "VALIDATION_ERROR")
        refused(await upload(team, f"interview-{'0' * 24}", A_RECORDING), 404, "NOT_FOUND")
        own = (await team.post("/interview/sessions", json={"job_title": "Nurse"})).json()["id"]
        refused(await upload(team, own, A_RECORDING), 422, "VALIDATION_ERROR")
        refused(await team.get(f"{BASE}/transcription/{interview_id}"), 404, "NOT_FOUND")
        enveloped(await team.delete(f"{BASE}/scheduling/{interview_id}"))
        refused(await upload(team, interview_id, A_RECORDING), 409, "VALIDATION_ERROR")


class TestAnalysis:
    async def test_of_a_recording_the_candidate_alone_is_measured(self, team: httpx.AsyncClient, talk: Talk) -> None:
        interview_id = await an_interview(team)
        enveloped(await upload(team, interview_id, wav(*talk.channels)), 201)
        analysis = await analysed(team, interview_id)
        assert set(analysis) == {"sentiment", "keywords", "competency", "overall", "engine"}
        assert analysis["engine"] == "built-in"
        path = f"{BASE}/analysis/{interview_id}"
        assert enveloped(await team.get(f"{path}/results")) == analysis
        assert enveloped(await team.get(f"{path}/status"))["status"] == "completed"
        fillers = enveloped(await team.get(f"{path}/fillers"))
        assert fillers["total"] == talk.fillers == sum(item["count"] for item in fillers["items"])
        pauses = enveloped(await team.get(f"{path}/pauses"))
        assert pauses["total"] == talk.pauses == len(pauses["pauses"])
        assert pauses["totalDuration"] == pytest.approx(sum(pause["duration"] for pause in pauses["pauses"]), abs=0.02)
        speech = enveloped(await team.get(f"{path}/speech"))
        assert 90 < speech["wordsPerMinute"] < 220
        presence = enveloped(await team.get(f"{path}/presence"))
        assert set(presence.values()) == {None}, "there is no picture"
        assert not re.search("emotion|nervous|anxious", str(analysis))

    async def test_of_written_answers_words_have_their_sign_and_count(self, team: httpx.AsyncClient) -> None:
        good, bad = await a_written_interview(team, GOOD), await a_written_interview(team, BAD)
        of_good, of_bad = await analysed(team, good), await analysed(team, bad)
        assert of_good["sentiment"]["overall"] > 0 > of_bad["sentiment"]["overall"]
        assert of_good["sentiment"]["timeline"]
        is_as_published(of_good)
        counted = {one["word"].casefold(): one["frequency"] for one in of_good["keywords"]}
        assert counted["react"] == 2
        assert all(0 < one["relevance"] <= 1 for one in of_good["keywords"])
        assert set(of_good["competency"]) == {"technical", "communication", "problemSolving"}
        assert of_good["overall"]["score"] > of_bad["overall"]["score"]
        assert of_good["overall"]["strengths"]
        assert any(one["quotation"] and one["quotation"][:20] in GOOD for one in of_good["overall"]["evidence"])
        again = await analysed(team, good)
        assert again == of_good, "without a model server the same interview always gives the same"
        await self._compare(team, good, bad, of_good, of_bad)
        await self._feedback(team, good)

    @staticmethod
    async def _compare(team: httpx.AsyncClient, good: str, bad: str, of_good: Any, of_bad: Any) -> None:
        path = f"{BASE}/analysis/compare"
        compared = enveloped(await team.get(path, params={"interviewIds": f"{bad},{good}"}))
        assert compared["ranking"] == [good, bad]
        overall = {one["interviewId"]: one["overall"] for one in compared["interviews"]}
        assert overall == {good: of_good["overall"]["score"], bad: of_bad["overall"]["score"]}
        refused(await team.get(path, params={"interviewIds": good}), 422, "VALIDATION_ERROR")
        refused(await team.get(path, params={"interviewIds": f"{good},{good}"}), 422, "VALIDATION_ERROR")
        fresh = await an_interview(team)
        refused(await team.get(path, params={"interviewIds": f"{good},{fresh}"}), 409, "VALIDATION_ERROR")
        refused(await team.get(path, params={"interviewIds": f"{good},nobody"}), 404, "NOT_FOUND")

    @staticmethod
    async def _feedback(team: httpx.AsyncClient, interview_id: str) -> None:
        path = f"{BASE}/analysis/{interview_id}/feedback"
        refused(await team.get(path), 404, "NOT_FOUND")
        example = {
            "template": "comprehensive",
            "recipients": ["candidate", "hiring_manager"],
            "includeScores": True,
            "customSections": ["career_advice"],
        }
        letter = enveloped(await team.post(path, json=example), 201)
        assert enveloped(await team.get(path)) == letter
        titles = [section["title"] for section in letter["sections"]]
        assert {"Summary", "Strengths", "Scores", "Career advice"} <= set(titles)
        assert letter["recipients"] == ["candidate", "hiring_manager"]
        silent = enveloped(await team.post(path, json={**example, "includeScores": False}), 201)
        text = " ".join(section["text"] for section in silent["sections"])
        assert "Scores" not in [section["title"] for section in silent["sections"]]
        assert not re.search(r"\d+(\.\d+)? of 10", text)
        kind = enveloped(await team.post(path, json={"template": "candidate-friendly"}), 201)
        assert kind["sections"][0]["title"] == "What went well"
        brief = enveloped(await team.post(path, json={"template": "brief"}), 201)
        assert len(str(brief)) < len(str(letter))
        refused(await team.post(path, json={"template": "sonnet"}), 422, "VALIDATION_ERROR")

    async def test_an_off_topic_answer_is_clearly_below_a_good_one(self, team: httpx.AsyncClient) -> None:
        off = await a_written_interview(
            team, "I like to cook pasta at the weekend. My sister has two dogs and a garden."
        )
        good = await a_written_interview(team, GOOD)
        scores = [(await analysed(team, one))["overall"]["score"] for one in (good, off)]
        assert scores[0] - scores[1] > 3

    async def test_an_empty_answer_is_clearly_below_a_good_one(self, team: httpx.AsyncClient) -> None:
        interview_id = await an_interview(team)
        enveloped(await upload(team, interview_id, wav(silence(4.0))), 201)
        empty, good = await analysed(team, interview_id), await analysed(team, await a_written_interview(team, GOOD))
        assert good["overall"]["score"] - (empty["overall"]["score"] or 0) > 3
        assert empty["keywords"] == []
        assert empty["overall"]["strengths"] == []

    async def test_prompts_of_100_kb_are_422_and_are_put_to_nobody(self, team: httpx.AsyncClient) -> None:
        interview_id = await a_written_interview(team, GOOD)
        path = f"{BASE}/analysis/{interview_id}/analyze"
        for prompts in ({"competency": "x" * 100_000}, {"x" * 100_000: "Evaluate"}):
            refused(await team.post(path, json={**ALL, "customPrompts": prompts}), 422, "VALIDATION_ERROR")
        section = {"customSections": ["x" * 100_000]}
        refused(await team.post(f"{BASE}/analysis/{interview_id}/feedback", json=section), 422, "VALIDATION_ERROR")
        refused(await team.get(f"{BASE}/analysis/{interview_id}/results"), 404, "NOT_FOUND")

    async def test_only_what_was_asked_for_is_there(self, team: httpx.AsyncClient) -> None:
        interview_id = await a_written_interview(team, GOOD)
        body = {"analysisTypes": ["keywords"]}
        analysis = enveloped(await team.post(f"{BASE}/analysis/{interview_id}/analyze", json=body))
        assert set(analysis) == {"keywords", "engine"}
        bad = await team.post(f"{BASE}/analysis/{interview_id}/analyze", json={"analysisTypes": ["horoscope"]})
        refused(bad, 422, "VALIDATION_ERROR")

    async def test_nothing_to_analyse_and_not_analysed(self, team: httpx.AsyncClient) -> None:
        interview_id = await an_interview(team)
        refused(await team.post(f"{BASE}/analysis/{interview_id}/analyze", json={}), 409, "ANALYSIS_ERROR")
        refused(await team.get(f"{BASE}/analysis/{interview_id}/results"), 404, "NOT_FOUND")

    async def test_not_waiting_is_202_with_when_to_ask_again(self, team: httpx.AsyncClient, talk: Talk) -> None:
        interview_id = await an_interview(team)
        enveloped(await upload(team, interview_id, wav(talk.mono)), 201)
        path = f"{BASE}/analysis/{interview_id}/analyze"
        answer = await team.post(path, json={}, headers={"Prefer": "wait=0"})
        assert enveloped(answer, 202)["status"] in ("pending", "processing")
        assert answer.headers["Retry-After"]
        await transcribed(team, interview_id)

    async def test_fillers_of_written_answers_count(self, team: httpx.AsyncClient) -> None:
        interview_id = await a_written_interview(
            team, "Um, we shipped it, you know, and uh the customers, um, liked it."
        )
        await analysed(team, interview_id)
        fillers = enveloped(await team.get(f"{BASE}/analysis/{interview_id}/fillers"))
        assert {item["word"]: item["count"] for item in fillers["items"]} == {"um": 2, "uh": 1, "you know": 1}

    async def test_prompts_and_feedback_by_a_model_server(self, team: httpx.AsyncClient) -> None:
        interview_id = await a_written_interview(team, GOOD)
        prompts = {"customPrompts": {"competency": "Evaluate technical skills on a scale of 1-10"}}
        assert "custom" not in await analysed(team, interview_id, **prompts), "without a server it stays unanswered"

        def reply(asked: Any) -> dict[str, Any]:
            if "request" in asked.data:
                return {"answer": f"Asked: {asked.data['request']}"}
            sections = [
                {"title": title, "text": "Well told. The score was 8 of 10."} for title in asked.data["sections"]
            ]
            return {"sections": sections}

        with model_server(reply=reply):
            analysis = await analysed(team, interview_id, **prompts)
            assert analysis["custom"] == {"competency": "Asked: Evaluate technical skills on a scale of 1-10"}
            assert analysis["engine"] != "built-in"
            letter = enveloped(
                await team.post(f"{BASE}/analysis/{interview_id}/feedback", json={"includeScores": False}), 201
            )
            assert letter["sections"][0]["text"] == "Well told."
        with model_server(manner=Manner.FAILING):
            failed = await team.post(f"{BASE}/analysis/{interview_id}/analyze", json={**ALL, **prompts})
            refused(failed, 502, "ANALYSIS_ERROR")


def test_the_made_talk_is_what_it_says(talk: Talk) -> None:
    assert share_right(talk.turns, talk.turns) == 1.0
