"""Our routes, and the same in other designs to measure them beside: bare FastAPI with the one statement that matters and nobody asking
who calls; that, but without SQLAlchemy; or with the caller proven and counted; and the plain design of FastAPI's and SQLModel's tutorials
(models out of the session, figures in Python, ``response_model``)."""

import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import collector
from intervi.accounts import tokens
from intervi.accounts.models import Login, User
from intervi.api import rate_limits
from intervi.api.app import create_app
from intervi.api.contract import CONVERSATION
from intervi.clock import now
from intervi.database import direct
from intervi.ids import hex24, new_id, parse_id
from intervi.interviews.models import Exchange, Interview, Status
from intervi.settings import settings

_CREATED = (
    "INSERT INTO interviews (id, user_id, origin, about_others, status, session_type, domain_slug, domain_text, question_kind,"
    " difficulty, persona, job_title, job_description, duration_minutes, time_zone, preferences, schedule_sequence, paused_seconds,"
    " reported_score_computed, created_at) VALUES (:id, :user, 'candidate', false, 'scheduled', 'mock', 'software-dev', '', 'mixed',"
    " 'mid', 'Tech', '', '', 45, 'UTC', '{}', 0, 0, false, now())"
)
_LISTED = (
    "SELECT id, domain_slug, session_type, status, scheduled_at, ended_at, coalesce(reported_score, measured_score) FROM interviews"
    " WHERE user_id = :user ORDER BY id DESC LIMIT 10"
)
_READ = (
    "SELECT id, domain_slug, session_type, status, scheduled_at, ended_at, reported_score FROM interviews"
    " WHERE user_id = :user AND id = :id"
)
_FIGURES = (
    "SELECT domain_slug, count(*), avg(coalesce(reported_score, measured_score))::float FROM interviews"
    " WHERE user_id = :user AND status = 'completed' GROUP BY ROLLUP (domain_slug)"
)
_APPENDED = (
    "INSERT INTO exchanges (id, interview_id, position, question, question_type, difficulty, category, status, answer_text, asked_at,"
    " answered_at, created_at) SELECT :id, i.id, (SELECT count(*) FROM exchanges e WHERE e.interview_id = i.id) + 1, :bot, 'behavioral',"
    " 'mid', '', 'answered', :user_said, now(), now(), now() FROM interviews i WHERE i.id = :interview AND i.user_id = :user"
)


_NAMED = re.compile(r"(?<!:):(\w+)")
_LIVE = "SELECT id FROM logins WHERE id = :login AND user_id = :user AND revoked_at IS NULL AND expires_at > now()"


def _settled(app: FastAPI) -> FastAPI:
    """With the garbage collector as the product has it, in whatever design: it would weigh more on small routes than the routes differ."""
    collector.settle()
    return app


def ours() -> FastAPI:
    """The contracts, without the pages."""
    return _settled(create_app())


def bare() -> FastAPI:
    """One statement, its rows as JSON. Who calls is believed."""
    return _settled(_bare(is_guarded=False))


def guarded() -> FastAPI:
    """The same, with the least that a service needs which strangers reach: the caller is counted in Redis and proven by signature and by a
    login that has not ended."""
    return _settled(_bare(is_guarded=True))


def driver() -> FastAPI:
    """Bare, and without SQLAlchemy: the driver's connections in autocommit, each statement prepared. As little as this stack can do."""
    return _settled(_bare(is_guarded=False, by_driver=True))


def _bare(*, is_guarded: bool, by_driver: bool = False) -> FastAPI:  # noqa: C901 - five small routes
    app, engine = FastAPI(), create_async_engine(settings().sqlalchemy_url, pool_size=16)

    async def let_in(connection: AsyncConnection, request: Request) -> None:
        if not is_guarded:
            return
        if not (await rate_limits.take(CONVERSATION, request)).granted:
            raise HTTPException(429)
        claims = tokens.read(tokens.Kind.ACCESS, request.headers["authorization"].removeprefix("Bearer "))
        found = await connection.execute(text(_LIVE), {"login": claims.login_id, "user": claims.user_id})
        if found.scalar() is None or request.path_params["user"] != str(claims.user_id):
            raise HTTPException(401)

    async def rows(request: Request, sql: str, **values: Any) -> Response:
        if by_driver:
            found = (await direct().read(_NAMED.sub(r"%(\1)s", sql), values)).rows
            return Response(json.dumps(found, default=str), media_type="application/json")
        async with engine.connect() as connection:
            await let_in(connection, request)
            found = [list(row) for row in await connection.execute(text(sql), values)]
        return Response(json.dumps(found, default=str), media_type="application/json")

    async def done(request: Request, sql: str, status: int, **values: Any) -> Response:
        if by_driver:
            await direct().read(_NAMED.sub(r"%(\1)s", sql), values)
            return Response("{}", status, media_type="application/json")
        async with engine.begin() as connection:
            await let_in(connection, request)
            await connection.execute(text(sql), values)
        return Response("{}", status, media_type="application/json")

    @app.get("/{user}/list")
    async def list_(user: UUID, request: Request) -> Response:
        return await rows(request, _LISTED, user=user)

    @app.get("/{user}/read/{record}")
    async def read(user: UUID, record: UUID, request: Request) -> Response:
        return await rows(request, _READ, user=user, id=record)

    @app.get("/{user}/dashboard")
    async def dashboard(user: UUID, request: Request) -> Response:
        return await rows(request, _FIGURES, user=user)

    @app.post("/{user}/create")
    async def create(user: UUID, request: Request) -> Response:
        await request.json()
        return await done(request, _CREATED, 201, id=new_id(), user=user)

    @app.patch("/{user}/append/{record}")
    async def append(user: UUID, record: UUID, request: Request) -> Response:
        said = await request.json()
        return await done(
            request, _APPENDED, 200, id=new_id(), user=user, interview=record, bot=said["bot"], user_said=said["user"]
        )

    return app


class NewInterview(BaseModel):
    """As a tutorial has it."""

    domainId: str
    sessionType: str


class Said(BaseModel):
    """A question and its answer."""

    bot: str
    user: str


class RecordView(BaseModel):
    """An interview, printed by ``response_model``."""

    id: str
    domain: str | None
    sessionType: str
    status: str
    scheduledAt: str | None
    completedAt: str | None
    overallScore: float | None


class PageView(BaseModel):
    """A page of interviews."""

    items: list[RecordView]
    total: int


class DashboardView(BaseModel):
    """Figures over everything."""

    totalSessions: int
    averageScore: float
    recentSessions: list[RecordView]
    domainProgress: list[dict[str, Any]]


def _view(record: Interview) -> RecordView:
    return RecordView(
        id=hex24(record.id),
        domain=record.domain_slug,
        sessionType=record.session_type,
        status=record.status,
        scheduledAt=record.scheduled_at and record.scheduled_at.isoformat(),
        completedAt=record.ended_at and record.ended_at.isoformat(),
        overallScore=record.score,
    )


def plain() -> FastAPI:  # noqa: C901 - five small routes
    """FastAPI and SQLModel as their tutorials have them."""
    app, engine = FastAPI(), create_async_engine(settings().sqlalchemy_url, pool_size=16)

    async def opened() -> AsyncIterator[AsyncSession]:
        async with AsyncSession(engine) as session:
            yield session

    Session = Annotated[AsyncSession, Depends(opened)]

    async def signed_in(session: Session, authorization: Annotated[str, Header()]) -> User:
        token = authorization.removeprefix("Bearer ")
        claims = jwt.decode(token, settings().signing_key, algorithms=["HS256"], audience="intervi:access")
        login = await session.get(Login, UUID(claims["sid"]))
        user = await session.get(User, UUID(claims["sub"]))
        if login is None or login.revoked_at or user is None:
            raise HTTPException(401)
        return user

    Caller = Annotated[User, Depends(signed_in)]

    async def owned(session: AsyncSession, user: User, text_id: str) -> Interview:
        record = await session.get(Interview, parse_id(text_id))
        if record is None or record.user_id != user.id:
            raise HTTPException(404)
        return record

    @app.get("/list", response_model=PageView)
    async def list_(user: Caller, session: Session) -> Any:
        mine = select(Interview).where(Interview.user_id == user.id)
        total = (await session.exec(select(func.count()).select_from(mine.subquery()))).one()
        found = (await session.exec(mine.order_by(col(Interview.id).desc()).limit(10))).all()
        return PageView(items=[_view(record) for record in found], total=total)

    @app.get("/read/{record}", response_model=RecordView)
    async def read(record: str, user: Caller, session: Session) -> Any:
        return _view(await owned(session, user, record))

    @app.get("/dashboard", response_model=DashboardView)
    async def dashboard(user: Caller, session: Session) -> Any:
        found = (await session.exec(select(Interview).where(Interview.user_id == user.id))).all()
        completed = [record for record in found if record.status == Status.COMPLETED]
        by_domain: dict[str | None, list[float]] = defaultdict(list)
        for record in completed:
            by_domain[record.domain_slug].append(record.score or 0)
        scores = [record.score or 0 for record in completed]
        return DashboardView(
            totalSessions=len(completed),
            averageScore=sum(scores) / len(scores) if scores else 0,
            recentSessions=[_view(record) for record in sorted(completed, key=lambda one: one.id, reverse=True)[:10]],
            domainProgress=[
                {"domain": domain, "proficiency": sum(of) / len(of), "sessionsCompleted": len(of)}
                for domain, of in by_domain.items()
            ],
        )

    @app.post("/create", response_model=RecordView, status_code=201)
    async def create(body: NewInterview, user: Caller, session: Session) -> Any:
        record = Interview(
            user_id=user.id, origin="candidate", domain_slug="software-dev", session_type=body.sessionType
        )
        session.add(record)
        await session.commit()
        await session.refresh(record)
        return _view(record)

    @app.patch("/append/{record}", response_model=dict[str, Any])
    async def append(record: str, said: Said, user: Caller, session: Session) -> Any:
        interview = await owned(session, user, record)
        before = (await session.exec(select(Exchange).where(Exchange.interview_id == interview.id))).all()
        exchange = Exchange(
            interview_id=interview.id,
            position=max((one.position for one in before), default=0) + 1,
            question=said.bot,
            answer_text=said.user,
            status="answered",
            answered_at=now(),
        )
        session.add(exchange)
        await session.commit()
        return {"totalQuestions": len(before) + 1}

    return _settled(app)
