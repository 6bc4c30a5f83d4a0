"""An interview's figures, reported and measured, and what follows from them; and how reported figures complete it."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import measured_repository
from intervi.analysis import service as analysis
from intervi.analysis.figures import InterviewReport, Scores
from intervi.analysis.measured_repository import Measured
from intervi.coaching import advice
from intervi.interviews import reported
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, ReportedMetrics, Status


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is said of an interview."""

    interview: Interview
    feedback: list[advice.CategoryFeedback]
    recommendations: list[str]
    """Most urgent first, at most five."""


@dataclass(frozen=True, slots=True)
class SessionFigures:
    """An interview's figures: each as reported, else as measured, else ``None``."""

    interview: Interview
    metrics: ReportedMetrics
    """With the measured figures in the places of those that nobody reported; not to be kept."""
    recommendations: list[str]


async def complete_with_metrics(
    session: AsyncSession, principal: Principal, interview_id: UUID, metrics: reported.Metrics
) -> Assessment:
    """Keeps reported figures, and completes the interview if it was not; a second call only changes the figures.

    Raises:
        NotFound: if there is no such interview of the principal's.
        WrongState: if it was cancelled.
    """
    interview = await interviews.hold(session, principal, interview_id)
    if interview.status != Status.COMPLETED:
        await analysis.finish_interview(session, principal, interview_id)
    interview, kept = await reported.merge_metrics(session, principal, interview_id, metrics)
    if interview.reported_score is None or interview.reported_score_computed:
        interview.reported_score = advice.overall_of(kept)
        interview.reported_score_computed = interview.reported_score is not None
        await session.flush()
    return _assessment(interview, kept)


async def assessment(session: AsyncSession, principal: Principal, interview_id: UUID) -> Assessment:
    """Feedback on an interview.

    Raises:
        NotFound: if there is no such interview of the principal's.
    """
    interview = await interviews.get(session, principal, interview_id)
    return _assessment(interview, await reported.metrics_of(session, principal, interview_id))


async def session_figures(session: AsyncSession, principal: Principal, interview_id: UUID) -> SessionFigures:
    """The figures of an interview.

    Raises:
        NotFound: if there is no such interview of the principal's.
    """
    interview = await interviews.get(session, principal, interview_id)
    said = await reported.metrics_of(session, principal, interview_id)
    found = await measured_repository.measured(session, principal, interview_id)
    return SessionFigures(interview, _completed(said, found), _assessment(interview, said).recommendations)


def _assessment(interview: Interview, metrics: ReportedMetrics) -> Assessment:
    scores = _scores(interview)
    found = advice.readings(scores, metrics)
    return Assessment(interview, advice.feedback(scores, found), advice.recommendations(found))


def _scores(interview: Interview) -> Scores | None:
    return InterviewReport.model_validate(interview.report).scores if interview.report else None


def _completed(said: ReportedMetrics, found: Measured) -> ReportedMetrics:
    """A copy with what was measured where nothing was reported. Gestures are not measured."""

    def points(share: float | None) -> float | None:
        return None if share is None else round(100 * share, 1)

    measured = {
        "posture_score": points(found.posture),
        "eye_contact_score": points(found.eye_contact),
        "speech_pace_wpm": found.words_per_minute and round(found.words_per_minute, 1),
        "speech_clarity_score": found.clarity and round(found.clarity, 1),
        "filler_word_frequency": found.filler_word_ratio and round(found.filler_word_ratio, 4),
        "emotion_timeline": found.emotions or None,
    }
    filled = ReportedMetrics(**said.model_dump())
    for name, value in measured.items():
        if getattr(filled, name) is None:
            setattr(filled, name, value)
    return filled
