"""Answers for the faults: small recordings made by PyAV, taken in as the practice room does it, and what became of them."""

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import av
import numpy as np
from numpy.typing import NDArray

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis import upkeep
from intervi.analysis.models import Stage
from intervi.analysis.state import AnalysisState
from intervi.database import transaction
from intervi.interviews import answers, exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin
from intervi.recordings import uploads, whole_interview
from intervi.recordings.models import MediaKind
from intervi.recordings.storage import storage
from tests.faults.installation import PATIENCE_SECONDS, Installation

TYPED = "I searched the logs, found a slow query, and added the missing index; errors fell from nine percent to zero."
_RATE, _FRAMES = 48_000, 10


@dataclass(frozen=True)
class Answer:
    """One interview with one answer."""

    principal: Principal
    interview_id: UUID
    exchange_id: UUID


async def a_user(name: str) -> Principal:
    async with transaction() as session:
        user = User(email=f"{name}@example.com", email_key=f"{name}@example.com", password_hash="x")
        session.add(user)
    return Principal(user.id)


async def written(principal: Principal) -> Answer:
    """An answer in writing; its interview is over, its analysis begun."""
    async with transaction() as session:
        answer = await _asked(session, principal)
        await answers.write(session, principal, answer.exchange_id, TYPED)
        await analysis.finish_interview(session, principal, answer.interview_id)
        await analysis.start_if_complete(session, answer.exchange_id)
    return answer


async def recorded(principal: Principal, data: bytes) -> Answer:
    """A recorded answer; its interview is over, its analysis begun."""
    async with transaction() as session:
        answer = await _asked(session, principal)
        media = await uploads.begin(
            session, principal, exchange_id=answer.exchange_id, kind=MediaKind.VIDEO, filename="answer.webm"
        )
    with storage().writer(media.storage_key) as writer:
        writer.write(data)
    async with transaction() as session:
        await uploads.finish(session, principal, media.id)
        await analysis.finish_interview(session, principal, answer.interview_id)
    return answer


async def recorded_by_others(principal: Principal, data: bytes) -> Answer:
    """A recording of somebody else's interview, with both on it; its interview is over, its analysis begun."""
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.HIRING, domain="software-dev")
        media = await whole_interview.begin_stream(session, principal, interview.id, seconds_of=lambda size: size)
    with storage().writer(media.storage_key) as writer:
        writer.write(data)
    async with transaction() as session:
        await whole_interview.finish_stream(session, principal, media)
        await analysis.start_if_complete(session, media.exchange_id)
        await analysis.finish_interview(session, principal, interview.id)
    return Answer(principal, interview.id, media.exchange_id)


async def _asked(session, principal: Principal) -> Answer:
    interview = await interviews.create(session, principal, origin=Origin.PRACTICE, domain="software-dev")
    exchange = await exchanges.next_question(session, principal, interview.id)
    return Answer(principal, interview.id, exchange.id)


def webm(path: Path, seconds: float = 2.0, size: int = 160, sound_track: NDArray[np.float32] | None = None) -> bytes:
    """A grey picture that brightens, and a tone (or what is given, at 48 kHz), as VP8 and Opus."""
    with av.open(str(path), "w", format="webm") as container:
        picture = container.add_stream("libvpx", rate=_FRAMES, width=size, height=size, pix_fmt="yuv420p")
        sound = container.add_stream("libopus", rate=_RATE, layout="mono")
        for number in range(int(seconds * _FRAMES)):
            image = np.full((size, size, 3), 10 * number % 256, dtype=np.uint8)
            container.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        times = np.arange(int(seconds * _RATE)) / _RATE
        heard = 0.3 * np.sin(2 * np.pi * 220 * times) if sound_track is None else sound_track
        for start in range(0, len(heard), 960):
            piece = heard[start : start + 960].astype(np.float32)
            frame = av.AudioFrame.from_ndarray(piece[np.newaxis], format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = _RATE, start, Fraction(1, _RATE)
            container.mux(sound.encode(frame))
        for stream in (picture, sound):
            container.mux(stream.encode(None))
    return path.read_bytes()


def bomb(path: Path, size: int = 16_000) -> bytes:
    """A file of a few hundred kilobytes whose one picture fills 256 MB."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("png", rate=1, width=size, height=size, pix_fmt="gray")
        frame = av.VideoFrame.from_ndarray(np.zeros((size, size), dtype=np.uint8), format="gray")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


async def reported(*answers: Answer) -> None:
    """Waits until each interview has its report."""
    missing = set(answers)
    for _ in range(PATIENCE_SECONDS * 10):
        async with transaction() as session:
            for answer in list(missing):
                if (await session.get_one(Interview, answer.interview_id)).reported_at is not None:
                    missing.remove(answer)
        if not missing:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"no report for {len(missing)} of {len(answers)} interviews: {await _states(missing)}")


async def _states(answers: set[Answer]) -> list[dict[str, tuple[str, int, str | None]]]:
    async with transaction() as session:
        states = [await analysis.of_exchange(session, answer.principal, answer.exchange_id) for answer in answers]
    return [
        {stage: (row.status, row.attempt, row.error) for stage, row in state.stages.items()}
        for state in states
        if state is not None
    ]


async def state_of(answer: Answer) -> AnalysisState:
    async with transaction() as session:
        state = await analysis.of_exchange(session, answer.principal, answer.exchange_id)
    assert state is not None
    return state


async def whole(installation: Installation, *answers: Answer, given_up: int = 0, stages_given_up: int = 0) -> str:
    """That nothing was lost and nothing doubled; in words.

    Args:
        given_up: How many analyses failed for good: they have a report of their interview, and none of their own.
        stages_given_up: How many stages failed for good of analyses that were done without them.
    """
    done = len(answers) - given_up
    counted = installation.rows("SELECT what, id, stage, count(*) FROM ledger GROUP BY what, id, stage")
    assert {row[3] for row in counted} == {1}, "kept or written twice"
    assert len([row for row in counted if row[0] == "report"]) == len(answers)
    kept = [row for row in counted if row[0] == "stage"]
    assert len(kept) == done * len(Stage) - stages_given_up
    analyses = installation.rows("SELECT status, count(*) FROM analyses GROUP BY status")
    assert dict(analyses) == {status: count for status, count in (("done", done), ("failed", given_up)) if count}
    async with transaction() as session:
        # A grace of less than nothing: what is a moment old counts, too.
        assert [one.text for one in await upkeep.findings(session, grace_seconds=-60)] == []
    files = len(installation.files())
    return f"{len(answers)} of {len(answers)} reports, {len(kept)} results kept once each, {files} files, no orphan"
