"""Finding interviews by their words, on a real PostgreSQL."""

import pytest
from sqlalchemy import text

from intervi.accounts.principal import Principal
from intervi.analysis import search
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.analysis.search import Passage
from intervi.database import transaction
from intervi.interviews import history
from intervi.interviews.filter import Filter
from intervi.interviews.models import Exchange, Interview, Status
from tests.interviews.test_service import a_user, an_interview

pytestmark = pytest.mark.usefixtures("servers")


async def said(principal: Principal, transcript: str, **columns: object) -> Interview:
    """An interview with one answer that was recognised."""
    made = await an_interview(principal, Status.COMPLETED)
    async with transaction() as session:
        asked = Exchange(interview_id=made.id, position=1, **{"question": "Why this one?", **columns})
        session.add(asked)
        await session.flush()
        kept = Analysis(
            user_id=principal.user_id, interview_id=made.id, exchange_id=asked.id, status=WorkStatus.DONE, input_hash=""
        )
        session.add(kept)
        await session.flush()
        session.add(
            AnalysisStage(
                analysis_id=kept.id, stage=Stage.TRANSCRIBE, status=WorkStatus.DONE, result={"text": transcript}
            )
        )
    return made


async def found(principal: Principal, words: str) -> list[object]:
    async with transaction() as session:
        which = Filter(among=search.interviews_with(principal, words))
        page = await history.page(session, principal, number=1, size=50, which=which)
    return [each.id for each in page.interviews]


class TestInterviewsWith:
    async def test_words_said_asked_typed_and_corrected_in_any_form(self) -> None:
        principal = await a_user()
        spoken = await said(principal, "The connections of the pool were leaking")
        asked = await said(principal, "", question="Have you debugged a leak?")
        typed = await said(principal, "", answer_text="I found that it leaks.")
        corrected = await said(principal, "the connections were lacking", corrected_transcript="They were leaking.")
        await said(principal, "Nothing of the kind")
        assert await found(principal, "leak") == [corrected.id, typed.id, asked.id, spoken.id]
        assert await found(principal, "debugging leak") == [asked.id]
        assert await found(principal, "lacking") == []

    async def test_phrases_and_what_is_not_wanted(self) -> None:
        principal = await a_user()
        first, second = await said(principal, "the nightly report ran"), await said(principal, "a report every night")
        assert await found(principal, '"nightly report"') == [first.id]
        assert await found(principal, "report -ran") == [second.id]
        assert await found(principal, "nightly or night") == [second.id, first.id]

    @pytest.mark.parametrize("words", ["", "the", "'", "a & | ! :*", '"', "%_\\", "<->", "\0", "\ue000", "x" * 5000])
    async def test_nothing_that_is_typed_is_an_error(self, words: str) -> None:
        assert await found(await a_user(), words) == []

    async def test_of_nobody_else(self) -> None:
        eve = await a_user("eve@example.com")
        hers = await said(eve, "a secret plan")
        principal = await a_user()
        assert await found(principal, "secret") == []
        async with transaction() as session:
            assert await search.passages(session, principal, [hers.id], "secret") == {}

    async def test_the_indexes_serve_it(self) -> None:
        eve = await a_user("eve@example.com")
        hers = await an_interview(eve)
        query = search.interviews_with(await a_user(), "leak")
        async with transaction() as session:
            # Of few rows PostgreSQL would read all; and of a caller with few interviews it would read those first.
            await session.execute(text("SET LOCAL enable_nestloop = off"))
            for statement in _MANY:
                await session.execute(text(statement), {"owner": eve.user_id, "interview": hers.id})
            connection = await session.connection()
            sql = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
            plan = "\n".join(row[0] for row in await session.execute(text("EXPLAIN " + sql.replace("%%", "%"))))
        assert "ix_exchanges_words" in plan
        assert "ix_analysis_stages_words" in plan


_MANY = (
    "INSERT INTO exchanges (id, interview_id, position, question, question_type, difficulty, category, status, asked_at, created_at)"
    " SELECT gen_random_uuid(), :interview, n, md5(n::text), '', '', '', 'answered', now(), now() FROM generate_series(1, 5000) n",
    "INSERT INTO analyses (id, user_id, interview_id, exchange_id, status, input_hash, created_at)"
    " SELECT gen_random_uuid(), :owner, :interview, id, 'done', '', now() FROM exchanges WHERE interview_id = :interview",
    "INSERT INTO analysis_stages (analysis_id, stage, status, attempt, result)"
    " SELECT id, 'transcribe', 'done', 0, jsonb_build_object('text', md5(id::text)) FROM analyses WHERE user_id = :owner",
    "ANALYZE exchanges",
    "ANALYZE analyses",
    "ANALYZE analysis_stages",
)


class TestPassages:
    async def test_shows_where_with_the_words_marked_and_markup_as_text(self) -> None:
        principal = await a_user()
        made = await said(principal, "I saw <b>that</b> connections leaked & fixed it")
        async with transaction() as session:
            passages = await search.passages(session, principal, [made.id], "leak")
        assert passages[made.id].question == 1
        assert ("leaked", True) in passages[made.id].pieces
        assert all("\ue000" not in piece for piece, _found in passages[made.id].pieces)

    def test_marks_that_somebody_typed_do_no_harm(self) -> None:
        assert search.pieces("a\ue001b\ue000c\ue000d\ue001") == (("ab", False), ("c", True), ("d", True))
        assert Passage(1, ()).pieces == ()
