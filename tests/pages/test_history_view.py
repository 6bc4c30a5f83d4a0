"""What the history shows of what was looked for and found."""

from dataclasses import replace
from datetime import date

import pytest

from intervi.analysis.search import Passage
from intervi.interviews.filter import Order, Standing
from intervi.interviews.history import HistoryPage, Search
from intervi.pages.history.view import Shown, in_band, shown
from tests.pages.test_diary import TODAY, summary

DOMAINS = [("Falconry", "Falconry"), ("sales", "Sales")]


def page_of(search: Search, *, total: int = 1, number: int = 1) -> Shown:
    made = summary(ready=True, score=70.0, seconds=1152.0)
    found = HistoryPage(interviews=[made], number=number, size=20, total=total)
    passages = {made.id: Passage(1, (("a ", False), ("pool", True)))}
    return shown(search, found, passages, DOMAINS, time_zone="UTC", today=TODAY)


class TestChips:
    def test_nothing_is_on(self) -> None:
        assert page_of(Search(order=Order.BEST, page=2)).chips == []

    def test_each_says_what_it_is_and_leads_to_the_list_without_it(self) -> None:
        search = Search(
            words="pool",
            domain="sales",
            kind="mixed",
            difficulty="mid",
            status=Standing.READY,
            since=date(2026, 3, 1),
            score_from=40,
            score_below=60,
            page=3,
        )
        chips = page_of(search).chips
        assert [chip.label for chip in chips] == [
            "“pool”",
            "Sales",
            "A mix of everything",
            "Mid-level",
            "Report ready",
            "Score 40 to 60",
            "since Sun, Mar 1, 2026",
        ]
        assert chips[1].without == replace(search, domain="", page=1).address("/history")
        assert chips[5].without == replace(search, score_from=None, score_below=None, page=1).address("/history")

    def test_what_an_address_asks_for_can_be_seen_in_its_filter_even_if_it_is_none_of_ours(self) -> None:
        page = page_of(Search(domain="Astrology", score_from=33))
        assert [choice.value for choice in page.domains] == ["Falconry", "sales", "Astrology"]
        assert page.bands[-1].value == page.band == "33-"


class TestBands:
    @pytest.mark.parametrize(
        ("band", "bounds"),
        [("", (None, None)), ("-40", (None, 40)), ("40-60", (40, 60)), ("80-", (80, None)), ("x-999", (None, None))],
    )
    def test_are_bounds(self, band: str, bounds: tuple[int | None, int | None]) -> None:
        found = in_band(Search(score_from=1, score_below=2), band)
        assert (found.score_from, found.score_below) == bounds


class TestPages:
    def test_keep_what_is_looked_for(self) -> None:
        page = page_of(Search(kind="technical", page=2), total=45, number=2)
        assert (page.newer, page.older) == ("/history?kind=technical", "/history?kind=technical&page=3")
        assert page.place == "Page 2 of 3"
        assert page.csv == "/api/history.csv?kind=technical"
        assert page.found == "45 interviews found"

    def test_of_one_there_are_none(self) -> None:
        page = page_of(Search())
        assert (page.place, page.newer, page.older, page.found) == ("", "", "", "1 interview")


def test_a_row_has_its_length_and_the_passage_that_was_found() -> None:
    (line,) = page_of(Search(words="pool")).lines
    assert line.held == "19:12"
    assert line.can_be_compared
    assert [(piece.text, piece.is_found) for piece in line.passage] == [("a ", False), ("pool", True)]
