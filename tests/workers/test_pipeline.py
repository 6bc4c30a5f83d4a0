"""The way of an answer through real worker processes: recordings of known truth in, one report out.

What happens when something dies on the way is in ``tests/faults``.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis.figures import InterviewReport, Reason
from intervi.analysis.models import Analysis, Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.database import transaction
from intervi.interviews import answers, exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin
from intervi.recordings import receiving
from intervi.recordings import service as recordings
from intervi.recordings.models import MediaKind
from intervi.settings import settings
from tests.media_made.speech import MadeSpeech, make_speech, silence, write_wav
from tests.worker_processes import a_worker, ffmpeg

pytestmark = [pytest.mark.usefixtures("servers"), pytest.mark.media]

PATIENCE_SECONDS = 120
ANSWER = (
    "When our payment service failed last spring, customers could not check out for twenty minutes. "
    "I searched the logs, found a slow database query, and added the missing index. "
    "The error rate fell from nine percent to zero, and we wrote an alert for it."
)


@pytest.fixture(scope="module")
def workers(servers: Path) -> Iterator[None]:
    """One worker of each kind, kept for all tests of this module: their models stay loaded."""
    with ExitStack() as stack:
        for kind in ("media", "speech-to-text"):
            stack.enter_context(a_worker(kind, servers))
        yield


@pytest.fixture
async def ada() -> Principal:
    async with transaction() as session:
        user = User(email="ada@example.com", email_key="ada@example.com", password_hash="x")
        session.add(user)
    return Principal(user.id)


async def an_interview(principal: Principal) -> tuple[UUID, UUID]:
    """An interview with the question about a production incident asked; both ids."""
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.PRACTICE, domain="software-dev")
        exchange = await exchanges.next_question(session, principal, interview.id)
        exchange.question_id = "production-incident"
        exchange.question = "Tell me about a time when you had to debug a complex problem in production."
        exchange.question_type = "behavioral"
        session.add(exchange)
    return interview.id, exchange.id


async def chunks_of(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def record(principal: Principal, interview_id: UUID, path: Path, kind: MediaKind) -> None:
    """Sends a file in as the answer, begins its analysis, and ends the interview."""
    async with (
        receiving.received(chunks_of(path.read_bytes()), kind=kind, limit_bytes=10**8) as file,
        transaction() as session,
    ):
        media = await receiving.store(session, principal, interview_id, file, kind=kind, filename=path.name)
        await analysis.start_if_complete(session, media.exchange_id)
    async with transaction() as session:
        await analysis.finish_interview(session, principal, interview_id)


async def finished(principal: Principal, exchange_id: UUID) -> AnalysisState:
    """The analysis of an answer, once it is done or given up."""
    state = await analysis.wait_for(principal, exchange_id, Stage.REPORT, PATIENCE_SECONDS)
    assert state is not None
    assert state.analysis.status in (WorkStatus.DONE, WorkStatus.FAILED), _what_happened(state)
    return state


def _what_happened(state: AnalysisState) -> str:
    stages = {stage.value: (row.status, row.attempt, row.error) for stage, row in state.stages.items()}
    logs = [log.read_text()[-1500:] for log in sorted(settings().home.glob("worker-*.log"))]
    return "\n".join([str(stages), *logs])


async def reported(interview_id: UUID) -> Interview:
    """The interview, once its report is there."""
    for _ in range(PATIENCE_SECONDS * 10):
        async with transaction() as session:
            interview = await session.get_one(Interview, interview_id)
        if interview.reported_at is not None:
            return interview
        await asyncio.sleep(0.1)
    pytest.fail("no report was written")


def spoken(path: Path, *, drowned: bool = False) -> tuple[Path, MadeSpeech]:
    first, second = ANSWER.split(". ", 1)
    made = make_speech([0.6, first, 1.2, second, 0.5])
    return write_wav(path, made.with_noise(0) if drowned else made.samples), made


async def test_a_spoken_answer_is_measured_near_the_truth(ada: Principal, workers: None, tmp_path: Path) -> None:
    interview_id, exchange_id = await an_interview(ada)
    path, made = spoken(tmp_path / "answer.wav")
    await record(ada, interview_id, path, MediaKind.AUDIO)
    state = await finished(ada, exchange_id)
    speech = state.speech
    assert speech is not None
    assert speech.pause_ratio.value == pytest.approx(made.pause_ratio, abs=0.05)
    assert speech.words_per_minute.value == pytest.approx(made.words_per_minute, rel=0.1)
    assert any(pause.seconds == pytest.approx(1.2, abs=0.15) for pause in speech.pauses)
    assert state.transcript is not None
    assert "payment service failed" in state.transcript.text
    assert state.language is not None
    assert state.language.coverage.value is not None, "what was said is judged by its words"
    assert state.vision is not None
    assert state.vision.face_share.reason == Reason.NO_PICTURE
    assert state.scores is not None
    assert state.scores.delivery.value.value is not None
    interview = await reported(interview_id)
    report = InterviewReport.model_validate(interview.report)
    assert report.answers == [exchange_id]
    assert interview.measured_score == report.scores.overall.value.value


async def test_an_answer_in_writing_is_scored_by_its_content_alone(ada: Principal, workers: None) -> None:
    interview_id, exchange_id = await an_interview(ada)
    async with transaction() as session:
        await answers.write(session, ada, exchange_id, ANSWER)
        await analysis.start_if_complete(session, exchange_id)
        await analysis.finish_interview(session, ada, interview_id)
    state = await finished(ada, exchange_id)
    assert state.transcript is not None
    assert (state.transcript.engine, state.transcript.text) == ("typed", ANSWER)
    assert state.speech is not None
    assert state.speech.words_per_minute.reason == Reason.IN_WRITING
    assert state.scores is not None
    assert state.scores.delivery.value.reason == Reason.IN_WRITING
    assert state.scores.content.value.value is not None
    assert (await reported(interview_id)).measured_score == state.scores.overall.value.value


async def test_what_is_corrected_is_judged_by_the_correction(ada: Principal, workers: None, tmp_path: Path) -> None:
    interview_id, exchange_id = await an_interview(ada)
    path, made = spoken(tmp_path / "answer.wav", drowned=True)
    await record(ada, interview_id, path, MediaKind.AUDIO)
    before = await finished(ada, exchange_id)
    assert before.transcript is not None
    assert before.transcript.rough
    assert before.language is not None
    assert before.language.coverage.reason == Reason.ROUGH_TRANSCRIPT
    async with transaction() as session:
        await analysis.correct_transcript(session, ada, exchange_id, ANSWER)
    after = await finished(ada, exchange_id)
    assert after.language is not None
    assert after.language.coverage.value is not None
    assert after.speech is not None
    assert after.speech.words_per_minute.basis == "words"
    assert after.speech.words_per_minute.value == pytest.approx(made.words_per_minute, rel=0.02)


async def test_a_silent_recording_says_what_could_not_be_measured(
    ada: Principal, workers: None, tmp_path: Path
) -> None:
    interview_id, exchange_id = await an_interview(ada)
    await record(ada, interview_id, write_wav(tmp_path / "silent.wav", silence(3.0)), MediaKind.AUDIO)
    state = await finished(ada, exchange_id)
    assert state.analysis.status == WorkStatus.DONE
    assert state.speech is not None
    assert state.speech.words_per_minute.reason in (Reason.NO_SOUND, Reason.NO_VOICE)
    assert state.report is not None
    assert state.report.notes


async def test_a_video_without_a_face_or_a_sound_is_said_to_be_one(
    ada: Principal, workers: None, tmp_path: Path
) -> None:
    interview_id, exchange_id = await an_interview(ada)
    path = tmp_path / "bars.webm"
    ffmpeg("-f", "lavfi", "-i", "testsrc=d=3:s=320x240:r=15", "-c:v", "libvpx", path)
    await record(ada, interview_id, path, MediaKind.VIDEO)
    state = await finished(ada, exchange_id)
    assert state.analysis.status == WorkStatus.DONE
    assert state.vision is not None
    assert state.vision.face_share.value == 0
    assert state.vision.eye_contact.reason == Reason.NO_FACE
    assert state.speech is not None
    assert state.speech.words_per_minute.reason == Reason.NO_SOUND


async def test_a_recording_that_turns_out_to_be_garbage_is_given_up_with_the_reason(
    ada: Principal, workers: None, tmp_path: Path
) -> None:
    """The room's uploads are taken before they are looked at: what is garbage is found by the decode stage."""
    interview_id, exchange_id = await an_interview(ada)
    path, _made = spoken(tmp_path / "answer.wav")
    await record(ada, interview_id, path, MediaKind.AUDIO)
    async with transaction() as session:
        media = (await recordings.media_of_interview(session, ada, interview_id))[0]
    from intervi.recordings.storage import storage

    location = storage().location(media.storage_key)
    assert isinstance(location, Path)
    location.write_bytes(b"\x1aE\xdf\xa3 garbage" * 50)
    async with transaction() as session:
        row = (await session.exec(select(Analysis).where(Analysis.exchange_id == exchange_id))).one()
        row.input_hash = "another"
        session.add(row)
        await session.flush()
        await analysis.start(session, exchange_id)
    state = await finished(ada, exchange_id)
    assert state.analysis.status == WorkStatus.FAILED
    assert state.analysis.error
    assert location.exists(), "what was recorded is kept"
