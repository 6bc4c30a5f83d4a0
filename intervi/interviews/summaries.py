"""What lists show of interviews."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews import lifecycle, repository
from intervi.interviews.filter import Filter, Standing, standing_of
from intervi.interviews.models import Interview, Status
from intervi.interviews.service import domain_title


@dataclass(frozen=True, slots=True)
class InterviewSummary:
    """What a list shows of an interview. Its analyses are told apart by ``intervi.analysis``."""

    id: UUID
    status: Status
    created_at: datetime
    score: float | None
    """0 to 100; the reported one if there is one, else the measured one."""
    feedback: str | None
    """As somebody reported it."""
    score_before: float | None
    """Of the scored interview before it."""
    parts: Mapping[str, float | None]
    """The measured scores that make up the overall one, by their names; empty without a report."""
    domain_title: str
    """The domain's title, else the domain as it was written, else empty."""
    question_kind: str
    difficulty: str
    job_title: str
    first_question: str | None
    questions: int
    answers: int
    """Answered questions; skipped ones do not count."""
    report_ready: bool
    seconds: float | None
    """How long it was held; ``None``: it never began, or is not over."""

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing_of(self.status, has_report=self.report_ready, answers=self.answers)


async def newest(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int,
    offset: int = 0,
    statuses: Collection[Status] = (),
    own_only: bool = False,
) -> list[InterviewSummary]:
    """What a list shows, newest first, in one query. No ``statuses``: of every status.

    ``own_only`` leaves out those about others.
    """
    which = Filter(statuses=statuses, about_others=False if own_only else None)
    rows = await repository.counted(session, principal, limit=limit, offset=offset, which=which)
    return [summary_of(row) for row in rows]


def summary_of(row: repository.Counted) -> InterviewSummary:
    """What a list shows of an interview that was counted."""
    interview = row.interview
    return InterviewSummary(
        id=interview.id,
        status=Status(interview.status),
        created_at=interview.created_at,
        score=interview.score,
        feedback=interview.reported_feedback,
        score_before=row.score_before,
        parts=_parts(interview),
        domain_title=domain_title(interview),
        question_kind=interview.question_kind,
        difficulty=interview.difficulty,
        job_title=interview.job_title,
        first_question=row.first_question,
        questions=row.questions,
        answers=row.answers,
        report_ready=interview.reported_at is not None,
        seconds=lifecycle.seconds_held(interview) if interview.ended_at else None,
    )


def _parts(interview: Interview) -> dict[str, float | None]:
    scores = (interview.report or {}).get("scores", {})
    return {name: score["value"].get("value") for name, score in scores.items() if name != "overall"}
