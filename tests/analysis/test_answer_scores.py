"""How well somebody answers each kind of question."""

import pytest

from intervi.accounts.principal import Principal
from intervi.analysis import answer_scores
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.database import transaction
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Origin
from tests.interviews.test_service import a_user

pytestmark = pytest.mark.usefixtures("servers")


async def analysed(
    principal: Principal,
    question_type: str,
    score: float | None,
    *,
    origin: Origin = Origin.PRACTICE,
    domain: str = "sales",
) -> None:
    async with transaction() as session:
        made = await interviews.create(session, principal, origin=origin, domain=domain)
        asked = await exchanges.append(session, principal, made.id, question="Why?", question_type=question_type)
        kept = Analysis(user_id=principal.user_id, interview_id=made.id, exchange_id=asked.id, input_hash="made")
        session.add(kept)
        await session.flush()
        result = {"overall": {"value": {"value": score}}}
        session.add(AnalysisStage(analysis_id=kept.id, stage=Stage.SCORES, status=WorkStatus.DONE, result=result))


async def by_kind(principal: Principal) -> list[answer_scores.AnswerScores]:
    async with transaction() as session:
        return sorted(await answer_scores.by_kind(session, principal), key=lambda each: each.question_type)


async def test_means_by_type_and_domain_over_ones_own() -> None:
    principal = await a_user()
    for score in (40, 50):
        await analysed(principal, "behavioral", score)
    await analysed(principal, "technical", 70, domain="Falconry")
    await analysed(principal, "technical", None)
    await analysed(principal, "behavioral", 99, origin=Origin.HIRING)
    await analysed(await a_user("eve@example.com"), "behavioral", 99)
    assert await by_kind(principal) == [
        answer_scores.AnswerScores("behavioral", "sales", 2, 45),
        answer_scores.AnswerScores("technical", "", 1, 70),
    ]


async def test_only_the_newest_answers_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_scores, "NEWEST", 2)
    principal = await a_user()
    for score in (0, 60, 70):
        await analysed(principal, "behavioral", score)
    assert [each.mean for each in await by_kind(principal)] == [65]
