"""Finding interviews again, on a real PostgreSQL."""

from datetime import UTC, date, datetime, timedelta

import pytest

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import NotFound
from intervi.interviews import export, history, service
from intervi.interviews.filter import EVERY, Filter, Order, Standing
from intervi.interviews.history import Search
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin, Status
from intervi.recordings import removal
from tests.interviews.test_service import a_user, an_interview

pytestmark = pytest.mark.usefixtures("servers")


async def held(principal: Principal, score: float | None = None, **columns: object) -> Interview:
    """A completed interview, with these columns set."""
    made = await an_interview(principal, Status.COMPLETED, domain=columns.pop("domain", None))
    async with transaction() as session:
        kept = await session.get_one(Interview, made.id)
        for name, value in {"measured_score": score, **columns}.items():
            setattr(kept, name, value)
    return made


async def found(principal: Principal, search: Search, *, time_zone: str = "UTC") -> list[Interview]:
    async with transaction() as session:
        page = await history.page(
            session, principal, number=1, size=50, which=search.filter(time_zone=time_zone), order=search.order
        )
        assert page.total == len(page.interviews)
    return [each.id for each in page.interviews]


class TestAddress:
    @pytest.mark.parametrize(
        "search",
        [
            Search(),
            Search(words='"connection pool" -leak', domain="Falconry & more", page=3),
            Search(kind="mixed", difficulty="senior", status=Standing.EMPTY, order=Order.WORST),
            Search(since=date(2026, 1, 31), until=date(2026, 2, 1), score_from=0, score_below=40),
        ],
    )
    def test_there_and_back(self, search: Search) -> None:
        from urllib.parse import parse_qsl, urlsplit

        assert Search.of_address(dict(parse_qsl(urlsplit(search.address("/history")).query))) == search

    def test_everything_is_the_plain_address(self) -> None:
        assert Search(page=1, order=Order.NEWEST).address("/history") == "/history"

    @pytest.mark.parametrize(
        "parameters",
        [
            {"status": "nonsense", "order": "up", "kind": "x", "difficulty": "guru"},
            {"since": "yesterday", "until": "2026-02-30", "score_from": "101", "score_below": "-1"},
            {"page": "0"},
            {"page": "²"},
            {"page": "9" * 12},
            {"page": "1.5"},
            {"page": "٣"},
            {"other": "1", "words": " \0 "},
        ],
    )
    def test_what_an_address_cannot_mean_is_left_out(self, parameters: dict[str, str]) -> None:
        assert Search.of_address(parameters) == Search()


class TestFilter:
    async def test_by_score_and_never_without_one(self) -> None:
        principal = await a_user()
        _none, low, middle, high = [await held(principal, score) for score in (None, 39.9, 40.0, 60.0)]
        assert await found(principal, Search(score_from=40)) == [high.id, middle.id]
        assert await found(principal, Search(score_below=40)) == [low.id]
        assert await found(principal, Search(score_from=40, score_below=60)) == [middle.id]

    async def test_by_the_days_of_the_reader(self) -> None:
        principal = await a_user()
        late = await held(principal, created_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
        second = Search(since=date(2026, 3, 2), until=date(2026, 3, 2))
        assert await found(principal, second) == []
        assert await found(principal, second, time_zone="Asia/Tokyo") == [late.id]
        assert await found(principal, Search(until=date(2026, 3, 1))) == [late.id]
        assert await found(principal, Search(since=date.min, until=date.max)) == [late.id]

    async def test_by_domain_of_the_bank_or_as_it_was_written(self) -> None:
        principal = await a_user()
        sales, own = await held(principal, domain="sales"), await held(principal, domain="Falconry")
        assert await found(principal, Search(domain="sales")) == [sales.id]
        assert await found(principal, Search(domain="Falconry")) == [own.id]
        async with transaction() as session:
            assert await history.domains(session, principal) == [("Falconry", "Falconry"), ("sales", "Sales")]

    async def test_by_standing_as_the_list_shows_it(self) -> None:
        principal = await a_user()
        for status in Status:
            await an_interview(principal, status)
        answered = await held(principal)
        async with transaction() as session:
            session.add(Exchange(interview_id=answered.id, position=1, status=AnswerStatus.ANSWERED))
        await held(principal, reported_at=now())
        for standing in Standing:
            async with transaction() as session:
                page = await history.page(session, principal, number=1, size=50, which=Filter(standing=standing))
            assert page.interviews
            assert {each.standing for each in page.interviews} == {standing}

    async def test_of_nobody_else(self) -> None:
        eve = await a_user("eve@example.com")
        await held(eve, 50.0, domain="Falconry")
        principal = await a_user()
        assert await found(principal, Search()) == []
        async with transaction() as session:
            assert await history.domains(session, principal) == []


class TestOrder:
    async def test_by_score_those_without_one_last(self) -> None:
        principal = await a_user()
        none, low, high = [await held(principal, score) for score in (None, 20.0, 70.0)]
        assert await found(principal, Search(order=Order.BEST)) == [high.id, low.id, none.id]
        assert await found(principal, Search(order=Order.WORST)) == [low.id, high.id, none.id]
        assert await found(principal, Search(order=Order.OLDEST)) == [none.id, low.id, high.id]

    async def test_by_length_without_the_pauses(self) -> None:
        principal = await a_user()
        began = now() - timedelta(hours=2)
        times = [(600, 500.0), (300, 0.0)]
        paused, longer = [
            await held(principal, started_at=began, ended_at=began + timedelta(seconds=whole), paused_seconds=pause)
            for whole, pause in times
        ]
        never = await held(principal)
        assert await found(principal, Search(order=Order.LONGEST)) == [longer.id, paused.id, never.id]


class TestScoreBefore:
    async def test_is_that_of_the_scored_interview_before_whatever_is_shown(self) -> None:
        principal = await a_user()
        await held(principal, 40.0)
        await held(principal)
        await held(await a_user("eve@example.com"), 99.0)
        newest = await held(principal, 55.0, domain="sales")
        await held(principal, 80.0)
        async with transaction() as session:
            page = await history.page(session, principal, number=1, size=5, which=history.in_domain("sales"))
        assert [(each.id, each.score_before) for each in page.interviews] == [(newest.id, 40.0)]

    async def test_those_about_others_are_compared_with_one_another(self) -> None:
        principal = await a_user()
        await held(principal, 40.0)
        await an_interview(principal, Status.COMPLETED, origin=Origin.HIRING)
        async with transaction() as session:
            page = await history.page(session, principal, number=1, size=1, which=EVERY)
        assert page.interviews[0].score_before is None


class TestDeletion:
    async def test_is_in_no_list_at_once_and_can_be_taken_back(self) -> None:
        principal = await a_user()
        made = await held(principal, 50.0)
        async with transaction() as session:
            await service.delete_soon(session, principal, made.id)
        assert await found(principal, Search()) == []
        async with transaction() as session:
            assert await removal.delete_due_interviews(session) == 0
            await service.undelete(session, principal, made.id)
        assert await found(principal, Search()) == [made.id]

    async def test_happens_when_its_time_has_come_whoever_looks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "UNDO_SECONDS", 0.0)
        principal = await a_user()
        made, kept = await held(principal), await held(principal)
        async with transaction() as session:
            await service.delete_soon(session, principal, made.id)
        async with transaction() as session:
            assert await removal.delete_due_interviews(session) == 1
        async with transaction() as session:
            assert await session.get(Interview, made.id) is None
            assert await session.get(Interview, kept.id) is not None
            with pytest.raises(NotFound):
                await service.undelete(session, principal, made.id)

    async def test_is_the_owners_alone(self) -> None:
        made = await held(await a_user())
        eve = await a_user("eve@example.com")
        for act in (service.delete_soon, service.undelete):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await act(session, eve, made.id)


class TestExport:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
    def test_a_formula_is_written_as_text(self, text: str) -> None:
        assert export.safe(text) == f"'{text}"

    @pytest.mark.parametrize("text", ["", "Sales", "a=b", "'quoted'", "1-2"])
    def test_anything_else_is_as_it_was(self, text: str) -> None:
        assert export.safe(text) == text

    async def test_all_of_them_however_many_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(history, "_BATCH", 2)
        principal = await a_user()
        for score in range(4):
            await held(principal, float(score))
        batches = [batch async for batch in history.everything(principal, EVERY, Order.OLDEST)]
        assert [each.score for batch in batches for each in batch] == [0.0, 1.0, 2.0, 3.0]
