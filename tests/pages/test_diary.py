"""Interviews as rows of a diary."""

from datetime import UTC, datetime

import pytest

from intervi.ids import new_id
from intervi.interviews.models import Status
from intervi.interviews.summaries import InterviewSummary
from intervi.pages.dashboard.view import state_of
from intervi.pages.diary import rows

TODAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


def summary(
    *,
    status: Status = Status.COMPLETED,
    score: float | None = None,
    before: float | None = None,
    seconds: float | None = None,
    answers: int = 1,
    ready: bool = False,
    created_at: datetime = TODAY,
) -> InterviewSummary:
    return InterviewSummary(
        id=new_id(),
        status=status,
        created_at=created_at,
        score=score,
        feedback=None,
        score_before=before,
        parts={},
        domain_title="Product Design",
        question_kind="mixed",
        difficulty="mid",
        job_title="",
        first_question="Why this one?",
        questions=2,
        answers=answers,
        report_ready=ready,
        seconds=seconds,
    )


class TestRows:
    def test_a_score_is_compared_with_the_one_before_it(self) -> None:
        shown = rows(
            [
                summary(score=70.0, before=64.5),
                summary(before=64.5),
                summary(score=64.5, before=66.0),
                summary(score=66.0),
            ],
            time_zone="UTC",
            today=TODAY,
        )
        assert [(row.score, row.change) for row in shown] == [
            ("70.0", "5.5 higher"),
            ("", ""),
            ("64.5", "1.5 lower"),
            ("66.0", ""),
        ]

    def test_an_equal_score_is_unchanged(self) -> None:
        assert rows([summary(score=70.0, before=70.0)], time_zone="UTC", today=TODAY)[0].change == "unchanged"

    @pytest.mark.parametrize(
        ("made", "status", "kind"),
        [
            (summary(ready=True), "Report ready", "ready"),
            (summary(), "Being analysed", "working"),
            (summary(answers=0), "Nothing answered", "plain"),
            (summary(status=Status.ACTIVE), "Not finished", "plain"),
            (summary(status=Status.SCHEDULED, answers=0), "Not begun", "plain"),
            (summary(status=Status.CANCELLED), "Cancelled", "plain"),
        ],
    )
    def test_the_status(self, made: InterviewSummary, status: str, kind: str) -> None:
        row = rows([made], time_zone="UTC", today=TODAY)[0]
        assert (row.status, row.kind) == (status, kind)

    def test_an_interview_not_begun_leads_to_its_room(self) -> None:
        made = summary(status=Status.SCHEDULED, answers=0)
        assert rows([made], time_zone="UTC", today=TODAY)[0].address == f"/practice/{made.id}"
        made = summary()
        assert rows([made], time_zone="UTC", today=TODAY)[0].address == f"/history/{made.id}"

    def test_the_date_is_that_of_the_reader(self) -> None:
        late = summary(created_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
        assert rows([late], time_zone="UTC", today=TODAY)[0].date == "Sun, Mar 1"
        assert rows([late], time_zone="Asia/Tokyo", today=TODAY)[0].date == "Mon, Mar 2"

    def test_another_year_is_named(self) -> None:
        old = summary(created_at=datetime(2024, 12, 24, 9, tzinfo=UTC))
        assert rows([old], time_zone="UTC", today=TODAY)[0].date == "December 24, 2024"


class TestStateOf:
    @pytest.mark.parametrize(
        ("newest", "said"),
        [
            ([], "You have not practised yet"),
            ([summary(ready=True, score=71.2)], "ready: 71.2 of 100"),
            ([summary(ready=True)], "is ready."),
            ([summary()], "is being analysed"),
            ([summary(status=Status.PAUSED)], "is not finished"),
            ([summary(answers=0)], "no answers"),
            ([summary(status=Status.SCHEDULED, answers=0)], "has not begun"),
            ([summary(status=Status.SCHEDULED, answers=0), summary(ready=True)], "is ready."),
            ([summary(status=Status.CANCELLED, answers=0), summary(ready=True)], "is ready."),
            ([summary(status=Status.CANCELLED, answers=0)], "You have not practised yet"),
        ],
    )
    def test_is_one_true_sentence(self, newest: list[InterviewSummary], said: str) -> None:
        assert said in state_of(newest)
