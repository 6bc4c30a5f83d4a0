"""The pages in a real browser: the doors, the overview, the diary and the report, for eyes, keyboards and screen readers."""

import contextlib
import re
from collections.abc import Awaitable, Callable

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response, WebSocket, expect
from sqlmodel import select

from intervi import events
from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.database import transaction
from intervi.interviews.models import Exchange, Interview
from tests.e2e import seed
from tests.e2e.conftest import PASSWORD, Enter, Person

pytestmark = pytest.mark.e2e

FIRST_LOAD_BYTES = 400 * 1024
"""Everything but pictures and recordings, as compressed as it came."""
LOADED_WHEN_NEEDED = ("player", "recorder", "landmarks", "mediapipe")
"""In the names of scripts that only answering and reports need."""


async def signed_out(enter: Enter, **how: object) -> Person:
    person = await enter(**how)
    await person.context.clear_cookies()
    return person


async def fill_in(page: Page, **values: str) -> None:
    for name, value in values.items():
        await page.locator(f"#{name}").fill(value)


class TestDoors:
    async def test_register_sign_out_and_sign_in_again(self, enter: Enter) -> None:
        person = await signed_out(enter)
        page = person.page
        await page.goto("/")
        await page.get_by_role("main").get_by_role("link", name="Create an account").click()
        await fill_in(page, firstName="Mara", email="mara@example.com", password=PASSWORD)
        await page.get_by_role("button", name="Create the account").click()
        await expect(page.get_by_role("heading", name="Hello, Mara")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Practise the interview before the interview.")
        await page.goto("/dashboard")
        await page.wait_for_url("**/sign-in?next=/dashboard")
        await fill_in(page, email="Mara@Example.com", password=PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Hello, Mara")).to_be_visible()
        assert person.problems == []

    async def test_who_signs_in_next_is_sent_nothing_of_who_signed_out(self, enter: Enter) -> None:
        person = await enter()
        made = await seed.full_interview(Principal(person.user_id))
        page, received = person.page, list[str]()

        def keep(frame: str | bytes) -> None:
            received.append(str(frame))

        await page.goto(f"/history/{made.id}")
        await expect(page.get_by_role("heading", name=seed.QUESTION)).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Practise the interview before the interview.")

        def listen(socket: WebSocket) -> None:
            socket.on("framereceived", keep)

        page.on("websocket", listen)
        await page.goto("/register")
        await fill_in(page, email="next@example.com", password=PASSWORD)
        await page.get_by_role("button", name="Create the account").click()
        await expect(page.get_by_text("You have not practised yet")).to_be_visible()
        assert any("You have not practised yet" in frame for frame in received)
        assert not any(str(made.id) in frame for frame in received)

    async def test_each_field_says_what_is_wrong_and_nothing_moves(self, enter: Enter) -> None:
        page = (await signed_out(enter)).page
        await page.goto("/register")
        button = page.get_by_role("button", name="Create the account")
        before = await button.bounding_box()
        await fill_in(page, email="not an address", password="password1")
        await button.click()
        for field in ("email", "password"):
            await expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
            await expect(page.locator(f"#{field}-hint")).not_to_be_empty()
        await expect(page.locator("#email")).to_be_focused()
        after = await button.bounding_box()
        assert before
        assert after
        assert abs(before["y"] - after["y"]) <= 20, "the error pushed the form away by more than its own second line"

    async def test_the_password_can_be_looked_at(self, enter: Enter) -> None:
        page = (await signed_out(enter)).page
        await page.goto("/sign-in")
        await fill_in(page, password="what I typed")
        await page.get_by_role("button", name="Show the password").click()
        await expect(page.locator("#password")).to_have_attribute("type", "text")
        await page.get_by_role("button", name="Show the password").click()
        await expect(page.locator("#password")).to_have_attribute("type", "password")

    async def test_a_wrong_password_is_refused_in_words(self, enter: Enter) -> None:
        page = (await signed_out(enter)).page
        await page.goto("/sign-in")
        await fill_in(page, email="nobody@example.com", password="something else")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")

    @pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example/", "/%5Cevil.example"])
    async def test_signing_in_never_leads_to_a_foreign_site(self, enter: Enter, onward: str) -> None:
        person = await enter()
        await person.page.goto(f"/sign-in?next={onward}")
        await person.page.wait_for_url("**/dashboard")

    @pytest.mark.parametrize(
        "address",
        [
            "/dashboard",
            "/achievements",
            "/history",
            "/history/compare",
            "/history/01a1fd1e-d671-8a9f-8000-000a53553085",
            "/practice",
            "/schedule",
            "/settings",
        ],
    )
    async def test_private_pages_ask_who_it_is_and_lead_back(self, enter: Enter, address: str) -> None:
        page = (await signed_out(enter)).page
        await page.goto(address)
        await page.wait_for_url(f"**/sign-in?next={address}")

    async def test_a_login_that_ended_elsewhere_ends_here(self, enter: Enter) -> None:
        person = await enter()
        await person.page.goto("/history")
        await expect(person.page.get_by_text("Every interview you practise")).to_be_visible()
        answer = await person.context.request.post("/api/auth/logout", headers={"Origin": _origin(person.page)})
        assert answer.status == 204
        # The page may hear of it and leave by itself before it can be clicked; either way it leads to the sign-in.
        with contextlib.suppress(PlaywrightError):
            await person.page.get_by_role("link", name="Overview").click(timeout=5_000)
        await person.page.wait_for_url(re.compile(r"/sign-in\?next=/(dashboard|history)"))


def _origin(page: Page) -> str:
    found = re.match(r"https?://[^/]+", page.url)
    assert found
    return found.group()


class TestSample:
    async def test_a_whole_report_plays_without_an_account(self, enter: Enter) -> None:
        person = await signed_out(enter)
        page = person.page
        await page.goto("/")
        await page.get_by_role("link", name="Read a whole sample report").click()
        await expect(page.get_by_text("nobody's data")).to_be_visible()
        await page.locator("[data-play]").first.click()
        await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="Correct the words")).to_have_count(0)
        assert person.problems == []


class TestOverview:
    async def test_a_newcomer_is_shown_the_first_step(self, enter: Enter) -> None:
        page = (await enter()).page
        await page.goto("/dashboard")
        await expect(page.get_by_text("You have not practised yet")).to_be_visible()
        await page.get_by_role("link", name="Practise your first interview").click()
        await page.wait_for_url("**/practice")

    async def test_scores_and_recent_interviews(self, enter: Enter) -> None:
        person = await enter()
        await seed.earlier_interviews(Principal(person.user_id), [40.0, 52.5, 61.0])
        await person.page.goto("/dashboard")
        await expect(person.page.get_by_text("From 40.0 to 61.0 over 3 interviews")).to_be_visible()
        await expect(person.page.locator(".diary-row")).to_have_count(3)
        await expect(person.page.locator(".diary-score").first).to_contain_text("8.5 higher")

    async def test_a_status_changes_while_one_looks(self, enter: Enter) -> None:
        person = await enter()
        made = await seed.working_interview(Principal(person.user_id))
        await person.page.goto("/dashboard")
        await expect(person.page.locator(".chip")).to_have_text("Being analysed")
        async with transaction() as session:
            kept = await session.get_one(type(made), made.id)
            kept.report, kept.measured_score = _empty_report(), 55.0
            kept.reported_at = kept.ended_at
            session.add(kept)
        await events.publish(person.user_id, "report", interview_id=made.id)
        await expect(person.page.locator(".chip")).to_have_text("Report ready")


def _empty_report() -> dict[str, object]:
    none = {"value": {"reason": "no_words"}, "parts": []}
    names = ("content", "structure", "delivery", "presence", "overall")
    return {"version": 1, "scores": {name: {"name": name, **none} for name in names}, "answers": []}


class TestHistory:
    async def test_pages_of_twenty_newest_first(self, enter: Enter) -> None:
        person = await enter()
        await seed.earlier_interviews(Principal(person.user_id), [float(score) for score in range(21)])
        page = person.page
        await page.goto("/history")
        await expect(page.locator("tbody tr")).to_have_count(20)
        await expect(page.locator(".diary-score").first).to_contain_text("20.0")
        await page.get_by_role("link", name="Next page").click()
        await expect(page.get_by_text("Page 2 of 2")).to_be_visible()
        await expect(page.locator("tbody tr")).to_have_count(1)

    async def test_what_is_looked_for_stands_in_the_address(self, enter: Enter) -> None:
        person = await enter()
        await seed.earlier_interviews(Principal(person.user_id), [30.0, 52.5, 61.0])
        page, rows = person.page, person.page.locator("tbody tr")
        await page.goto("/history")
        await expect(rows).to_have_count(3)
        await page.get_by_role("combobox", name=re.compile("^Score")).select_option("40 to 60")
        await expect(rows).to_have_count(1)
        await page.get_by_role("searchbox").fill("debugging")
        await page.keyboard.press("Enter")
        await expect(page.locator("mark").first).to_have_text("debug")
        await expect(page).to_have_url(re.compile("words=debugging&score_from=40&score_below=60"))
        await page.reload()
        await expect(rows).to_have_count(1)
        await page.go_back()
        await expect(page.locator("mark")).to_have_count(0)
        await page.go_back()
        await expect(rows).to_have_count(3)
        assert person.problems == []

    async def test_a_deletion_can_be_taken_back(self, enter: Enter) -> None:
        person = await enter()
        await seed.earlier_interviews(Principal(person.user_id), [30.0, 52.5])
        page, rows = person.page, person.page.locator("tbody tr")
        await page.goto("/history")
        await page.get_by_role("button", name=re.compile("Delete: ")).first.click()
        await expect(rows).to_have_count(1)
        await page.get_by_role("button", name="Undo").click()
        await expect(rows).to_have_count(2)
        async with transaction() as session:
            kept = list(await session.exec(select(Interview).where(Interview.user_id == person.user_id)))
        assert [each.deletes_at for each in kept] == [None, None]

    async def test_two_side_by_side(self, enter: Enter) -> None:
        person, other = await enter(), await enter()
        for _time in range(2):
            await seed.full_interview(Principal(person.user_id))
        page = person.page
        await page.goto("/history")
        for place in range(2):
            # The server has the ticks, so one shows a moment after the click: no check(), which looks at once.
            await page.get_by_role("checkbox").nth(place).click()
            await expect(page.get_by_role("checkbox", checked=True)).to_have_count(place + 1)
        await page.get_by_role("link", name="Compare the two").click()
        await expect(page.get_by_text("The overall score is the same")).to_be_visible()
        await expect(page.get_by_role("heading", name=seed.QUESTION)).to_be_visible()
        await other.page.goto(page.url)
        await expect(other.page.get_by_role("heading", name="There is nothing here")).to_be_visible()

    async def test_nobody_sees_the_interviews_of_another(self, enter: Enter) -> None:
        owner, other = await enter(), await enter()
        made = await seed.full_interview(Principal(owner.user_id))
        await other.page.goto("/history")
        await expect(other.page.get_by_text("Every interview you practise")).to_be_visible()
        await other.page.goto(f"/history/{made.id}")
        await expect(other.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        assert seed.QUESTION not in await other.page.content()


class TestReport:
    async def opened(
        self, enter: Enter, make: Callable[[Principal], Awaitable[object]] = seed.full_interview
    ) -> Person:
        person = await enter()
        made = await make(Principal(person.user_id))
        await person.page.goto(f"/history/{made.id}")
        await expect(person.page.get_by_role("heading", name=seed.QUESTION)).to_be_visible()
        return person

    async def test_the_sum_that_is_shown_is_right(self, enter: Enter) -> None:
        page = (await self.opened(enter)).page
        table = page.locator(".report-first table")
        points = [float(text) for text in await table.locator("tbody tr td:last-child").all_inner_texts()]
        total = float(await table.locator("tfoot td").inner_text())
        assert sum(points) == pytest.approx(total)
        assert float(await page.locator(".score-number").inner_text()) == total

    async def test_a_moment_plays_where_it_is(self, enter: Enter) -> None:
        person = await self.opened(enter)
        page = person.page
        button = page.locator(".tasks [data-play]").nth(1)
        _answer, start, end = (await button.get_attribute("data-play") or "").split(":")
        # A moment of a second may be over before anybody looks: the page itself notes when it began and when it stopped.
        await page.evaluate("""() => {
          window.played = {};
          for (const kind of ["playing", "pause"])
            document.addEventListener(kind, (event) => { window.played[kind] ??= event.target.currentTime; }, true);
        }""")
        await button.click()
        await page.wait_for_function("() => window.played.playing !== undefined && window.played.pause !== undefined")
        played = await page.evaluate("window.played")
        assert float(start) - 0.1 <= played["playing"] <= float(end) + 0.5
        assert played["pause"] == pytest.approx(float(end), abs=0.5)
        await expect(page.locator(".transport").get_by_role("button", name="Play", exact=True)).to_be_visible()
        assert person.problems == []

    async def test_a_click_on_a_word_plays_from_there_and_marks_it(self, enter: Enter) -> None:
        page = (await self.opened(enter)).page
        word = page.locator(".transcript-word", has_text="compared").first
        start = float(await word.get_attribute("data-start") or "nan")
        await word.click()
        await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
        await expect(page.locator(".transcript-word[data-now]")).to_have_count(1)
        at = await page.evaluate("document.querySelector('video').currentTime")
        assert start - 0.1 <= at <= start + 2
        first = page.locator(".answer").first
        await expect(first.locator(".transcript-filler")).to_have_count(3)  # two of them, and the legend

    async def test_each_answer_has_its_recording(self, enter: Enter) -> None:
        page = (await self.opened(enter)).page
        video = page.locator("video")
        await expect(video).to_have_attribute("src", re.compile("^/media/"))
        first = await video.get_attribute("src")
        await page.get_by_role("button", name="Answer 2").click()
        await expect(video).not_to_have_attribute("src", str(first))
        await expect(video).to_have_attribute("aria-label", "Answer 2")

    async def test_a_rough_transcript_can_be_corrected(self, enter: Enter) -> None:
        person = await self.opened(enter)
        second = person.page.locator("#q2")
        await expect(second.get_by_text("rough", exact=True)).to_be_visible()
        await second.get_by_role("button", name="Correct the words").click()
        await second.get_by_role("textbox").fill("   ")
        await second.get_by_role("button", name="Use these words").click()
        await expect(person.page.get_by_role("alert")).to_have_text("Please write what you said.")
        await second.get_by_role("textbox").fill("I would test the migration first.")
        await second.get_by_role("button", name="Use these words").click()
        await expect(second.get_by_text("corrected by you")).to_be_visible()
        async with transaction() as session:
            kept = (await session.exec(select(Exchange).where(Exchange.position == 2))).one()
            analysis = (await session.exec(select(Analysis).where(Analysis.exchange_id == kept.id))).one()
        assert kept.corrected_transcript == "I would test the migration first."
        assert analysis.status == WorkStatus.RUNNING

    async def test_stages_fill_while_one_looks(self, enter: Enter) -> None:
        person = await self.opened(enter, seed.working_interview)
        stage = person.page.locator("#q1 .stage", has_text="Read what was said")
        await expect(stage).to_contain_text("at work")
        async with transaction() as session:
            asked = (await session.exec(select(Exchange).where(Exchange.position == 1))).one()
            analysis = (await session.exec(select(Analysis).where(Analysis.exchange_id == asked.id))).one()
            row = await session.get_one(AnalysisStage, (analysis.id, Stage.LANGUAGE))
            row.status, row.summary = WorkStatus.DONE, {"points": 5, "covered": 4}
            session.add(row)
        await events.publish(person.user_id, "analysis", interview_id=asked.interview_id, exchange_id=asked.id)
        await expect(stage).to_contain_text("4 of 5 points of a good answer")

    async def test_what_failed_is_tried_again(self, enter: Enter) -> None:
        person = await self.opened(enter, seed.working_interview)
        second = person.page.locator("#q2")
        await expect(second.get_by_text("This step took too long.")).to_be_visible()
        await second.get_by_role("button", name="Try again").click()
        await expect(second.get_by_text("This step took too long.")).to_be_hidden()
        async with transaction() as session:
            asked = (await session.exec(select(Exchange).where(Exchange.position == 2))).one()
            analysis = (await session.exec(select(Analysis).where(Analysis.exchange_id == asked.id))).one()
            statuses = {
                row.stage: row.status
                for row in await session.exec(select(AnalysisStage).where(AnalysisStage.analysis_id == analysis.id))
            }
        assert statuses[Stage.VISION] == WorkStatus.WAITING
        assert statuses[Stage.TRANSCRIBE] == WorkStatus.DONE


class TestEverywhere:
    @pytest.mark.parametrize("mode", ["light", "dark"])
    @pytest.mark.parametrize("width", [360, 1440])
    async def test_accessible_and_within_the_window(self, enter: Enter, mode: str, width: int) -> None:
        person = await enter(size=(width, 900))
        page, principal = person.page, Principal(person.user_id)
        await page.emulate_media(color_scheme=mode, reduced_motion="reduce")
        empty = ["/dashboard", "/achievements", "/history", "/practice", "/design", "/nowhere"]
        await self._check(page, empty)
        whole, working = await seed.full_interview(principal), await seed.working_interview(principal)
        await self._check(page, ["/dashboard", "/history", f"/history/{whole.id}", f"/history/{working.id}"])
        await person.context.clear_cookies()
        await self._check(await person.context.new_page(), ["/", "/sample", "/sign-in", "/register"])
        assert person.problems == []

    async def _check(self, page: Page, addresses: list[str]) -> None:
        for address in addresses:
            await page.goto(address)
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            await page.wait_for_load_state("networkidle")
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
            beyond = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert beyond <= 0, f"{address} is {beyond} px wider than the window"

    async def test_the_theme_is_the_visitors_choice_and_stays(self, enter: Enter) -> None:
        page = (await signed_out(enter)).page
        await page.emulate_media(color_scheme="light")
        await page.goto("/")
        await expect(page.locator("html")).to_have_class("light")
        await page.get_by_role("button", name="Switch between light and dark").click()
        await expect(page.locator("html")).to_have_class("dark")
        await page.reload()
        await expect(page.locator("html")).to_have_class("dark")

    async def test_by_keyboard_the_content_is_one_key_away(self, enter: Enter) -> None:
        page = (await signed_out(enter)).page
        await page.goto("/sign-in")
        await page.wait_for_load_state("networkidle")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("main")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator("#email")).to_be_focused()

    @pytest.mark.parametrize("address", ["/", "/dashboard"])
    async def test_the_first_load_is_light(self, enter: Enter, address: str) -> None:
        person = await enter()
        if address == "/":
            await person.context.clear_cookies()
        answers: list[Response] = []

        def note(answer: Response) -> None:
            answers.append(answer)

        person.page.on("response", note)
        await person.page.goto(address)
        await expect(person.page.get_by_role("heading", level=1)).to_be_visible()
        await person.page.wait_for_load_state("networkidle")
        kept = [each for each in answers if each.request.resource_type not in {"image", "media"}]
        scripts = [each.url.rpartition("/")[2] for each in kept if each.url.endswith(".js")]
        assert scripts
        assert [name for name in scripts if any(part in name.lower() for part in LOADED_WHEN_NEEDED)] == []
        assert sum([(await each.request.sizes())["responseBodySize"] for each in kept]) < FIRST_LOAD_BYTES
        foreign = [each.url for each in answers if not each.url.startswith((_origin(person.page), "data:", "blob:"))]
        assert foreign == []
