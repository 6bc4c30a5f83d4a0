"""``python -m intervi.check`` as it is run: it says what is amiss, mends it, and is silent when all is well."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis import upkeep
from intervi.analysis.figures import Decoded
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin
from intervi.recordings import removal, uploads
from intervi.recordings import service as recordings
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.storage import key_beside, new_key, storage
from intervi.settings import REPOSITORY_ROOT, settings

pytestmark = pytest.mark.usefixtures("servers")

WEBM = b"\x1a\x45\xdf\xa3\x42\x82\x84webm" + bytes(2000)


@pytest.fixture(autouse=True)
def _empty_storage() -> None:
    for key, _changed in list(storage().list_keys()):
        storage().delete(key)
    for key, _changed in list(storage().list_made()):
        storage().delete_made(key)


@pytest.fixture
async def ada() -> Principal:
    async with transaction() as session:
        user = User(email="ada@example.com", email_key="ada@example.com", password_hash="x")
        session.add(user)
    return Principal(user.id)


async def check(*arguments: str) -> tuple[int, list[str]]:
    """The command's status and lines. A grace of less than nothing: what is a moment old counts, too."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "intervi.check", "--grace-seconds=-60", *arguments],
        cwd=REPOSITORY_ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def store(key: str) -> None:
    with storage().writer(key) as writer:
        writer.write(WEBM)
    storage().seal(key)


async def a_recorded_answer(principal: Principal) -> tuple[UUID, Media]:
    """An interview that is over, with one recorded answer whose analysis has begun."""
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.PRACTICE, domain="software-dev")
        exchange = await exchanges.next_question(session, principal, interview.id)
        media = await uploads.begin(
            session, principal, exchange_id=exchange.id, kind=MediaKind.VIDEO, filename="a.webm"
        )
    with storage().writer(media.storage_key) as writer:
        writer.write(WEBM)
    async with transaction() as session:
        media = await uploads.finish(session, principal, media.id)
        await analysis.finish_interview(session, principal, interview.id)
    return interview.id, media


async def analysed(interview_id: UUID, media: Media) -> str:
    """As a worker leaves it when all is done; the key of the decoded sound."""
    audio_key = key_beside(media.storage_key)
    store(audio_key)
    async with transaction() as session:
        for row in (await session.exec(select(AnalysisStage))).all():
            row.status, row.result = WorkStatus.DONE, {}
            if row.stage == Stage.DECODE:
                row.result = Decoded(audio_key=audio_key).model_dump(mode="json")
            session.add(row)
        one = (await session.exec(select(Analysis))).one()
        one.status, one.finished_at = WorkStatus.DONE, now()
        interview = await session.get_one(Interview, interview_id)
        interview.reported_at, interview.report = now(), {"kept": True}
        session.add_all([one, interview])
    return audio_key


class TestFiles:
    async def test_nothing_amiss_is_nothing_said(self, ada: Principal) -> None:
        await analysed(*await a_recorded_answer(ada))
        assert await check() == (0, [])

    async def test_a_file_without_a_row_is_removed(self) -> None:
        key = new_key()
        store(key)
        line = f"orphan: file {key} belongs to no recording"
        assert await check() == (1, [line])
        assert storage().size(key), "without being asked it changes nothing"
        assert await check("--repair") == (0, [f"{line} (mended)"])
        assert storage().size(key) == 0

    async def test_what_a_killed_worker_made_is_removed_and_the_rest_is_kept(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        kept = await analysed(interview_id, media)
        left = key_beside(media.storage_key)
        store(left)
        assert await check("--repair") == (
            0,
            [f"orphan: file {left} was made from a recording and is not used (mended)"],
        )
        assert [key for key, _changed in storage().list_made()] == [kept]
        assert storage().size(media.storage_key)

    async def test_a_work_directory_of_a_dead_worker_is_removed(self) -> None:
        left = settings().home / "work" / "tmpleft"
        left.mkdir(parents=True)
        assert await check("--repair") == (0, [f"orphan: work directory {left} was left by a dead worker (mended)"])
        assert not left.exists()

    async def test_a_lost_recording_cannot_be_mended(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        location = storage().location(media.storage_key)
        assert isinstance(location, Path)
        location.unlink()
        line = f"missing: the file of recording {media.id} is not in storage"
        assert await check("--repair") == (1, [line])

    async def test_lost_sound_is_decoded_again(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        storage().delete_made(await analysed(interview_id, media))
        status, lines = await check("--repair")
        assert (status, len(lines)) == (0, 1)
        assert lines[0].startswith("missing: the sound of analysis")
        async with transaction() as session:
            row = (await session.exec(select(AnalysisStage).where(AnalysisStage.stage == Stage.DECODE))).one()
        assert row.status == WorkStatus.WAITING

    async def test_sound_that_was_lost_with_its_recording_takes_no_result_with_it(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        storage().delete(media.storage_key)  # as after a database was restored without its media
        recording = f"missing: the file of recording {media.id} is not in storage"
        status, lines = await check("--repair")
        assert (status, len(lines)) == (1, 2)
        assert await check() == (1, [recording])
        async with transaction() as session:
            assert {row.status for row in (await session.exec(select(AnalysisStage))).all()} == {WorkStatus.DONE}
            assert (await session.get_one(Interview, interview_id)).reported_at is not None
            # Words that are corrected now are measured by the sound as it was.
            await analysis.correct_transcript(session, ada, media.exchange_id, "I measured first.")
            state = await analysis.of_exchange(session, ada, media.exchange_id)
        assert state is not None
        assert state.stages[Stage.SPEECH].status == WorkStatus.DONE
        assert state.stages[Stage.LANGUAGE].status == WorkStatus.WAITING


class TestWork:
    async def test_a_stage_that_nobody_holds_is_opened_again(self, ada: Principal) -> None:
        await a_recorded_answer(ada)
        async with transaction() as session:
            row = (await session.exec(select(AnalysisStage).where(AnalysisStage.stage == Stage.DECODE))).one()
            row.status = WorkStatus.RUNNING
            session.add(row)
        line = f"abandoned: stage decode of analysis {row.analysis_id} runs, and no worker holds it"
        assert await check() == (1, [line])
        assert await check("--repair") == (0, [f"{line} (mended)"])
        assert await check() == (0, [])

    async def test_an_analysis_without_anything_to_do_is_opened_again(self, ada: Principal) -> None:
        await a_recorded_answer(ada)
        async with transaction() as session:
            for row in (await session.exec(select(AnalysisStage))).all():
                row.status = WorkStatus.BLOCKED
                if row.stage == Stage.VISION:
                    await session.delete(row)
            one = (await session.exec(select(Analysis))).one()
        line = f"stuck: analysis {one.id} is not finished and has nothing left to do"
        assert await check("--repair") == (0, [f"{line} (mended)"])
        assert await check() == (0, [])
        async with transaction() as session:
            assert len((await session.exec(select(AnalysisStage))).all()) == len(Stage)

    async def test_an_answer_that_nobody_analyses_is_begun(self, ada: Principal) -> None:
        _interview, media = await a_recorded_answer(ada)
        async with transaction() as session:
            await session.delete((await session.exec(select(Analysis))).one())
        line = f"forgotten: answer {media.exchange_id} of a finished interview was never analysed"
        assert await check("--repair") == (0, [f"{line} (mended)"])
        assert await check() == (0, [])

    async def test_a_report_that_nobody_wrote_is_said(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        async with transaction() as session:
            interview = await session.get_one(Interview, interview_id)
            interview.reported_at = None
            session.add(interview)
        assert await check() == (1, [f"unreported: interview {interview_id} is analysed and has no report"])

    async def test_a_young_upload_is_left_alone(self, ada: Principal) -> None:
        store(new_key())
        async with transaction() as session:
            assert await upkeep.findings(session, grace_seconds=60) == []


class TestRetention:
    @pytest.fixture(autouse=True)
    def _thirty_days(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "retention_days", 30)

    async def test_old_recordings_go_and_reports_stay(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        await age(media)
        assert await expired() == 1
        assert list(storage().list_keys()) == []
        assert list(storage().list_made()) == []
        async with transaction() as session:
            media = await session.get_one(Media, media.id)
            interview = await session.get_one(Interview, interview_id)
            assert await recordings.media_of_interview(session, ada, interview_id) == []
        assert (media.state, media.size_bytes) == (MediaState.DELETED, 0)
        assert media.deleted_at is not None
        assert interview.report == {"kept": True}
        assert await check() == (0, []), "a recording that was deleted is not missing"

    async def test_asking_for_the_analysis_again_changes_nothing(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        await age(media)
        await expired()
        async with transaction() as session:
            assert (await analysis.start(session, media.exchange_id)).status == WorkStatus.DONE
            assert (await session.get_one(Interview, interview_id)).reported_at is not None

    async def test_young_recordings_and_those_being_analysed_stay(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        await age(media)
        assert await expired() == 0, "its analysis is under way"
        await analysed(interview_id, media)
        async with transaction() as session:
            (await session.get_one(Media, media.id)).stored_at = now()
        assert await expired() == 0, "it is young"

    async def test_an_answer_goes_as_a_whole(self, ada: Principal) -> None:
        """Of half of it nothing could be measured again that is true of the answer."""
        interview_id, media = await a_recorded_answer(ada)
        later = await a_segment_more(ada, media)
        await analysed(interview_id, media)
        await age(media)
        assert await expired() == 0, "its second segment is young"
        await age(later)
        assert await expired() == 2

    async def test_an_analysis_that_is_opened_again_meanwhile_keeps_its_recording(self, ada: Principal) -> None:
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        await age(media)
        async with transaction() as session:
            due = await upkeep.expired_answers(session)
            assert due == [media.exchange_id]
        async with transaction() as session:
            await analysis.correct_transcript(session, ada, media.exchange_id, "I measured first.")
            deleting = asyncio.create_task(delete_each(due))
            assert (await asyncio.wait({deleting}, timeout=0.5))[0] == set(), "it waits for who holds the analysis"
        assert await deleting == 0
        assert storage().size(media.storage_key)

    async def test_without_the_setting_all_is_kept(self, ada: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "retention_days", None)
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        await age(media)
        assert await expired() == 0

    @pytest.mark.parametrize(
        ("installation", "own", "is_due"), [(None, 30, 1), (60, 30, 1), (30, 60, 1), (None, 60, 0)]
    )
    async def test_the_shorter_of_the_installations_and_the_owners_time_counts(
        self, ada: Principal, monkeypatch: pytest.MonkeyPatch, installation: int | None, own: int, is_due: int
    ) -> None:
        monkeypatch.setattr(settings(), "retention_days", installation)
        interview_id, media = await a_recorded_answer(ada)
        await analysed(interview_id, media)
        await age(media)
        async with transaction() as session:
            (await session.get_one(User, ada.user_id)).retention_days = own
        assert await expired() == is_due


async def age(media: Media) -> None:
    async with transaction() as session:
        (await session.get_one(Media, media.id)).stored_at = now() - timedelta(days=31)


async def expired() -> int:
    async with transaction() as session:
        due = await upkeep.expired_answers(session)
    return await delete_each(due)


async def delete_each(exchange_ids: Sequence[UUID]) -> int:
    deleted = 0
    for exchange_id in exchange_ids:
        async with transaction() as session:
            deleted += await upkeep.delete_recordings(session, exchange_id)
    return deleted


async def a_segment_more(principal: Principal, first: Media) -> Media:
    async with transaction() as session:
        media = await uploads.begin(
            session,
            principal,
            exchange_id=first.exchange_id,
            kind=MediaKind.VIDEO,
            filename="b.webm",
            offset_seconds=2.0,
        )
    store(media.storage_key)
    async with transaction() as session:
        return await uploads.finish(session, principal, media.id)


async def test_an_account_is_deleted_with_all_that_is_its(ada: Principal) -> None:
    _interview, media = await a_recorded_answer(ada)
    async with transaction() as session:
        other = User(email="bob@example.com", email_key="bob@example.com", password_hash="x")
        session.add(other)
    _other_interview, kept = await a_recorded_answer(Principal(other.id))
    async with transaction() as session:
        await removal.delete_account(session, ada)
    async with transaction() as session:
        assert [user.id for user in (await session.exec(select(User))).all()] == [other.id]
        assert [one.id for one in (await session.exec(select(Media))).all()] == [kept.id]
    assert [key for key, _changed in storage().list_keys()] == [kept.storage_key] != [media.storage_key]
