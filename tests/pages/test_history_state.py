"""What a principal is shown of what they look for, on a real database."""

import pytest

from intervi.database import transaction
from intervi.interviews.history import Search
from intervi.pages.history.state import read
from tests.e2e import seed
from tests.interviews.test_service import a_user
from tests.reports_made import a_report

pytestmark = pytest.mark.usefixtures("servers")


async def test_the_page_asked_for_and_the_last_one_where_there_is_none() -> None:
    principal = await a_user()
    await seed.earlier_interviews(principal, [float(score) for score in range(21)])
    async with transaction() as session:
        first, beyond = [await read(session, principal, Search(page=page)) for page in (1, 9)]
    assert (len(first.lines), first.lines[0].row.score, first.lines[0].row.change) == (20, "20.0", "1.0 higher")
    assert (len(beyond.lines), beyond.place, beyond.lines[0].row.change) == (1, "Page 2 of 2", "")


async def test_words_that_were_found_are_marked() -> None:
    principal = await a_user()
    await a_report(principal)
    async with transaction() as session:
        page = await read(session, principal, Search(words="disagreeing"))
    assert ("disagree", True) in [(piece.text, piece.is_found) for piece in page.lines[0].passage]


async def test_nothing_of_anybody_else() -> None:
    hers = await a_user("eve@example.com")
    await a_report(hers)
    principal = await a_user()
    async with transaction() as session:
        for search in (Search(), Search(words="disagree")):
            page = await read(session, principal, search)
            assert (page.lines, page.domains) == ([], [])
