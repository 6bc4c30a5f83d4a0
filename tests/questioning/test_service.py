"""The next question by what was scored, on a real database; the workers' part is done with known figures."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from pydantic import BaseModel

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import claims, queue
from intervi.analysis import service as analysis
from intervi.analysis.figures import (
    AnswerReport,
    CoveredPoint,
    Decoded,
    Figure,
    Language,
    Reason,
    Score,
    Scores,
    Transcript,
)
from intervi.analysis.models import Stage
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import NotFound, WrongState
from intervi.ids import new_id
from intervi.interviews import answers, exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Interview, Origin
from intervi.questioning import service
from intervi.questions import bank
from intervi.questions.levels import Skill
from tests.statements_seen import statements_seen
from workers.speech import no_speech
from workers.vision import no_vision

pytestmark = pytest.mark.usefixtures("servers")

TECHNICAL = Skill("software-dev", "technical")
NOTHING = Figure(reason=Reason.NO_WORDS)
PROBED = next(q for q in bank.questions_of("software-dev") if any(f.point for f in q.follow_ups))


async def a_user(email: str = "ada@example.com") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    return Principal(user.id)


async def an_interview(principal: Principal, origin: Origin = Origin.PRACTICE, kind: str = "technical") -> Interview:
    async with transaction() as session:
        return await interviews.create(
            session, principal, origin=origin, domain="software-dev", question_kind=kind, difficulty="mid"
        )


async def asked(principal: Principal, interview: Interview) -> Exchange:
    async with transaction() as session:
        return await service.next_question(session, principal, interview.id)


async def answered(principal: Principal, exchange: Exchange) -> None:
    async with transaction() as session:
        await answers.write(session, principal, exchange.id, "I measured first.")
        await analysis.start_if_complete(session, exchange.id)


def results(content: float | None, left_out: frozenset[int], points: int) -> dict[Stage, BaseModel]:
    coverage = [0.0 if number in left_out else 0.9 for number in range(1, points + 1)]
    one = Figure(value=1.0)
    language = Language(
        relevance=one,
        question_overlap=Figure(value=0.0),
        coverage=one,
        points=[CoveredPoint(point="…", coverage=each) for each in coverage],
        structure=one,
        specificity=one,
        sentiment=one,
    )
    value = NOTHING if content is None else Figure(value=content)
    return {
        Stage.DECODE: Decoded(),
        Stage.TRANSCRIBE: Transcript(engine="typed", text="I measured first."),
        Stage.SPEECH: no_speech(Reason.IN_WRITING),
        Stage.VISION: no_vision(Reason.IN_WRITING),
        Stage.LANGUAGE: language,
        Stage.SCORES: Scores(
            content=Score(name="content", value=value),
            structure=Score(name="structure", value=NOTHING),
            delivery=Score(name="delivery", value=NOTHING),
            presence=Score(name="presence", value=NOTHING),
            overall=Score(name="overall", value=value),
        ),
        Stage.REPORT: AnswerReport(),
    }


async def scored(
    principal: Principal, exchange: Exchange, content: float | None, left_out: frozenset[int] = frozenset()
) -> None:
    """The answer is given, and all its stages are done with these figures."""
    await answered(principal, exchange)
    points = len(bank.points_as_asked(exchange.question_id or "", exchange.question))
    found = results(content, left_out, points)
    while taken := [claim for kind in queue.STAGES_OF if (claim := await claims.claim_next(kind))]:
        for claim in taken:
            assert await claims.finish(claim, found[claim.stage], {}, {})


async def levels(principal: Principal) -> dict[Skill, float]:
    async with transaction() as session:
        return {one.skill: one.level.mean for one in await service.levels(session, principal)}


async def move_start_back(interview: Interview, by: timedelta) -> None:
    async with transaction() as session:
        kept = await session.get_one(Interview, interview.id)
        kept.started_at = (kept.started_at or now()) - by


async def ask_probed(principal: Principal, interview: Interview) -> Exchange:
    """Asks questions until the one comes that has a follow-up for one of its points; the others are answered and not analysed."""
    while True:
        exchange = await asked(principal, interview)
        if exchange.question_id == PROBED.id:
            return exchange
        async with transaction() as session:
            await answers.write(session, principal, exchange.id, "I measured first.")


class TestLevels:
    async def test_there_are_none_before_any_score(self) -> None:
        principal = await a_user()
        exchange = await asked(principal, await an_interview(principal))
        await answered(principal, exchange)
        assert await levels(principal) == {}

    async def test_follow_the_scores_kept(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        await scored(principal, await asked(principal, interview), 100)
        after_one = (await levels(principal))[TECHNICAL]
        await scored(principal, await asked(principal, interview), 0)
        after_two = (await levels(principal))[TECHNICAL]
        assert after_one > after_two
        async with transaction() as session:
            await interviews.delete(session, principal, interview.id)
        assert await levels(principal) == {}, "what is deleted counts no more"

    async def test_what_could_not_be_scored_moves_nothing(self) -> None:
        principal = await a_user()
        await scored(principal, await asked(principal, await an_interview(principal)), None)
        assert await levels(principal) == {}

    async def test_of_others_stay_out_of_the_owners_and_guide_their_own_interview_only(self) -> None:
        principal = await a_user()
        hiring = await an_interview(principal, Origin.HIRING)
        for _ in range(3):
            await scored(principal, await asked(principal, hiring), 100)
        assert await levels(principal) == {}
        assert (await asked(principal, hiring)).difficulty == "senior", "this candidate is strong"
        for other in (await an_interview(principal), await an_interview(principal, Origin.HIRING)):
            assert (await asked(principal, other)).difficulty == "mid", "of these nothing is known"

    async def test_of_strangers_are_nobody_elses(self) -> None:
        owner, stranger = await a_user(), await a_user("eve@example.com")
        interview = await an_interview(owner)
        await scored(owner, await asked(owner, interview), 100)
        assert await levels(stranger) == {}
        with pytest.raises(NotFound):
            await asked(stranger, interview)

    async def test_one_query_however_many_answers(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        for _ in range(3):
            await scored(principal, await asked(principal, interview), 60)
        with statements_seen() as statements:
            async with transaction() as session:
                await service.levels(session, principal)
        assert len(statements) == 1


class TestNextQuestion:
    async def test_gets_harder_after_good_answers_and_easier_after_poor_ones(self) -> None:
        for email, score, difficulty in (("a@example.com", 100, "senior"), ("b@example.com", 0, "junior")):
            principal = await a_user(email)
            interview = await an_interview(principal)
            first = await asked(principal, interview)
            assert first.difficulty == "mid"
            await scored(principal, first, score)
            await scored(principal, await asked(principal, interview), score)
            assert (await asked(principal, interview)).difficulty == difficulty

    async def test_goes_on_without_what_is_not_analysed_yet(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        await answered(principal, await asked(principal, interview))
        assert (await asked(principal, interview)).difficulty == "mid"

    async def test_asks_for_what_was_left_out_once(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, kind=PROBED.type)
        exchange = await ask_probed(principal, interview)
        probe = next(f for f in PROBED.follow_ups if f.point)
        await scored(principal, exchange, 60, frozenset({probe.point or 0}))
        follow_up = await asked(principal, interview)
        assert (follow_up.question, follow_up.follow_up_to) == (probe.text, exchange.id)
        assert (follow_up.question_type, follow_up.question_id) == (PROBED.type, PROBED.id)
        await scored(principal, follow_up, 0, frozenset({1}))
        after = await asked(principal, interview)
        assert after.follow_up_to is None
        assert after.question_id != PROBED.id

    async def test_a_full_answer_is_asked_for_more(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, kind=PROBED.type)
        await scored(principal, await ask_probed(principal, interview), 90)
        beyond = [follow_up.text for follow_up in PROBED.follow_ups if follow_up.point is None]
        assert (await asked(principal, interview)).question in beyond

    async def test_every_second_question_is_followed_up_at_most(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        course = []
        for _ in range(6):
            exchange = await asked(principal, interview)
            course.append(exchange.follow_up_to is not None)
            await scored(principal, exchange, 90)
        # Which questions have a deeper follow-up differs from interview to interview.
        assert not any(one and other for one, other in pairwise(course))

    async def test_only_what_was_said_last_is_followed_up(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, kind=PROBED.type)
        exchange = await ask_probed(principal, interview)
        await scored(principal, exchange, 60, frozenset(range(1, 9)))
        async with transaction() as session:
            await exchanges.append(session, principal, interview.id, question="Do you want some water?")
        assert (await asked(principal, interview)).follow_up_to is None

    async def test_stops_when_the_time_is_up_and_says_so(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        first = await asked(principal, interview)
        await move_start_back(interview, timedelta(minutes=44))
        second = await asked(principal, interview)
        await move_start_back(interview, timedelta(minutes=1))
        with pytest.raises(WrongState, match="45 minutes of this interview are over"):
            await asked(principal, interview)
        for exchange in (first, second):
            await answered(principal, exchange)

    async def test_a_pause_takes_no_time(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        await asked(principal, interview)
        await move_start_back(interview, timedelta(minutes=50))
        async with transaction() as session:
            (await session.get_one(Interview, interview.id)).paused_seconds = 600
        assert (await asked(principal, interview)).position == 2


def test_a_question_with_its_follow_ups_is_one_answer() -> None:
    moment, interview = now(), new_id()
    later = moment + timedelta(minutes=2)
    rows = [(interview, PROBED.id, moment, 40.0), (interview, PROBED.id, later, 80.0), (interview, "gone", moment, 1.0)]
    (only,) = service.as_scored_answers(rows)
    assert (only.score, only.at, only.skill) == (pytest.approx(0.6), later, Skill("software-dev", PROBED.type))
    again: tuple[UUID, str, object, float] = (new_id(), PROBED.id, moment, 20.0)
    assert len(service.as_scored_answers([*rows, again])) == 2, "asked again in another interview, it is another answer"
