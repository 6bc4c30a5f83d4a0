"""Two interviews side by side."""

import pytest

from intervi.analysis import comparison
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict, NotFound
from intervi.pages.comparison.view import shown
from tests.e2e import seed
from tests.interviews.test_service import a_user, an_interview
from tests.reports_made import a_report

pytestmark = pytest.mark.usefixtures("servers")


SAID = " ".join(part for part in seed.SAID if isinstance(part, str))


async def test_what_changed_the_earlier_first_whatever_is_asked_for_first() -> None:
    principal = await a_user()
    short = await a_report(principal, "I would ask.")
    whole = await a_report(principal, SAID)
    async with transaction() as session:
        found = await comparison.compare(session, principal, whole, short)
    assert (found.before.interview.id, found.after.interview.id) == (short, whole)
    assert found.overall.change is not None
    assert found.overall.change == found.after.interview.score - found.before.interview.score  # type: ignore[operator]
    assert [pair.name for pair in found.parts] == ["content", "structure", "delivery", "presence"]
    assert found.parts[2].change is None  # in writing: nothing was measured
    (question,) = found.questions
    assert question.numbers == (1, 1)
    assert question.overall.change == pytest.approx(found.overall.change)
    assert question.overall.change > 0


async def test_the_page_says_it_in_words() -> None:
    principal = await a_user()
    short, whole = await a_report(principal, "I would ask."), await a_report(principal, SAID)
    async with transaction() as session:
        found = await comparison.compare(session, principal, short, whole)
    page = shown(found, time_zone="UTC", today=now())
    assert page.sentence.startswith("The overall score rose by ")
    assert [line.label for line in page.scores] == ["Overall score", "Content", "Structure", "Delivery", "Presence"]
    assert (page.scores[3].before, page.scores[3].change) == ("not measured", "")
    assert page.questions[0].after_address == f"/history/{whole}#q1"


class TestRefused:
    async def test_with_itself_or_without_a_report(self) -> None:
        principal = await a_user()
        one, running = await a_report(principal), await an_interview(principal)
        for other in (one, running.id):
            with pytest.raises(Conflict):
                async with transaction() as session:
                    await comparison.compare(session, principal, one, other)

    async def test_with_anothers(self) -> None:
        principal = await a_user()
        mine, hers = await a_report(principal), await a_report(await a_user("eve@example.com"))
        for pair in ((mine, hers), (hers, mine)):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await comparison.compare(session, principal, *pair)
