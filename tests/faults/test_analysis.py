"""The analysis under faults: one report per interview, each result kept once, nothing orphaned, whatever dies in between."""

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import soxr

from intervi.analysis import queue
from intervi.analysis.models import Stage, WorkStatus
from intervi.database import dispose_engine, transaction
from intervi.interviews.models import Interview
from intervi.recordings import removal
from intervi.settings import settings
from tests.faults.answers import (
    Answer,
    a_user,
    bomb,
    recorded,
    recorded_by_others,
    reported,
    state_of,
    webm,
    whole,
    written,
)
from tests.faults.installation import Installation, until
from tests.faults.nursery import MOMENTS, Poison
from tests.media_made.speech import RATE, make_speech

Note = Callable[[str, str], None]

POINTS = [f"{stage}-{moment}" for stage in Stage for moment in MOMENTS]
AWAY_SECONDS = 5.0
BUSY_ANSWERS = 50


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    words = make_speech([0.3, "I measured first", 0.8, "and then I cut", 0.3])
    sound = soxr.resample(words.samples, RATE, 48_000)
    return webm(tmp_path_factory.mktemp("media") / "spoken.webm", sound_track=sound)


class TestDying:
    async def test_a_worker_killed_before_and_after_every_stage_and_before_it_wakes_the_next(
        self, installation: Installation, video: bytes, noted: Note
    ) -> None:
        answer = await recorded(await a_user("ada"), video)
        marks = installation.home / "every-point"
        killed = await asyncio.gather(
            *(asyncio.to_thread(kill_at_each_point, installation, kind, marks) for kind in queue.STAGES_OF)
        )
        assert sorted(point for points in killed for point in points) == sorted(POINTS)
        await reported(answer)
        found = await whole(installation, answer)
        noted(f"worker killed at {len(POINTS)} points: before and after each stage, and before it woke the next", found)

    async def test_everything_killed_at_once(self, installation: Installation, video: bytes, noted: Note) -> None:
        ada = await a_user("ada")
        answers = [await written(ada), await recorded(ada, video), await recorded(await a_user("bob"), video)]
        media, _speech = installation.worker("media", "decode-after"), installation.worker("speech-to-text")
        media.wait_at_a_point()
        installation.kill_postgres()
        installation.kill_redis()
        installation.kill_workers()
        installation.start_postgres()
        installation.start_redis()
        # This process's connections died with it; one that was used within the last second is not asked whether it lives.
        await dispose_engine()
        installation.expire_leases()
        installation.workers()
        await reported(*answers)
        noted("PostgreSQL, Redis and all workers killed at once", await whole(installation, *answers))

    async def test_a_worker_held_up_past_its_lease(self, installation: Installation, video: bytes, noted: Note) -> None:
        answer = await recorded(await a_user("ada"), video)
        late = installation.worker("media", "decode-after", INTERVI_LEASE_SECONDS="3")
        late.wait_at_a_point()
        late.signal(signal.SIGSTOP)
        installation.workers()
        await reported(answer)
        assert (await state_of(answer)).stages[Stage.DECODE].attempt == 2
        late.go_on()
        late.signal(signal.SIGCONT)
        await asyncio.to_thread(
            until, lambda: "no longer ours: decode" in late.said(), "the late result was not refused"
        )
        assert late.is_alive
        noted(
            "worker stopped past its lease, then let go on", await whole(installation, answer) + ", late result refused"
        )

    async def test_a_stage_that_hangs(self, installation: Installation, video: bytes, noted: Note) -> None:
        answer = await recorded(await a_user("ada"), video)
        hanging = installation.worker(
            "media", "vision-before", INTERVI_LEASE_SECONDS="3", INTERVI_STAGE_TIMEOUT_SECONDS="1"
        )
        installation.worker("speech-to-text")
        hanging.wait_at_a_point()
        await asyncio.to_thread(hanging.wait_for_death)
        row = (await state_of(answer)).stages[Stage.VISION]
        assert (row.status, row.error) == (WorkStatus.WAITING, "This step took too long.")
        installation.worker("media")
        await reported(answer)
        assert (await state_of(answer)).stages[Stage.VISION].attempt == 2
        noted("stage that hangs", await whole(installation, answer) + ", its worker ended itself, at the second try")


class TestServersAway:
    async def test_redis_emptied_and_redis_lost(self, installation: Installation, video: bytes, noted: Note) -> None:
        ada = await a_user("ada")
        answers = [await recorded(ada, video), await written(ada)]
        media, speech = installation.worker("media", "decode-after"), installation.worker("speech-to-text")
        media.wait_at_a_point()
        installation.empty_redis()
        media.go_on()
        await reported(*answers)
        found = await whole(installation, *answers)
        noted("Redis emptied in mid-run", f"{found}, workers alive: {media.is_alive and speech.is_alive}")
        assert media.is_alive
        assert speech.is_alive

    async def test_redis_killed_with_its_data(self, installation: Installation, video: bytes, noted: Note) -> None:
        answer = await recorded(await a_user("ada"), video)
        media, speech = installation.worker("media", "speech-after"), installation.worker("speech-to-text")
        media.wait_at_a_point()
        installation.kill_redis()
        media.go_on()
        await asyncio.sleep(1)
        for path in (installation.home / "redis").iterdir():
            path.unlink() if path.is_file() else None
        installation.start_redis()
        await reported(answer)
        assert media.is_alive
        assert speech.is_alive
        noted("Redis killed in mid-run, its data deleted", await whole(installation, answer) + ", workers alive")

    @pytest.mark.parametrize(("stage", "away_seconds"), [(Stage.DECODE, 20.0), (Stage.SPEECH, AWAY_SECONDS)])
    async def test_postgresql_stopped_while_a_stage_runs(
        self, installation: Installation, video: bytes, noted: Note, stage: Stage, away_seconds: float
    ) -> None:
        answer = await recorded(await a_user("ada"), video)
        # The lease ends while the database is away: nobody can take the stage meanwhile, so the result is kept.
        media = installation.worker("media", f"{stage}-after", INTERVI_LEASE_SECONDS="3")
        installation.worker("speech-to-text")
        media.wait_at_a_point()
        installation.stop_postgres()
        media.go_on()
        await asyncio.sleep(away_seconds)
        installation.start_postgres()
        await reported(answer)
        assert media.is_alive
        assert {row.attempt for row in (await state_of(answer)).stages.values()} == {1}, "a result was thrown away"
        noted(
            f"PostgreSQL stopped for {away_seconds:g} s at {stage}",
            await whole(installation, answer) + ", at first try",
        )

    async def test_postgresql_frozen_while_a_stage_runs(
        self, installation: Installation, video: bytes, noted: Note
    ) -> None:
        answer = await recorded(await a_user("ada"), video)
        media = installation.worker("media", "vision-after")
        installation.worker("speech-to-text")
        media.wait_at_a_point()
        installation.freeze_postgres(signal.SIGSTOP)
        media.go_on()
        await asyncio.sleep(AWAY_SECONDS)
        installation.freeze_postgres(signal.SIGCONT)
        await reported(answer)
        assert media.is_alive
        assert {row.attempt for row in (await state_of(answer)).stages.values()} == {1}, "a result was thrown away"
        noted(
            f"PostgreSQL frozen for {AWAY_SECONDS:g} s at vision", await whole(installation, answer) + ", at first try"
        )


class TestFullDisk:
    @pytest.mark.parametrize("stage", [Stage.DECODE, Stage.SPEECH])
    async def test_what_needs_room_waits_for_it(
        self, installation: Installation, spoken: bytes, noted: Note, stage: Stage
    ) -> None:
        answer = await recorded(await a_user("ada"), spoken)
        media, _speech = installation.worker("media", f"{stage}-before"), installation.worker("speech-to-text")
        media.wait_at_a_point()
        with full_disk(installation.home / "work"):
            media.go_on()
            await put_off(answer, stage)
            state = await state_of(answer)
            assert state.why(stage) == "There is no room left for recordings on this machine."
            assert state.analysis.status == WorkStatus.RUNNING
            installation.kill_workers()
        installation.rows("UPDATE analysis_stages SET not_before = NULL")
        installation.expire_leases()
        installation.workers()
        await reported(answer)
        assert (await state_of(answer)).stages[stage].attempt == 1, "a full disk is no fault of the recording"
        noted(f"disk full at {stage}, then room again", await whole(installation, answer))


class TestPoison:
    async def test_a_file_that_ends_its_decoder(
        self, installation: Installation, video: bytes, noted: Note, tmp_path: Path
    ) -> None:
        poisonous = await recorded(await a_user("eve"), bomb(tmp_path / "bomb.mov"))
        sound = await recorded(await a_user("ada"), video)
        installation.workers(INTERVI_DECODE_MEMORY_BYTES=str(400 * 10**6))
        await reported(poisonous, sound)
        state = await state_of(poisonous)
        assert state.analysis.status == WorkStatus.FAILED
        assert state.why_failed == "This recording needs more memory to decode than is allowed."
        assert state.stages[Stage.DECODE].attempt == settings().max_attempts
        found = await whole(installation, poisonous, sound, given_up=1)
        noted("recording that ends its decoder", f"{found}; given up after 3 tries: {state.why_failed}")

    async def test_files_that_kill_their_workers(self, installation: Installation, video: bytes, noted: Note) -> None:
        """Each dies in another function of another stage, of another signal; beside them is one that is sound."""
        eve = await a_user("eve")
        decoding, speaking, looking = [await recorded(eve, video) for _ in range(3)]
        speakers = await recorded_by_others(eve, video)
        sound = await recorded(await a_user("ada"), video)
        poison = [
            Poison(decoding.exchange_id, "decode_answer", signal.SIGKILL),
            Poison(speaking.exchange_id, "measure_speech", signal.SIGABRT),
            Poison(looking.exchange_id, "measure_vision", signal.SIGSEGV),
            Poison(speakers.exchange_id, "with_speakers", signal.SIGBUS),
        ]
        answers = [decoding, speaking, looking, speakers, sound]
        async with kept_alive(installation, poison) as deaths:
            await reported(*answers)
        tries = settings().max_attempts
        assert deaths == {queue.MEDIA: 3 * tries, queue.SPEECH_TO_TEXT: tries}
        left = await asyncio.to_thread(installation.checked, "--repair")
        assert len(left) == tries
        assert all("was left by a dead worker (mended)" in line for line in left)
        found = await whole(installation, *answers, given_up=1, stages_given_up=3)
        reason = f"The analysis broke off at this step at every attempt, {tries} in all."
        assert (await state_of(decoding)).why_failed == reason
        for answer, lost in ((speaking, Stage.SPEECH), (looking, Stage.VISION), (speakers, Stage.TRANSCRIBE)):
            state = await state_of(answer)
            assert (state.stages[lost].status, state.why(lost)) == (WorkStatus.FAILED, reason)
            others = {stage: (row.status, row.attempt) for stage, row in state.stages.items() if stage != lost}
            assert set(others.values()) == {(WorkStatus.DONE, 1)}, others
            assert state.report is not None
        assert {row.attempt for row in (await state_of(sound)).stages.values()} == {1}
        noted(
            "recordings that kill their worker in decoding, speech, vision and telling speakers apart",
            f"{found}; {sum(deaths.values())} deaths, {tries} for each; what was measured before and beside is kept",
        )

    async def test_an_interview_whose_report_cannot_be_written(self, installation: Installation, noted: Note) -> None:
        """A result that this version cannot read, say."""
        unreadable = await written(await a_user("eve"))
        media, _speech = installation.worker("media", "report-committed"), installation.worker("speech-to-text")
        media.wait_at_a_point()
        installation.kill_workers()
        rename = "UPDATE analysis_stages SET result = result - '{0}' || jsonb_build_object('{1}', result -> '{0}')"
        installation.rows(rename.format("overall", "renamed") + " WHERE stage = 'scores'")
        sound = await written(await a_user("ada"))
        installation.workers()
        await reported(sound)
        line = f"unreported: interview {unreadable.interview_id} is analysed and has no report"
        assert await asyncio.to_thread(installation.checked) == [line]
        installation.kill_workers()
        installation.rows(rename.format("renamed", "overall") + " WHERE result ? 'renamed'")
        installation.workers()
        await reported(unreadable)
        found = await whole(installation, unreadable, sound)
        noted("report that cannot be written", f"{found}; the other's did not wait, and the check names it")


class TestFairness:
    async def test_fifty_answers_of_one_do_not_hold_up_one_of_another(
        self, installation: Installation, noted: Note
    ) -> None:
        busy, other = await a_user("busy"), await a_user("other")
        many = [await written(busy) for _ in range(BUSY_ANSWERS)]
        one = await written(other)
        installation.workers()
        await reported(one)
        done = installation.rows("SELECT count(*) FROM analyses WHERE user_id = %s AND status = 'done'", busy.user_id)
        ahead = int(str(done[0][0]))
        assert ahead <= 3, "the other one waited for the busy one"
        async with transaction() as session:
            await removal.delete_account(session, busy)
        await nothing_is_open(installation)
        assert installation.rows("SELECT count(*) FROM interviews") == [(1,)]
        noted(
            f"{len(many)} answers of one user, then one of another's",
            f"{ahead} of the {len(many)} were done before the one; the rest deleted with their account",
        )


class TestDeleting:
    @pytest.mark.parametrize("point", ["decode-before", "decode-after", "vision-after"])
    async def test_an_interview_deleted_while_it_is_analysed(
        self, installation: Installation, video: bytes, noted: Note, point: str
    ) -> None:
        answer = await recorded(await a_user("ada"), video)
        media = installation.worker("media", point)
        installation.worker("speech-to-text")
        media.wait_at_a_point()
        async with transaction() as session:
            await removal.delete_interview(session, answer.principal, answer.interview_id)
        media.go_on()
        await nothing_is_left(installation, media)
        noted(f"interview deleted at {point}", "no row, no file, no work left; the worker lives")

    async def test_an_account_deleted_while_its_answers_are_analysed(
        self, installation: Installation, video: bytes, noted: Note
    ) -> None:
        ada, other = await a_user("ada"), await a_user("other")
        await recorded(ada, video)
        await written(ada)
        kept = await written(other)
        media = installation.worker("media", "decode-after")
        installation.worker("speech-to-text")
        media.wait_at_a_point()
        async with transaction() as session:
            await removal.delete_account(session, ada)
        media.go_on()
        await reported(kept)
        await nothing_is_open(installation)
        assert installation.rows("SELECT id FROM users") == [(other.user_id,)]
        assert [path for path in installation.files() if path.is_file()] == []
        async with transaction() as session:
            assert (await session.get_one(Interview, kept.interview_id)).report is not None
        noted("account deleted while it is analysed", "no row and no file of it left; the other's report is there")


def kill_at_each_point(installation: Installation, kind: str, marks: Path) -> list[str]:
    """Kills one worker after the other, each at a point where none was killed yet, and starts one that lives; where they were."""
    left = [point for point in POINTS if Stage(point.split("-")[0]) in queue.STAGES_OF[kind]]
    killed: list[str] = []
    while left:
        worker = installation.worker(kind, *left, marks=marks)
        point = worker.wait_at_a_point()
        worker.kill()
        # Whoever was woken for it is not: what comes next is found by those who look for it.
        installation.empty_redis()
        installation.rows(
            "UPDATE analysis_stages SET lease_expires_at = now() - interval '1 s' WHERE stage = %s", point.split("-")[0]
        )
        left.remove(point)
        killed.append(point)
    installation.worker(kind)
    return killed


@asynccontextmanager
async def kept_alive(installation: Installation, poison: Sequence[Poison]) -> AsyncIterator[dict[str, int]]:
    """One worker of each kind, and another one when it dies, as the supervisor has it; how often each kind has died."""
    deaths, over = dict.fromkeys(queue.STAGES_OF, 0), threading.Event()

    def keep(kind: str) -> None:
        worker = installation.worker(kind, poison=poison)
        while not over.wait(0.02):
            if not worker.is_alive:
                deaths[kind] += 1
                installation.expire_leases()
                worker = installation.worker(kind, poison=poison)

    keepers = [asyncio.create_task(asyncio.to_thread(keep, kind)) for kind in deaths]
    try:
        yield deaths
    finally:
        over.set()
        await asyncio.gather(*keepers)


@contextmanager
def full_disk(directory: Path) -> Iterator[None]:
    """A disk of its own, with no room to speak of, at this directory."""
    directory.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(directory)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a disk that is full can only be mounted by root")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


async def put_off(answer: Answer, stage: Stage) -> None:
    for _ in range(600):
        row = (await state_of(answer)).stages[stage]
        if row.status == WorkStatus.WAITING and row.not_before is not None:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{stage} was not put off")


async def nothing_is_open(installation: Installation) -> None:
    query = "SELECT count(*) FROM analysis_stages WHERE status IN ('waiting', 'running')"
    await asyncio.to_thread(until, lambda: installation.rows(query) == [(0,)], "there is work left")


async def nothing_is_left(installation: Installation, worker) -> None:
    for table in ("interviews", "exchanges", "media", "analyses", "analysis_stages"):
        assert installation.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    await asyncio.to_thread(until, lambda: installation.files() == [], f"files are left: {installation.files()}")
    assert worker.is_alive
