"""Interviews with reports, for looking at pages: spoken by espeak-ng, measured and judged by the product's own code.

The words and the picture's figures are given (a recogniser's weights cannot be had everywhere); everything else follows from them.
"""

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis.figures import (
    AnswerReport,
    Decoded,
    DecodedSegment,
    Figure,
    InterviewReport,
    Language,
    Score,
    ScorePart,
    Scores,
    Span,
    Speech,
    Transcript,
    Vision,
    Word,
)
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.clock import now
from intervi.coaching.feedback import answer_report, work_on
from intervi.coaching.scoring import score_answer, score_interview
from intervi.coaching.targets import OVERALL_WEIGHTS
from intervi.database import transaction
from intervi.interviews import service as interviews
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin
from intervi.progress import service as progress
from intervi.questions import bank
from intervi.recordings.models import Media, MediaState
from intervi.recordings.storage import new_key, storage
from tests.media_made.faces import Scene, make_face_video
from tests.media_made.speech import RATE, WOMAN, Hesitation, MadeSpeech, make_speech, write_wav
from workers.language import QuestionContext, measure_language
from workers.speech import measure_speech

QUESTION = "Tell me about a time when you had to debug a complex problem in production."
POINTS = (
    "The situation is concrete - which system failed, what users noticed and how bad it was",
    "How the problem was narrowed down, for example with logs, metrics, bisecting or reproducing it",
    "Your own part in finding or fixing the root cause",
    "The outcome, with a figure such as downtime, error rate or time to recover",
    "What was changed afterwards so that it does not happen again, such as a test, an alert or a review",
)
SAID = (
    0.8, "In March last year the checkout service of our shop began to time out every morning at nine, and about four percent of customers "
    "could not pay.", 0.6, Hesitation("um"), 0.4, "I was on call, so it was my task to find out why.", 2.9,
    "I compared the logs of a good and a bad hour, and saw that database connections ran out while the nightly report was still running.",
    0.7, Hesitation("uh"), 0.5, "I wrote a fix that returns the connection.", 1.4, "The error rate went from four percent to almost zero.",
    0.6,
)  # fmt: skip
WRITTEN_QUESTION = "How would you handle a colleague who disagrees with your design?"
WRITTEN = (
    "First I would ask what worries them, because I may have missed something. Then I would write both designs down side by side with "
    "their costs, and we would agree on what to measure. If we still disagree, I would try the cheaper one for a week."
)


@dataclass(frozen=True)
class Answer:
    """What a finished analysis of one answer has found."""

    decoded: Decoded
    transcript: Transcript
    speech: Speech
    vision: Vision
    language: Language
    scores: Scores
    report: AnswerReport

    def results(self) -> dict[Stage, tuple[dict, dict]]:
        """Result and summary of every stage."""
        covered = sum(point.evidence is not None for point in self.language.points)
        return {
            Stage.DECODE: (self.decoded.model_dump(mode="json"), {"seconds": self.decoded.duration_seconds}),
            Stage.TRANSCRIBE: (self.transcript.model_dump(mode="json"), {"words": len(self.transcript.text.split())}),
            Stage.SPEECH: (
                self.speech.model_dump(mode="json"),
                {"pauses": len(self.speech.pauses), "fillers": len(self.speech.fillers)},
            ),
            Stage.VISION: (self.vision.model_dump(mode="json"), {"face_share": self.vision.face_share.value}),
            Stage.LANGUAGE: (
                self.language.model_dump(mode="json"),
                {"points": len(self.language.points), "covered": covered},
            ),
            Stage.SCORES: (self.scores.model_dump(mode="json"), {"overall": self.scores.overall.value.value}),
            Stage.REPORT: (self.report.model_dump(mode="json"), {"statements": len(self.report.good)}),
        }


@lru_cache(maxsize=1)
def recording() -> tuple[MadeSpeech, bytes]:
    """The speech, and a recording of it with a face that looks away for a while."""
    speech = make_speech(SAID, WOMAN, 165)
    scenes = [
        Scene(6),
        Scene(2.5, yaw=28),
        Scene(8),
        Scene(2, yaw=-25, pitch=10),
        Scene(max(1.0, speech.seconds - 18.5)),
    ]
    with tempfile.TemporaryDirectory() as directory:
        sound = write_wav(Path(directory) / "said.wav", speech.samples, RATE)
        return speech, make_face_video(Path(directory) / "answer.webm", scenes, sound=sound).read_bytes()


def spoken_answer(media_id: UUID, *, rough: bool = False) -> Answer:
    """The analysis of the recording."""
    made, _file = recording()
    words = [Word(text=word.text, start=word.start, end=word.end) for word in made.words if word not in made.fillers]
    transcript = Transcript(
        engine="faster-whisper base", rough=rough, text=" ".join(word.text for word in words), words=words
    )
    segment = DecodedSegment(
        media_id=media_id, offset_seconds=0, duration_seconds=made.seconds, has_audio=True, has_video=True
    )
    decoded = Decoded(segments=[segment], duration_seconds=made.seconds, has_audio=True, has_video=True)
    vision = Vision(
        frames=int(made.seconds * 5),
        face_share=Figure(value=1.0),
        eye_contact=Figure(value=round(1 - 4.5 / made.seconds, 2)),
        looking_away=[Span(start=6, end=8.5), Span(start=16.5, end=18.5)],
        head_yaw_degrees=Figure(value=0.4),
        head_pitch_degrees=Figure(value=1.0),
        head_movement_degrees=Figure(value=8.0),
        smile_ratio=Figure(value=0.1),
        posture=Figure(value=0.62),
        shoulder_tilt_degrees=Figure(value=4.0),
        lean=Figure(value=0.02),
    )
    speech = measure_speech(made.samples, transcript)
    context = QuestionContext(text=QUESTION, type="behavioral", difficulty="mid", points=POINTS)
    return _judged(QUESTION, decoded, transcript, speech, vision, measure_language(context, transcript))


def _judged(
    question: str, decoded: Decoded, transcript: Transcript, speech: Speech, vision: Vision, language: Language
) -> Answer:
    scores = score_answer(speech, vision, language)
    report = answer_report(question, decoded, transcript, speech, vision, language, scores)
    return Answer(decoded, transcript, speech, vision, language, scores, report)


async def interview(
    session: AsyncSession,
    principal: Principal,
    *,
    days_ago: float = 0,
    score: float | None = None,
    domain: str = "software-dev",
) -> Interview:
    """An interview that was held and is over; with ``score``, with that measured score."""
    made = await interviews.create(session, principal, origin=Origin.PRACTICE, domain=domain, duration_minutes=20)
    began = now() - timedelta(days=days_ago, minutes=20)
    made.created_at = made.started_at = began
    made.ended_at, made.status, made.measured_score = began + timedelta(minutes=19, seconds=12), "completed", score
    session.add(made)
    await session.flush()
    return made


async def exchange(
    session: AsyncSession,
    made: Interview,
    position: int,
    question: str,
    *,
    text: str | None = None,
    skipped: bool = False,
) -> Exchange:
    """A question of it, answered unless it was skipped."""
    asked = Exchange(
        interview_id=made.id,
        position=position,
        question=question,
        question_type="behavioral",
        status=AnswerStatus.SKIPPED if skipped else AnswerStatus.ANSWERED,
        answer_text=text,
    )
    session.add(asked)
    await session.flush()
    return asked


async def recorded(session: AsyncSession, principal: Principal, asked: Exchange) -> Media:
    """The recording as the answer to a question, its bytes in storage."""
    made, file = recording()
    key = new_key()
    with storage().writer(key) as writer:
        writer.write(file)
    storage().seal(key)
    media = Media(
        user_id=principal.user_id,
        interview_id=asked.interview_id,
        exchange_id=asked.id,
        kind="video",
        filename="answer.webm",
        content_type="video/webm",
        storage_key=key,
        size_bytes=len(file),
        duration_seconds=made.seconds,
        state=MediaState.STORED,
        stored_at=now(),
    )
    session.add(media)
    await session.flush()
    return media


async def analysed(
    session: AsyncSession,
    principal: Principal,
    asked: Exchange,
    answer: Answer,
    *,
    up_to: Stage | None = None,
    failed: dict[Stage, str] | None = None,
) -> Analysis:
    """The analysis of an answer: whole, or with one stage at work and nothing after it, or with stages that failed."""
    whole = up_to is None
    kept = Analysis(
        user_id=principal.user_id,
        interview_id=asked.interview_id,
        exchange_id=asked.id,
        status=WorkStatus.DONE if whole else WorkStatus.RUNNING,
        input_hash="made",
        finished_at=now() if whole else None,
    )
    session.add(kept)
    await session.flush()
    results, order = answer.results(), list(Stage)
    for stage in Stage:
        status = WorkStatus.DONE
        if failed and stage in failed:
            status = WorkStatus.FAILED
        elif up_to and stage == up_to:
            status = WorkStatus.RUNNING
        elif up_to and order.index(stage) > order.index(up_to):
            status = WorkStatus.BLOCKED
        result, summary = results[stage] if status == WorkStatus.DONE else (None, None)
        session.add(
            AnalysisStage(
                analysis_id=kept.id,
                stage=stage,
                status=status,
                result=result,
                summary=summary,
                error=(failed or {}).get(stage),
            )
        )
    await session.flush()
    return kept


async def report_of(session: AsyncSession, made: Interview, answers: list[tuple[Exchange, Answer]]) -> None:
    """Writes the interview's report, as the worker does."""
    report = InterviewReport(
        scores=score_interview([answer.scores for _asked, answer in answers]),
        answers=[asked.id for asked, _answer in answers],
        work_on=work_on([(asked.id, answer.report) for asked, answer in answers]),
    )
    made.report, made.measured_score = report.model_dump(mode="json"), report.scores.overall.value.value
    made.reported_at = now()
    session.add(made)
    await session.flush()


async def full_interview(principal: Principal) -> Interview:
    """An interview with a report: one answer on camera, one rough, one question skipped."""
    async with transaction() as session:
        made = await interview(session, principal)
        first = await exchange(session, made, 1, QUESTION)
        answer = spoken_answer((await recorded(session, principal, first)).id)
        await analysed(session, principal, first, answer)
        second = await exchange(session, made, 2, "What would you do differently if you built it again?")
        rough = spoken_answer((await recorded(session, principal, second)).id, rough=True)
        await analysed(session, principal, second, rough)
        await exchange(session, made, 3, "Which of your decisions did you have to take back?", skipped=True)
        await report_of(session, made, [(first, answer), (second, rough)])
    return made


async def working_interview(principal: Principal) -> Interview:
    """An interview whose answers are being analysed; in one of them a stage has failed."""
    async with transaction() as session:
        made = await interview(session, principal)
        first = await exchange(session, made, 1, QUESTION)
        answer = spoken_answer((await recorded(session, principal, first)).id)
        await analysed(session, principal, first, answer, up_to=Stage.LANGUAGE)
        second = await exchange(session, made, 2, "What would you do differently if you built it again?")
        other = spoken_answer((await recorded(session, principal, second)).id)
        await analysed(
            session, principal, second, other, up_to=Stage.SCORES, failed={Stage.VISION: "This step took too long."}
        )
    return made


async def earlier_interviews(principal: Principal, scores: list[float]) -> None:
    """Interviews of the last weeks with these scores, oldest first."""
    for place, score in enumerate(scores):
        async with transaction() as session:
            made = await interview(session, principal, days_ago=4 * (len(scores) - place), score=score)
            asked = await exchange(session, made, 1, QUESTION if place % 2 else WRITTEN_QUESTION, text=WRITTEN)
            made.reported_at = now()
            assert asked.id


_KINDS = ("behavioral", "technical", "situational", "cultural")
_DOMAINS = ("software-dev", "product-management", "data-science", "sales")


async def year_of_practice(principal: Principal) -> None:
    """Three or four interviews a week for a year, that get better; the newest is a day old. The same for everybody."""
    chance = random.Random(7)
    async with transaction() as session:
        for days_ago in range(364, 0, -1):
            if days_ago > 1 and chance.random() > (0.42 if 60 < days_ago < 90 else 0.62):
                continue
            skill = 38 + 34 * (1 - days_ago / 364)
            domain = _DOMAINS[min(3, int(chance.expovariate(1.1)))]
            made = await interview(session, principal, days_ago=days_ago + chance.random() / 3, domain=domain)
            scores = []
            for position in (1, 2, 3):
                asked = await exchange(session, made, position, WRITTEN_QUESTION, text=WRITTEN)
                asked.question_type = _KINDS[(days_ago + position) % 4]
                asked.question_id = _question_of(domain, asked.question_type, days_ago)
                weak = 14 if asked.question_type == "situational" else 0
                scores.append(_scores([skill - weak + chance.gauss(0, 6) for _part in range(4)]))
                kept = Analysis(
                    user_id=principal.user_id,
                    interview_id=made.id,
                    exchange_id=asked.id,
                    status=WorkStatus.DONE,
                    input_hash="made",
                )
                session.add(kept)
                await session.flush()
                result = scores[-1].model_dump(mode="json")
                session.add(
                    AnalysisStage(analysis_id=kept.id, stage=Stage.SCORES, status=WorkStatus.DONE, result=result)
                )
            report = InterviewReport(scores=score_interview(scores), answers=[])
            made.report, made.measured_score = report.model_dump(mode="json"), report.scores.overall.value.value
            made.reported_at = made.ended_at
            await session.flush()
            await progress.award(session, principal, made)
        await progress.unlock_due(session, principal)


def _question_of(domain: str, kind: str, number: int) -> str | None:
    """A question of the bank, so that its answer counts for a level."""
    fitting = [each.id for each in bank.questions_of(domain) if each.type == kind]
    return fitting[number % len(fitting)] if fitting else None


def _scores(parts: Sequence[float]) -> Scores:
    """Scores of an answer with these values of content, structure, delivery and presence."""
    names = ("content", "structure", "delivery", "presence")
    values = {name: round(min(98.0, max(4.0, value)), 1) for name, value in zip(names, parts, strict=True)}
    values["overall"] = round(sum(OVERALL_WEIGHTS[name] * value for name, value in values.items()), 1)
    return Scores(**{name: _score(name, Figure(value=value)) for name, value in values.items()})


def _score(name: str, value: Figure) -> Score:
    return Score(name=name, value=value, parts=[ScorePart(name=name, value=value, weight=1, points=value.value or 0)])


LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
HOSTILE = (
    "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "مقابلة عمل لمهندس البرمجيات \u202e",
    "面接の練習をしましょう。" * 6,
    LONG_WORD * 3,
    "🙂" * 40 + "{name} %s ${x}",
)


async def hostile_interviews(principal: Principal) -> None:
    """What people type: markup, scripts that run the other way, words without end."""
    async with transaction() as session:
        user = await session.get_one(User, principal.user_id)
        user.first_name = f"<b>{LONG_WORD}</b>"[:100]
        for place, text in enumerate(HOSTILE):
            made = await interview(session, principal, days_ago=2 * place, score=20.0 * place, domain=text[:200])
            made.job_title = text[:300]
            await exchange(session, made, 1, text, text=text)
            made.reported_at = made.ended_at
            await progress.award(session, principal, made)
        later = await interviews.create(session, principal, origin=Origin.CANDIDATE, job_title=HOSTILE[3])
        later.scheduled_at = now() + timedelta(days=3)
