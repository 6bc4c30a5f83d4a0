"""The dashboard, and the figures of one session."""

from pydantic import Field

from intervi.api.candidate.common import Caller, UserId, printed, spell
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import RecordId, Session
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel, Number
from intervi.coaching import service as coaching
from intervi.interviews import overview
from intervi.interviews.overview import Completed, Line
from intervi.progress import service as progress

router = router_of(CANDIDATE)


class RecentView(CamelModel):
    """A completed session."""

    id: str = Field(alias="_id", examples=["507f1f77bcf86cd799439013"])
    domain: str | None = Field(examples=["software-dev"])
    score: Number | None = Field(examples=[85])
    completed_at: str | None = Field(examples=["2024-12-25T11:30:00Z"])


class DomainProgressView(CamelModel):
    """How completed sessions of one domain went."""

    domain: str = Field(examples=["software-dev"])
    proficiency: int = Field(examples=[82])
    """The mean score, 0 to 100; 0 if none has one."""
    sessions_completed: int = Field(examples=[8])


class AchievementView(CamelModel):
    """An achievement that was unlocked."""

    code: str = Field(examples=["FIRST_SESSION"])
    title: str = Field(examples=["First Steps"])
    unlocked_at: str = Field(examples=["2024-12-01T10:00:00Z"])


class DashboardView(CamelModel):
    """Everything over completed sessions."""

    total_sessions: int = Field(examples=[25])
    average_score: int = Field(examples=[78])
    current_streak: int = Field(examples=[5])
    """Days."""
    best_streak: int = Field(examples=[12])
    experience_points: int = Field(examples=[2450])
    recent_sessions: list[RecentView]
    domain_progress: list[DomainProgressView]
    achievements: list[AchievementView]


class EmotionView(CamelModel):
    """An estimate of the face's expression at one moment."""

    label: str = Field(examples=["neutral"])
    probability: Number = Field(examples=[0.7])
    timestamp: Number = Field(examples=[0])
    """Seconds."""


class SessionAnalyticsView(CamelModel):
    """Each figure as it was reported, else as it was measured, else null."""

    session_id: str = Field(examples=["507f1f77bcf86cd799439013"])
    posture_score: Number | None = Field(examples=[85])
    eye_contact_score: Number | None = Field(examples=[80])
    gesture_score: Number | None = Field(examples=[75])
    speech_pace_wpm: Number | None = Field(examples=[125])
    speech_clarity_score: Number | None = Field(examples=[88])
    filler_word_frequency: Number | None = Field(examples=[0.08])
    emotion_timeline: list[EmotionView] | None
    """Null where no expression may be estimated: in interviews about others."""
    overall_performance_score: Number | None = Field(examples=[82])
    recommendations: list[str] = Field(examples=[["Work on maintaining consistent eye contact"]])


@router.get("/api/analytics/dashboard")
async def dashboard(caller: Caller, session: Session, user_id: UserId = None) -> DashboardView:
    """Get user dashboard metrics and statistics."""
    found = await overview.overview(session, caller)
    standing, unlocked = await progress.summary(session, caller)
    return DashboardView(
        total_sessions=found.all.count,
        average_score=_whole(found.all),
        current_streak=standing.current_streak,
        best_streak=standing.best_streak,
        experience_points=standing.experience_points,
        recent_sessions=[_recent(line) for line in found.recent],
        domain_progress=[
            DomainProgressView(
                domain=group.domain_slug or "", proficiency=_whole(group), sessions_completed=group.count
            )
            for group in found.by_domain
        ],
        achievements=[
            AchievementView(code=each.code, title=each.title, unlocked_at=printed(each.unlocked_at))
            for each in unlocked
        ],
    )


@router.get("/api/analytics/sessions/{session_id}")
async def session_analytics(session_id: RecordId, caller: Caller, session: Session) -> SessionAnalyticsView:
    """Get detailed analytics for a specific session."""
    found = await coaching.session_figures(session, caller, session_id)
    metrics = found.metrics
    return SessionAnalyticsView(
        session_id=spell(found.interview.id),
        posture_score=metrics.posture_score,
        eye_contact_score=metrics.eye_contact_score,
        gesture_score=metrics.gesture_score,
        speech_pace_wpm=metrics.speech_pace_wpm,
        speech_clarity_score=metrics.speech_clarity_score,
        filler_word_frequency=metrics.filler_word_frequency,
        emotion_timeline=None
        if found.interview.about_others
        else [EmotionView(**moment) for moment in metrics.emotion_timeline or ()],
        overall_performance_score=found.interview.score,
        recommendations=found.recommendations,
    )


def _whole(group: Completed) -> int:
    return round(group.average_score or 0)


def _recent(line: Line) -> RecentView:
    return RecentView(id=spell(line.id), domain=line.domain_slug, score=line.score, completed_at=printed(line.ended_at))
