"""Analysis: the hiring contract's 15 endpoints of it, but for feedback's two. What was said and how: no emotion is inferred."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from intervi.accounts.api_keys import Scope
from intervi.accounts.principal import Principal
from intervi.api.contract import HIRING
from intervi.api.dependencies import RecordId, Session, scoped_caller_of
from intervi.api.hiring.assessment_views import (
    AnalysisView,
    CompetencyView,
    KeywordView,
    OverallView,
    SentimentView,
    analysis_view,
    competency_view,
    keywords_view,
    overall_view,
    sentiment_view,
)
from intervi.api.hiring.envelope import EXAMPLE_ID, Found, found
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.api.streaming import brief_scoped_caller_of
from intervi.api.waiting import RETRY_AFTER_SECONDS, Prefer, wait_seconds
from intervi.coaching import assessing, letters
from intervi.coaching.assessing import Results
from intervi.coaching.assessment import presence, speaking
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, NotFound
from intervi.ids import parse_id
from intervi.interviews import service as interviews
from intervi.translation import _

BASE = "/api/v1/analysis"
MOST_COMPARED = 20

router = router_of(HIRING)

Reader = Annotated[Principal, Depends(scoped_caller_of(HIRING, Scope.ANALYSIS_READ))]
BriefWriter = Annotated[Principal, Depends(brief_scoped_caller_of(HIRING, Scope.ANALYSIS_WRITE))]
PromptName = Annotated[str, Field(min_length=1, max_length=100)]
Prompt = Annotated[str, Field(min_length=1, max_length=20_000)]
AnalysisType = Literal["sentiment", "keywords", "competency", "overall"]


class NewAnalysis(CamelModel):
    """What is to be analysed."""

    analysis_types: list[AnalysisType] | None = Field(
        None, examples=[["sentiment", "keywords", "competency", "overall"]]
    )
    """Left out: all four."""
    custom_prompts: dict[PromptName, Prompt] = Field(
        default_factory=dict, max_length=10, examples=[{"competency": "Evaluate technical skills on a scale of 1-10"}]
    )
    """Answered by a model server, where one is configured."""


class StatusView(CamelModel):
    """How far an analysis is."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    status: str = Field(examples=["processing"])


_WORK: dict[int | str, dict[str, Any]] = {
    # As it is described; what was not asked for is absent from what is sent.
    200: {"model": Found[AnalysisView]},
    202: {
        "model": Found[StatusView],
        "description": "Not finished yet: `data` has the `status`, `Retry-After` says when to ask again.",
    },
}


class SpeechView(CamelModel):
    """How the candidate spoke; null where it could not be measured."""

    words_per_minute: float | None = Field(examples=[142.0])
    speaking_seconds: float | None = Field(examples=[512.5])
    pause_ratio: float | None = Field(examples=[0.21])
    fillers_per_minute: float | None = Field(examples=[2.5])
    pitch_variation_semitones: float | None = Field(examples=[2.9])
    clarity: float | None = Field(examples=[84.0])


class PresenceView(CamelModel):
    """How the candidate was seen; null where it could not be measured."""

    face_share: float | None = Field(examples=[0.98])
    eye_contact: float | None = Field(examples=[0.71])
    posture: float | None = Field(examples=[0.88])


class FillerView(CamelModel):
    """A filler word and how often it was said."""

    word: str = Field(examples=["um"])
    count: int = Field(examples=[4])


class FillersView(CamelModel):
    """The candidate's fillers."""

    total: int = Field(examples=[4])
    items: list[FillerView]


class PauseView(CamelModel):
    """A pause, in seconds."""

    start: float = Field(examples=[15.2])
    duration: float = Field(examples=[1.4])


class PausesView(CamelModel):
    """The candidate's pauses, in seconds."""

    pauses: list[PauseView]
    total: int = Field(examples=[1])
    total_duration: float = Field(examples=[1.4])


class RecommendationsView(CamelModel):
    """What to work on, most urgent first."""

    recommendations: list[str] = Field(examples=[["Work on pacing: you speak slowly, 96 words a minute."]])


class ComparedInterview(CamelModel):
    """One of the interviews that are compared."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    overall: float | None = Field(examples=[8.2])
    competency: CompetencyView


class ComparisonView(CamelModel):
    """Interviews side by side."""

    interviews: list[ComparedInterview]
    ranking: list[str] = Field(examples=[[EXAMPLE_ID]])
    """From the best; those without a score come last."""


@router.post(f"{BASE}/{{interview_id}}/analyze", responses=_WORK, response_model=Found[dict[str, Any]])
async def analyze(
    interview_id: RecordId, body: NewAnalysis, caller: BriefWriter, response: Response, prefer: Prefer = ""
) -> Any:
    """Analyse an interview, and wait for it (60 s at most; `Prefer: wait=N`)."""
    seconds, applied = wait_seconds(prefer)
    async with transaction() as session:
        await assessing.begin(session, caller, interview_id, body.analysis_types)
    if applied:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    results = await assessing.finished(caller, interview_id, seconds)
    if results.status != "completed":
        return _not_ready(results, response)
    results = await assessing.answer_prompts(caller, results, body.custom_prompts)
    return found(analysis_view(results), "Analysis completed successfully")


@router.get(f"{BASE}/compare")
async def compare(
    caller: Reader,
    session: Session,
    interview_ids: Annotated[
        str,
        Query(
            alias="interviewIds",
            description="At least two, with commas between them.",
            examples=[f"{EXAMPLE_ID},{EXAMPLE_ID}"],
        ),
    ],
) -> Found[ComparisonView]:
    """Compare interviews that were analysed."""
    wanted = list(dict.fromkeys(one.strip() for one in interview_ids.split(",") if one.strip()))
    if not 2 <= len(wanted) <= MOST_COMPARED:
        text = _("Name 2 to 20 interviews, with commas between them.")
        raise InvalidInput(text, details={"interview_ids": [text]})
    analysed = [await _analysed(session, caller, parse_id(one)) for one in wanted]
    ranked = letters.compared(analysed)
    view = ComparisonView(
        interviews=[
            ComparedInterview(
                interview_id=HIRING.spell_id(one.interview.id),
                overall=one.assessment.overall.score,
                competency=competency_view(one.assessment),
            )
            for one in analysed
        ],
        ranking=[HIRING.spell_id(one.interview.id) for one, _score in ranked],
    )
    return found(view, "Comparison completed successfully")


async def _analysed(session: Session, caller: Principal, interview_id: UUID | None) -> Results:
    if interview_id is None:
        raise NotFound(_("There is no such interview."))
    await interviews.get(session, caller, interview_id)
    try:
        return await assessing.results(session, caller, interview_id)
    except NotFound as error:
        # It is the caller's, so it is not unknown, but not ready to be compared.
        raise Conflict(_("Analyse each of these interviews first.")) from error


@router.get(f"{BASE}/{{interview_id}}/results", responses=_WORK, response_model=Found[dict[str, Any]])
async def get_results(interview_id: RecordId, caller: Reader, session: Session, response: Response) -> Any:
    """The analyses that were asked for last."""
    results = await assessing.results(session, caller, interview_id)
    if results.status != "completed":
        return _not_ready(results, response)
    return found(analysis_view(results), "Analysis results retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/status")
async def get_analysis_status(interview_id: RecordId, caller: Reader, session: Session) -> Found[StatusView]:
    """How far the analysis is."""
    results = await assessing.results(session, caller, interview_id)
    return found(_status(results), "Analysis status retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/sentiment")
async def get_sentiment(interview_id: RecordId, caller: Reader, session: Session) -> Found[SentimentView]:
    """The tone of the candidate's words, with its timeline."""
    results = await assessing.results(session, caller, interview_id)
    return found(sentiment_view(results.assessment), "Sentiment retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/keywords")
async def get_keywords(interview_id: RecordId, caller: Reader, session: Session) -> Found[list[KeywordView]]:
    """What was talked about."""
    results = await assessing.results(session, caller, interview_id)
    return found(keywords_view(results.assessment), "Keywords retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/competency")
async def get_competency(interview_id: RecordId, caller: Reader, session: Session) -> Found[CompetencyView]:
    """Competencies, 0 to 10."""
    results = await assessing.results(session, caller, interview_id)
    return found(competency_view(results.assessment), "Competency retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/overall")
async def get_overall(interview_id: RecordId, caller: Reader, session: Session) -> Found[OverallView]:
    """The judgement, and what it rests on."""
    results = await assessing.results(session, caller, interview_id)
    return found(overall_view(results.assessment), "Overall assessment retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/speech")
async def get_speech(interview_id: RecordId, caller: Reader, session: Session) -> Found[SpeechView]:
    """How the candidate spoke."""
    results = await assessing.results(session, caller, interview_id)
    view = SpeechView(**asdict(speaking(results.answers)))
    return found(view, "Speech analysis retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/presence")
async def get_presence(interview_id: RecordId, caller: Reader, session: Session) -> Found[PresenceView]:
    """How the candidate was seen: no emotion is inferred."""
    results = await assessing.results(session, caller, interview_id)
    view = PresenceView(**asdict(presence(results.answers)))
    return found(view, "Presence analysis retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/fillers")
async def get_fillers(interview_id: RecordId, caller: Reader, session: Session) -> Found[FillersView]:
    """The candidate's fillers, in answers in writing too."""
    results = await assessing.results(session, caller, interview_id)
    counts = results.assessment.fillers.counts
    items = [FillerView(word=word, count=count) for word, count in counts.items()]
    return found(FillersView(total=sum(counts.values()), items=items), "Fillers retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/pauses")
async def get_pauses(interview_id: RecordId, caller: Reader, session: Session) -> Found[PausesView]:
    """The candidate's pauses of 0.25 s and more."""
    results = await assessing.results(session, caller, interview_id)
    pauses = [PauseView(start=pause.start, duration=pause.duration) for pause in results.assessment.pauses]
    total = round(sum(pause.duration for pause in pauses), 2)
    return found(PausesView(pauses=pauses, total=len(pauses), total_duration=total), "Pauses retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}/recommendations")
async def get_recommendations(interview_id: RecordId, caller: Reader, session: Session) -> Found[RecommendationsView]:
    """What the candidate could work on, most urgent first, at most five."""
    view = RecommendationsView(recommendations=await assessing.recommendations(session, caller, interview_id))
    return found(view, "Recommendations retrieved successfully")


# --- how things are printed -----------------------------------------------------------------------------------------


def _not_ready(results: Results, response: Response) -> Any:
    body = found(_status(results), "The analysis is not finished").model_dump(by_alias=True)
    return JSONResponse(body, 202, headers={"Retry-After": str(RETRY_AFTER_SECONDS), **response.headers})


def _status(results: Results) -> StatusView:
    return StatusView(interview_id=HIRING.spell_id(results.interview.id), status=results.status)
