"""What the overview says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from intervi.coaching.next_practice import Suggestion
from intervi.ids import new_id
from intervi.interviews.scores import DomainProgress, Scored, Upcoming
from intervi.pages.dashboard import view
from intervi.progress import rules
from intervi.progress.repository import DayTotal
from intervi.progress.service import Standing
from intervi.questions.levels import Level, Skill, SkillLevel

TODAY = datetime(2026, 3, 4, 12, tzinfo=UTC)
ZONE = {"time_zone": "Europe/Berlin", "today": TODAY}


def scored(overall: float, *, content: float | None = None, presence: float | None = None) -> Scored:
    return Scored(new_id(), TODAY - timedelta(days=1), overall, content, None, None, presence)


class TestAction:
    @pytest.mark.parametrize(
        ("suggestion", "label", "address", "reason"),
        [
            (
                Suggestion("weakest_type", "behavioral", "", 6, 54.25, 67.8),
                "Practise behavioural questions: 10 minutes",
                "/practice?kind=behavioral&minutes=10",
                "Your weakest: your last 6 answers to such questions average 54.2, all others 67.8.",
            ),
            (
                Suggestion("weakest_domain", "", "sales", 2, 40.0, 60.0),
                "Practise Sales: 10 minutes",
                "/practice?kind=mixed&minutes=10&domain=sales",
                "Your weakest: your last 2 answers in it average 40.0, all others 60.0.",
            ),
            (
                Suggestion("new_type", "cultural"),
                "Try questions on culture and values: 10 minutes",
                "/practice?kind=cultural&minutes=10",
                "You have not answered any of these yet.",
            ),
            (
                Suggestion("level"),
                "Practise a mix of everything: 10 minutes",
                "/practice?kind=mixed&minutes=10",
                "No kind of question stands out as weaker than the others.",
            ),
        ],
    )
    def test_says_what_and_why_and_leads_there(
        self, suggestion: Suggestion, label: str, address: str, reason: str
    ) -> None:
        assert view.action(suggestion) == view.Action(label, address, reason)


class TestTrend:
    @pytest.mark.parametrize("scores", [[], [scored(50.0)]])
    def test_too_few_scores_make_no_trend(self, scores: list[Scored]) -> None:
        assert view.trend_view(scores, **ZONE) == view.TrendView()

    def test_shows_the_parts_that_were_measured(self) -> None:
        shown = view.trend_view([scored(40, content=38.5), scored(52, content=50), scored(61)], **ZONE)
        assert shown.summary == "From 40.0 to 61.0 over 3 interviews"
        assert shown.target.label == "Target: 65 and more"
        assert [(line.name, line.last) for line in shown.parts] == [("content", "50.0")]
        assert [dot.label for dot in shown.dots] == ["Tue, Mar 3: 40.0", "Tue, Mar 3: 52.0", "Tue, Mar 3: 61.0"]

    def test_in_figures_the_newest_comes_first_and_nothing_is_made_up(self) -> None:
        shown = view.trend_view([scored(40, content=38.5), scored(61)], **ZONE)
        assert [row.overall for row in shown.rows] == ["61.0", "40.0"]
        assert shown.rows[0].parts == ("not measured",) * 4
        assert shown.rows[1].parts == ("38.5", "not measured", "not measured", "not measured")


class TestPractice:
    def standing(self, **fields: object) -> Standing:
        today = date(2026, 3, 4)
        days = {today - timedelta(days=back): DayTotal(today, 60, 1) for back in (0, 2)}
        given = {"is_on": True, "today": today, "weekly_goal": 3, "days": days}
        return Standing(**given | fields)

    def test_is_empty_while_switched_off(self) -> None:
        assert view.practice(self.standing(is_on=False)) == view.Practice()

    @pytest.mark.parametrize(
        ("done", "said"),
        [
            (0, "3 more days of practice reach this week's goal."),
            (2, "1 more day of practice reaches this week's goal."),
            (3, "Your goal of 3 days this week is reached."),
            (5, "Your goal of 3 days this week is reached."),
        ],
    )
    def test_says_how_far_the_goal_is(self, done: int, said: str) -> None:
        shown = view.practice(self.standing(days_this_week=done))
        assert (shown.goal, shown.ring_figure) == (said, f"{done}/3")
        assert sum(arc.is_done for arc in shown.ring) == min(3, done)

    def test_says_streak_and_freezes(self) -> None:
        shown = view.practice(self.standing(current_streak=5, best_streak=12, freezes_left=1))
        assert (shown.streak, shown.streak_note) == ("A streak of 5 days", "best 12 · 1 freeze at hand")
        assert view.practice(self.standing()).streak == "No streak yet"

    def test_counts_what_the_calendar_shows(self) -> None:
        shown = view.practice(self.standing())
        assert shown.calendar_summary == "The last 26 weeks: 2 days of practice, 1 covered by freezes"
        assert shown.weeks[-1].days[1].label == "Tue, Mar 3, 2026: covered by a freeze"
        assert shown.weeks[-1].days[2].label == "Wed, Mar 4, 2026: 1 interview"

    def test_says_how_far_the_next_level_is(self) -> None:
        shown = view.practice(self.standing(experience_points=250, level=rules.level(250)))
        assert (shown.level, shown.points, shown.points_to_go) == ("Level 2", "250 points", "50 points to level 3")
        assert shown.level_share == "75%"


class TestDomains:
    def test_are_bars_with_their_last_change(self) -> None:
        rows = view.domain_rows([DomainProgress("Sales", 2, 61.25, -4.0), DomainProgress("", 1, 30, None)])
        assert [(row.title, row.level, row.share, row.interviews, row.change) for row in rows] == [
            ("Sales", "61.2", "61.2%", "2 interviews", "4.0 lower"),
            ("No field", "30.0", "30.0%", "1 interview", ""),
        ]


class TestAppointment:
    def test_is_the_soonest_in_the_readers_zone(self) -> None:
        soonest = Upcoming(new_id(), TODAY + timedelta(days=1), "sales", "", "")
        shown = view.appointment([soonest], **ZONE)
        assert shown.text.replace("\u202f", " ") == "Thu, Mar 5, 1:00 PM · Sales"
        assert shown.address == f"/practice/{soonest.interview_id}"
        assert view.appointment([], **ZONE) == view.Appointment()

    def test_does_not_turn_with_what_somebody_wrote(self) -> None:
        shown = view.appointment([Upcoming(new_id(), TODAY, None, "\u202eab", "")], **ZONE)
        assert shown.text.endswith("\u2068\u202eab\u2069")


class TestLevels:
    def test_says_what_is_expected_how_sure_it_is_and_what_changed(self) -> None:
        sales = SkillLevel(Skill("sales", "situational"), Level(0.0, 0.5, 12), Level(-1.0, 0.5, 4))
        first = SkillLevel(Skill("software-dev", "technical"), Level(-1.0, 0.9, 1), None)
        same = SkillLevel(Skill("sales", "technical"), Level(-1.1, 0.7, 3), Level(-1.0, 0.7, 3))
        one, two, three = view.level_rows([sales, first, same])
        assert (one.title, one.expected, one.mark) == ("Sales · Situational", "50", "50.0%")
        assert (one.sure, one.change) == ("likely 27 to 73, from 12 answers", "23.1 higher than 30 days ago")
        assert (one.start, one.width) == ("27.3%", "45.4%")
        assert (two.title, two.sure, two.change) == (
            "Software Engineering · Technical",
            "likely 6 to 68, from 1 answer",
            "",
        )
        assert three.change == "no clear change in 30 days"

    def test_shows_the_best_known_ones(self) -> None:
        kinds = [f"kind {number}" for number in range(9)]
        found = [
            SkillLevel(Skill("sales", kind), Level(0.0, 1 - place / 10, 1), None) for place, kind in enumerate(kinds)
        ]
        assert [row.title for row in view.level_rows(found)] == [f"Sales · {kind}" for kind in kinds[3:]]
