"""What the report shows of the records."""

from datetime import UTC, datetime

import pytest

from intervi.analysis.figures import (
    AnswerReport,
    Figure,
    Filler,
    InterviewReport,
    Reason,
    Score,
    ScorePart,
    Scores,
    Span,
    Speech,
    Statement,
    Transcript,
    Word,
    WorkOn,
)
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.ids import new_id
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin, Status
from intervi.pages.report import view
from intervi.recordings.models import Media

NONE = Figure(reason=Reason.TOO_SHORT)
TODAY = datetime(2026, 3, 4, tzinfo=UTC)


def speech(**known: object) -> Speech:
    names = [name for name, field in Speech.model_fields.items() if field.annotation is Figure and name not in known]
    return Speech(duration_seconds=10, **dict.fromkeys(names, NONE), **known)


def part(name: str, value: float | None, *, weight: float = 0.5, **known: object) -> ScorePart:
    figure = Figure(reason=Reason.NO_FACE) if value is None else Figure(value=value)
    points = 0.0 if value is None else round(weight * value, 1)
    return ScorePart(name=name, value=figure, weight=weight, points=points, **known)


def scores() -> Scores:
    four = {name: Score(name=name, value=Figure(value=50.0)) for name in ("content", "structure", "delivery")}
    presence = Score(name="presence", value=Figure(reason=Reason.NO_FACE))
    overall = Score(
        name="overall",
        value=Figure(value=61.5),
        parts=[
            part("content", 70.0, weight=0.55),
            part("delivery", 51.1, weight=0.45),
            part("presence", None, weight=0),
        ],
    )
    return Scores(**four, presence=presence, overall=overall)


def interview(**known: object) -> Interview:
    return Interview(user_id=new_id(), origin=Origin.PRACTICE, domain_slug="software-dev", **known)


def exchange(of: Interview, position: int = 1, **known: object) -> Exchange:
    known = {"question": "Why?", "status": AnswerStatus.ANSWERED} | known
    return Exchange(interview_id=of.id, position=position, **known)


def analysis(
    asked: Exchange, results: dict[Stage, object], *, status: str = WorkStatus.DONE, **errors: str
) -> AnalysisState:
    made = Analysis(
        user_id=new_id(), interview_id=asked.interview_id, exchange_id=asked.id, status=status, input_hash="x"
    )
    rows = {}
    for stage in Stage:
        done = stage in results
        row = AnalysisStage(analysis_id=made.id, stage=stage, status=WorkStatus.DONE if done else WorkStatus.BLOCKED)
        row.result = results[stage].model_dump(mode="json") if done else None
        if stage in errors:
            row.status, row.error = WorkStatus.FAILED, errors[stage]
        rows[stage] = row
    return AnalysisState(made, rows)


def shown(
    of: Interview, exchanges: list[Exchange], *, media: tuple[Media, ...] = (), states: tuple[AnalysisState, ...] = ()
) -> view.ReportView:
    return view.report_view(of, exchanges, media, states, time_zone="UTC", today=TODAY)


class TestState:
    def test_an_interview_that_goes_on(self) -> None:
        made = interview(status=Status.ACTIVE)
        assert shown(made, [exchange(made, status=AnswerStatus.ASKED)]).state == "running"

    def test_one_without_answers(self) -> None:
        made = interview(status=Status.COMPLETED)
        seen = shown(made, [exchange(made, status=AnswerStatus.SKIPPED)])
        assert (seen.state, seen.answers[0].state) == ("empty", "skipped")

    def test_an_answer_whose_recording_is_on_its_way(self) -> None:
        made = interview(status=Status.COMPLETED)
        seen = shown(made, [exchange(made)])
        assert (seen.state, seen.answers[0].state, seen.answers[0].stages) == ("working", "working", [])

    def test_a_cancelled_one(self) -> None:
        made = interview(status=Status.CANCELLED)
        assert shown(made, []).state == "cancelled"


def a_recording(asked: Exchange, offset: float = 0.0) -> Media:
    return Media(
        user_id=new_id(),
        interview_id=asked.interview_id,
        exchange_id=asked.id,
        kind="audio",
        filename="x",
        storage_key=str(offset),
        offset_seconds=offset,
        duration_seconds=5.0,
    )


class TestScores:
    def report_of(self, asked: Exchange) -> dict[str, object]:
        statement = Statement(
            category="pauses", message="{count} pauses", values={"count": 4}, moment=Span(start=61, end=64)
        )
        work_on = [WorkOn(exchange_id=asked.id, statement=statement)]
        return InterviewReport(scores=scores(), answers=[asked.id], work_on=work_on).model_dump(mode="json")

    def test_the_points_that_are_shown_add_up(self) -> None:
        made = interview(status=Status.COMPLETED, measured_score=61.5)
        asked = exchange(made)
        made.report = self.report_of(asked)
        seen = shown(made, [asked])
        (overall,) = seen.overall
        assert seen.state == "ready"
        assert seen.score == overall.value == "61.5"
        assert sum(float(each.points) for each in overall.parts) == pytest.approx(float(overall.value))
        assert [each.width for each in overall.parts] == ["38.5%", "23.0%", "0.0%"]

    def test_a_part_that_was_not_measured_says_why(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made)
        made.report = self.report_of(asked)
        presence = shown(made, [asked]).overall[0].parts[2]
        assert (presence.value, presence.note) == ("", "Not measured, because no face was seen in the picture.")

    def test_what_to_work_on_plays_its_moment(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made, position=3)
        made.report = self.report_of(asked)
        (task,) = shown(made, [asked], media=(a_recording(asked),)).work_on
        assert (task.text, task.at, task.number, task.play) == ("4 pauses", "1:01", "3", f"{asked.id}:60.70:64.00")

    def test_without_a_recording_there_is_nothing_to_play(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made, position=3)
        made.report = self.report_of(asked)
        (task,) = shown(made, [asked]).work_on
        assert (task.at, task.play) == ("1:01", "")

    def test_a_reported_score_is_told_from_the_measured_one(self) -> None:
        made = interview(status=Status.COMPLETED, measured_score=61.5, reported_score=80.0)
        seen = shown(made, [])
        assert seen.score == "80.0"
        assert "reported" in seen.score_note
        assert "61.5" in seen.score_note


class TestTranscriptTokens:
    words = (
        Word(text=" I", start=0, end=0.2),
        Word(text="um,", start=0.3, end=0.6),
        Word(text="led", start=2.0, end=2.3),
    )

    def test_in_the_order_of_time_with_fillers_and_long_pauses(self) -> None:
        heard = speech(
            fillers=[
                Filler(word="um", start=0.3, end=0.6, basis="transcript"),
                Filler(word="uh", start=1.7, end=1.9, basis="acoustic"),
            ],
            pauses=[Span(start=0.62, end=1.68), Span(start=2.3, end=2.6)],
        )
        tokens = view.transcript_tokens(Transcript(engine="x", words=list(self.words)), heard)
        assert [(token.text, token.kind) for token in tokens] == [
            ("I", "word"),
            ("um,", "filler"),
            ("1.1 s", "pause"),
            ("uh", "filler"),
            ("led", "word"),
        ]

    def test_a_filler_heard_in_a_word_is_shown_once(self) -> None:
        heard = speech(fillers=[Filler(word="um", start=0.28, end=0.61, basis="acoustic")])
        tokens = view.transcript_tokens(Transcript(engine="x", words=list(self.words)), heard)
        assert [token.kind for token in tokens] == ["word", "filler", "word"]

    def test_without_speech_figures(self) -> None:
        tokens = view.transcript_tokens(Transcript(engine="x", words=list(self.words)), None)
        assert [token.text for token in tokens] == ["I", "um,", "led"]


class TestAnswers:
    def test_a_rough_transcript_is_marked_with_its_engine(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made)
        rough = Transcript(engine="faster-whisper base", rough=True, text="eye led")
        answer = shown(made, [asked], states=(analysis(asked, {Stage.TRANSCRIBE: rough}),)).answers[0]
        assert (answer.engine, answer.rough, answer.can_correct, answer.text) == (
            "faster-whisper base",
            True,
            True,
            "eye led",
        )

    def test_a_corrected_transcript_takes_its_place(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made, corrected_transcript="I led")
        rough = Transcript(engine="faster-whisper base", rough=True, text="eye led")
        answer = shown(made, [asked], states=(analysis(asked, {Stage.TRANSCRIBE: rough}),)).answers[0]
        assert (answer.text, answer.engine, answer.rough, answer.tokens) == ("I led", "corrected by you", False, [])

    def test_a_typed_answer_is_text_and_nothing_to_correct(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made, answer_text="I led.")
        typed = Transcript(engine="typed", text="I led.")
        answer = shown(made, [asked], states=(analysis(asked, {Stage.TRANSCRIBE: typed}),)).answers[0]
        assert (answer.typed, answer.text, answer.can_correct) == ("I led.", "", False)

    def test_a_failed_stage_gives_its_reason_and_can_be_tried_again(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made)
        state = analysis(asked, {Stage.REPORT: AnswerReport()}, vision="This step took too long.")
        answer = shown(made, [asked], states=(state,)).answers[0]
        looked = answer.stages[list(Stage).index(Stage.VISION)]
        assert (looked.status, looked.found) == ("failed", "This step took too long.")
        assert answer.can_retry
        assert answer.state == "ready"

    @pytest.mark.parametrize(
        ("stage", "summary", "found"),
        [
            (Stage.DECODE, {"seconds": 134.2}, "2:14 recorded"),
            (Stage.TRANSCRIBE, {"words": 312}, "312 words"),
            (Stage.TRANSCRIBE, {"words": 1}, "1 word"),
            (Stage.SPEECH, {"pauses": 1, "fillers": 9}, "9 fillers, 1 pause"),
            (Stage.VISION, {"face_share": 0.97}, "your face for 97% of the time"),
            (Stage.VISION, {"face_share": None}, ""),
            (Stage.LANGUAGE, {"points": 5, "covered": 4}, "4 of 5 points of a good answer"),
            (Stage.SCORES, {"overall": 71.0}, "71.0 of 100"),
            (Stage.REPORT, {"statements": 3}, ""),
        ],
    )
    def test_a_finished_stage_says_what_it_found(self, stage: Stage, summary: dict[str, object], found: str) -> None:
        assert view.words.found(stage, summary) == found


class TestRecordings:
    def test_segments_are_in_order_and_have_signed_links(self) -> None:
        made = interview(status=Status.COMPLETED)
        skipped, asked = exchange(made, 1, status=AnswerStatus.SKIPPED), exchange(made, 2)
        later, first = (a_recording(asked, offset) for offset in (7.5, 0.0))
        (recording,) = shown(made, [skipped, asked], media=(later, first)).recordings
        assert [segment.id for segment in recording.segments] == [str(first.id), str(later.id)]
        assert (recording.number, recording.kind, recording.duration, recording.lanes) == (2, "audio", 12.5, [])
        assert all(segment.url.startswith("/media/") for segment in recording.segments)

    def test_a_lane_for_each_signal_that_was_measured(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made)
        heard = speech(
            speaking_seconds=Figure(value=4.0),
            speech=[Span(start=0, end=4)],
            fillers=[Filler(word="um", start=61.2, end=61.5, basis="acoustic")],
        )
        state = analysis(asked, {Stage.SPEECH: heard})
        (recording,) = shown(made, [asked], media=(a_recording(asked),), states=(state,)).recordings
        assert [lane.name for lane in recording.lanes] == ["speech", "fillers", "pauses"]
        assert [mark.text for mark in recording.lanes[1].marks] == ["“um” at 1:01"]
        assert recording.lanes[2].marks == []


class TestRewrite:
    def test_what_is_missing_stands_apart(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made)
        report = AnswerReport(rewrite="I led it. [what came of it, after “led it”] And so on.")
        pieces = shown(made, [asked], states=(analysis(asked, {Stage.REPORT: report}),)).answers[0].rewrite
        assert [piece.is_gap for piece in pieces] == [False, True, False]
        assert "".join(piece.text for piece in pieces) == report.rewrite


class TestQuotations:
    def test_are_not_said_twice(self) -> None:
        made = interview(status=Status.COMPLETED)
        asked = exchange(made)
        named = Statement(
            category="content", message="“{words}”", values={"words": "it broke …"}, quotation="it broke."
        )
        report = AnswerReport(good=[named, named.model_copy(update={"message": "A reason.", "values": {}})])
        good = shown(made, [asked], states=(analysis(asked, {Stage.REPORT: report}),)).answers[0].good
        assert [each.quotation for each in good] == ["", "it broke."]
