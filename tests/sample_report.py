"""``python -m tests.sample_report``: makes the sample report anew that the product ships (``intervi/pages/sample``).

A made voice (espeak-ng) and a drawn face are recorded, then decoded, looked at, listened to and judged by the workers' own code. The
words, with their times, are those that were read out: which recogniser there is differs from machine to machine.
"""

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from intervi.analysis.figures import InterviewReport, Scores, Transcript, Word
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.coaching.feedback import answer_report, work_on
from intervi.coaching.scoring import score_answer, score_interview
from intervi.ids import new_id
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin, Status
from intervi.pages.sample.kept import FILE
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.settings import REPOSITORY_ROOT
from tests.e2e import seed
from workers.decoding import SegmentFile, decode_answer
from workers.language import QuestionContext, measure_language
from workers.sound_track import stored_sound
from workers.speech import measure_speech
from workers.vision import measure_vision

MEDIA = REPOSITORY_ROOT / "assets" / "sample" / "answer.webm"
ENGINE = "the words that were read out"
HELD = datetime(2026, 3, 4, 18, 30, tzinfo=UTC)


def main() -> None:
    """Writes both files."""
    made, recorded = seed.recording()
    MEDIA.parent.mkdir(exist_ok=True)
    MEDIA.write_bytes(recorded)
    interview = Interview(
        user_id=new_id(),
        origin=Origin.PRACTICE,
        status=Status.COMPLETED,
        domain_slug="software-dev",
        question_kind="behavioral",
        duration_minutes=10,
        started_at=HELD,
        ended_at=HELD + timedelta(minutes=4),
        created_at=HELD,
    )
    asked = Exchange(
        interview_id=interview.id,
        position=1,
        question=seed.QUESTION,
        status=AnswerStatus.ANSWERED,
        asked_at=HELD,
        answered_at=HELD + timedelta(minutes=1),
    )
    skipped = Exchange(
        interview_id=interview.id,
        position=2,
        question="Which of your decisions did you have to take back?",
        status=AnswerStatus.SKIPPED,
        asked_at=HELD,
    )
    media = Media(
        user_id=interview.user_id,
        interview_id=interview.id,
        exchange_id=asked.id,
        kind=MediaKind.VIDEO,
        filename="answer.webm",
        content_type="video/webm",
        storage_key="",
        size_bytes=len(recorded),
        duration_seconds=made.seconds,
        state=MediaState.STORED,
    )
    results = _measured(media.id)
    scores = Scores.model_validate(results[Stage.SCORES])
    report = InterviewReport(
        scores=score_interview([scores]),
        answers=[asked.id],
        work_on=work_on([(asked.id, results[Stage.REPORT])]),
    )
    interview.report, interview.reported_at = report.model_dump(mode="json"), HELD
    interview.measured_score = report.scores.overall.value.value
    analysis = Analysis(
        user_id=interview.user_id,
        interview_id=interview.id,
        exchange_id=asked.id,
        status=WorkStatus.DONE,
        input_hash="",
    )
    stages = [
        AnalysisStage(
            analysis_id=analysis.id,
            stage=stage,
            status=WorkStatus.DONE,
            result=result.model_dump(mode="json"),
            summary={},
        )
        for stage, result in results.items()
    ]
    records = {
        "interview": _row(interview),
        "exchanges": [_row(asked), _row(skipped)],
        "media": [_row(media)],
        "analyses": [{"analysis": _row(analysis), "stages": [_row(stage) for stage in stages]}],
    }
    FILE.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _measured(media_id: Any) -> dict[Stage, Any]:
    """What each stage of the analysis finds."""
    made, _recorded = seed.recording()
    words = [Word(text=word.text, start=word.start, end=word.end) for word in made.words if word not in made.fillers]
    transcript = Transcript(engine=ENGINE, text=" ".join(word.text for word in words), words=words)
    segment = SegmentFile(media_id=media_id, path=MEDIA, kind="video", offset_seconds=0.0, recorded_seconds=None)
    with tempfile.TemporaryDirectory() as directory:
        sound = Path(directory) / "sound.flac"
        decoded = decode_answer([segment], sound, Path(directory))
        with stored_sound(sound) as audio:
            speech = measure_speech(audio, transcript)
    vision = measure_vision([segment], expressions=False)
    context = QuestionContext(text=seed.QUESTION, type="behavioral", difficulty="mid", points=seed.POINTS)
    language = measure_language(context, transcript)
    scores = score_answer(speech, vision, language)
    return {
        Stage.DECODE: decoded,
        Stage.TRANSCRIBE: transcript,
        Stage.SPEECH: speech,
        Stage.VISION: vision,
        Stage.LANGUAGE: language,
        Stage.SCORES: scores,
        Stage.REPORT: answer_report(seed.QUESTION, decoded, transcript, speech, vision, language, scores),
    }


def _row(record: SQLModel) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude_none=True)


if __name__ == "__main__":
    main()
