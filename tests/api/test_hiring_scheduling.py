"""The hiring contract's scheduling, health and metrics: every example of the published document, then every settled detail."""

import asyncio
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from icalendar import Calendar
from prometheus_client.parser import text_string_to_metric_families

from intervi.analysis import queue
from intervi.settings import REPOSITORY_ROOT, settings
from tests.api.people import stranger_to
from tests.api.test_hiring_interviews import BASE, an_interview, enveloped, refused, user_id_of
from tests.worker_processes import a_worker

EXAMPLE = {
    "candidateId": "candidate456",
    "interviewers": ["interviewer1", "interviewer2"],
    "duration": 60,
    "preferredTimes": [{"start": "2024-01-15T09:00:00Z", "end": "2024-01-15T17:00:00Z"}],
    "timezone": "America/New_York",
}


async def booked(caller: httpx.AsyncClient, **fields: Any) -> Any:
    return enveloped(await caller.post(f"{BASE}/scheduling/schedule", json={**EXAMPLE, **fields}), 201)


class TestExamples:
    async def test_schedule(self, alice: httpx.AsyncClient) -> None:
        made = await booked(alice)
        assert set(made) == {"interviewId", "status", "scheduledAt", "duration", "timezone", "meetingUrl"}
        assert re.fullmatch(r"interview-[0-9a-f]{24}", made["interviewId"])
        # Nine o'clock in New York.
        assert (made["status"], made["scheduledAt"]) == ("scheduled", "2024-01-15T14:00:00.000Z")
        assert (made["duration"], made["timezone"]) == (60, "America/New_York")

    async def test_availability(self, alice: httpx.AsyncClient) -> None:
        await booked(alice)
        query = {"userId": "interviewer1", "start": "2024-01-15", "end": "2024-01-15", "timezone": "America/New_York"}
        free = enveloped(await alice.get(f"{BASE}/scheduling/availability", params=query))
        assert free == {
            "userId": "interviewer1",
            "timezone": "America/New_York",
            "workingHours": {"start": "09:00", "end": "17:00"},
            "slots": [{"start": "2024-01-15T15:00:00.000Z", "end": "2024-01-15T22:00:00.000Z"}],
        }

    async def test_availability_of_ones_own_month(self, alice: httpx.AsyncClient) -> None:
        query = {"userId": user_id_of(alice), "start": "2024-01-01", "end": "2024-01-31"}
        free = enveloped(await alice.get(f"{BASE}/scheduling/availability", params=query))
        assert free["timezone"] == "UTC"
        assert len(free["slots"]) == 31
        assert free["slots"][-1] == {"start": "2024-01-31T09:00:00.000Z", "end": "2024-01-31T17:00:00.000Z"}

    async def test_reschedule(self, alice: httpx.AsyncClient) -> None:
        made = await booked(alice)
        path = f"{BASE}/scheduling/{made['interviewId']}/reschedule"
        moved = enveloped(await alice.put(path, json={"scheduledAt": "2024-01-16T15:00:00Z"}))
        assert moved == {**made, "scheduledAt": "2024-01-16T15:00:00.000Z"}

    async def test_cancel(self, alice: httpx.AsyncClient) -> None:
        made = await booked(alice)
        path = f"{BASE}/scheduling/{made['interviewId']}"
        assert enveloped(await alice.delete(path))["status"] == "cancelled"
        refused(await alice.delete(path), 409, "VALIDATION_ERROR")
        assert (await booked(alice))["scheduledAt"] == made["scheduledAt"]

    async def test_health(self, client: httpx.AsyncClient) -> None:
        body = (await client.get(f"{BASE}/health")).json()
        assert set(body) == {"status", "timestamp", "version", "uptime", "services"}
        assert set(body["services"]) == {"database", "redis", "workers"}

    async def test_metrics(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"{BASE}/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert list(text_string_to_metric_families(answer.text))


class TestScheduling:
    async def test_no_slot_is_409(self, alice: httpx.AsyncClient) -> None:
        short = [{"start": "2024-01-15T14:00:00Z", "end": "2024-01-15T15:00:00Z"}]
        await booked(alice, preferredTimes=short)
        answer = await alice.post(f"{BASE}/scheduling/schedule", json={**EXAMPLE, "preferredTimes": short})
        refused(answer, 409, "VALIDATION_ERROR")
        listed = enveloped(await alice.get(f"{BASE}/interviews"))
        assert listed["total"] == 1, "a refused booking leaves no interview"

    async def test_of_twenty_requests_for_one_slot_one_succeeds(self, alice: httpx.AsyncClient) -> None:
        one_hour = [{"start": "2024-01-15T14:00:00Z", "end": "2024-01-15T15:00:00Z"}]
        body = {**EXAMPLE, "preferredTimes": one_hour}
        answers = await asyncio.gather(*(alice.post(f"{BASE}/scheduling/schedule", json=body) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 19]

    async def test_an_interview_that_was_dated_counts_as_busy(self, alice: httpx.AsyncClient) -> None:
        await an_interview(alice, scheduledAt="2024-01-15T14:00:00Z", interviewers=["interviewer1"], duration=60)
        assert (await booked(alice))["scheduledAt"] == "2024-01-15T15:00:00.000Z"

    async def test_hours_of_ones_own(self, alice: httpx.AsyncClient) -> None:
        body = {
            "person": "interviewer2",
            "timezone": "Europe/London",
            "workingHours": {"start": "16:00", "end": "24:00"},
        }
        kept = enveloped(await alice.put(f"{BASE}/scheduling/availability", json=body))
        assert kept == {"userId": "interviewer2", "timezone": "Europe/London", "workingHours": body["workingHours"]}
        wide = [{"start": "2024-01-15T00:00:00Z", "end": "2024-01-16T00:00:00Z"}]
        assert (await booked(alice, preferredTimes=wide))["scheduledAt"] == "2024-01-15T16:00:00.000Z"

    async def test_another_users_id_is_403_and_ones_own_is_not(
        self, alice: httpx.AsyncClient, bob: httpx.AsyncClient
    ) -> None:
        answer = await bob.post("/api/auth/login", json={"email": "bob@example.com", "password": "SecurePass123!"})
        query = {"userId": answer.json()["userId"], "start": "2024-01-15", "end": "2024-01-15"}
        refused(await alice.get(f"{BASE}/scheduling/availability", params=query), 403, "FORBIDDEN")
        enveloped(await bob.get(f"{BASE}/scheduling/availability", params=query))

    @pytest.mark.parametrize(
        "fields",
        [
            {"preferredTimes": []},
            {"preferredTimes": [{"start": "2024-01-15T09:00:00Z"}]},
            {"preferredTimes": [{"start": "2024-01-15T09:00:00Z", "end": "2024-01-15T09:00:00Z"}]},
            {"preferredTimes": [{"start": "2024-01-15T09:00:00", "end": "2024-01-15T10:00:00"}]},
            {"timezone": "Mars/Olympus"},
            {"timezone": "../../etc/passwd"},
            {"interviewers": []},
            {"duration": 4},
            {"candidateId": ""},
            {"meetingUrl": "javascript:alert(1)"},
            {"meetingUrl": "meet.example.com"},
            {"meetingUrl": "https://bank.example@evil.example/"},
            {"meetingUrl": f"https://meet.example.com/{'ü' * 900}"},
            {"meetingUrl": None},
        ],
    )
    async def test_impossible_wishes_are_422(self, alice: httpx.AsyncClient, fields: dict[str, Any]) -> None:
        answer = await alice.post(f"{BASE}/scheduling/schedule", json={**EXAMPLE, **fields})
        refused(answer, 422, "VALIDATION_ERROR")

    async def test_a_person_named_twice_is_one(self, alice: httpx.AsyncClient) -> None:
        await booked(alice, interviewers=["interviewer1", "interviewer1", "candidate456"])

    async def test_a_meetings_address_stands_everywhere_in_the_place_of_the_room(
        self, alice: httpx.AsyncClient
    ) -> None:
        made = await booked(alice, meetingUrl="https://Meet.Example.com/room")
        url, path = "https://meet.example.com/room", f"{BASE}/interviews/{made['interviewId']}"
        assert made["meetingUrl"] == url
        assert enveloped(await alice.put(path, json={"duration": 30}))["meetingUrl"] == url
        refused(await alice.put(path, json={"meetingUrl": "ftp://x"}), 422, "VALIDATION_ERROR")
        assert enveloped(await alice.get(path))["meetingUrl"] == url
        assert "/practice/" in enveloped(await alice.put(path, json={"meetingUrl": ""}))["meetingUrl"]
        moving = path.replace("interviews", "scheduling") + "/reschedule"
        moved = {"scheduledAt": "2024-01-16T15:00:00Z", "meetingUrl": url}
        assert enveloped(await alice.put(moving, json=moved))["meetingUrl"] == url
        refused(await alice.put(moving, json={**moved, "meetingUrl": "ftp://x"}), 422, "VALIDATION_ERROR")
        direct = await an_interview(alice, meetingUrl=url)
        assert enveloped(await alice.get(f"{BASE}/interviews/{direct}"))["meetingUrl"] == url

    async def test_reschedule_asks_for_something(self, alice: httpx.AsyncClient) -> None:
        path = f"{BASE}/scheduling/{(await booked(alice))['interviewId']}/reschedule"
        refused(await alice.put(path, json={}), 422, "VALIDATION_ERROR")

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"start": "2024-01-15"},
            {"start": "x", "end": "y"},
            {"start": "1705276800", "end": "1705363200"},
            {"start": "2024-01-16", "end": "2024-01-15"},
            {"start": "2024-01-01", "end": "2025-06-01"},
        ],
    )
    async def test_days_that_are_none_are_422(self, alice: httpx.AsyncClient, query: dict[str, str]) -> None:
        refused(await alice.get(f"{BASE}/scheduling/availability", params=query), 422, "VALIDATION_ERROR")


class TestCalendar:
    async def test_a_calendar_program_reads_it(self, alice: httpx.AsyncClient) -> None:
        await an_interview(alice, scheduledAt="2030-01-15T10:00:00Z")
        answer = await alice.get(f"{BASE}/scheduling/calendar.ics")
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        [event] = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event.decoded("dtstart").isoformat() == "2030-01-15T10:00:00+00:00"

    async def test_a_key_that_is_none_of_ours_is_404(self, client: httpx.AsyncClient, alice: httpx.AsyncClient) -> None:
        for caller in (client, alice):
            refused(await caller.get(f"{BASE}/scheduling/calendar.ics", params={"key": "x"}), 404, "NOT_FOUND")


class TestHealth:
    async def test_it_tells_the_truth_about_workers(self, client: httpx.AsyncClient, servers: Path) -> None:
        answer = await client.get(f"{BASE}/health")
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert answer.json()["services"] == {
            "database": "connected",
            "redis": "connected",
            "workers": "no worker for live-transcription, media, speech-to-text",
        }
        with ExitStack() as stack:
            for kind in queue.KINDS:
                stack.enter_context(a_worker(kind, servers))
            for _ in range(600):
                answer = await client.get(f"{BASE}/health")
                if answer.json()["status"] == "ok":
                    break
                await asyncio.sleep(0.1)
            assert answer.json()["status"] == "ok"

    async def test_calls_to_it_cost_nothing(self, client: httpx.AsyncClient) -> None:
        left = [(await client.get(f"{BASE}/health")).headers["RateLimit-Remaining"] for _ in range(3)]
        assert len(set(left)) == 1


class TestMetrics:
    @staticmethod
    async def samples(client: httpx.AsyncClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        text = (await client.get(f"{BASE}/metrics")).text
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def test_requests_are_counted_by_contract_and_status(self, client: httpx.AsyncClient) -> None:
        key = ("intervi_requests_total", (("contract", "coach"), ("method", "GET"), ("status", "401")))
        before = (await self.samples(client)).get(key, 0)
        await client.get("/interview/sessions")
        assert (await self.samples(client))[key] == before + 1

    async def test_every_stage_has_a_queue(self, client: httpx.AsyncClient) -> None:
        found = await self.samples(client)
        assert found["intervi_queue_depth", (("stage", "transcribe"),)] == 0

    async def test_from_elsewhere_it_takes_the_token(self, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
        transport = httpx.ASGITransport(app, client=("203.0.113.5", 123))
        async with httpx.AsyncClient(transport=transport, base_url=settings().base_url) as far:
            refused(await far.get(f"{BASE}/metrics"), 401, "UNAUTHORIZED")
            monkeypatch.setattr(settings(), "metrics_token", "a good token")
            for token, status in (("a bad token", 401), ("a good token", 200)):
                answer = await far.get(f"{BASE}/metrics", headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code == status

    async def test_through_a_proxy_on_this_machine_one_is_elsewhere(self, app: FastAPI, servers: object) -> None:
        async with stranger_to(app) as client:
            answer = await client.get(f"{BASE}/metrics", headers={"X-Forwarded-For": "203.0.113.5"})
            refused(answer, 401, "UNAUTHORIZED")

    def test_what_one_process_counts_another_tells(self, tmp_path: Path) -> None:
        environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

        def run(code: str) -> str:
            return subprocess.run(
                [sys.executable, "-c", f"from intervi import metrics\n{code}"],
                cwd=REPOSITORY_ROOT,
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            ).stdout

        for _ in range(2):
            run("metrics.count_job('speech', 'done', 1.5)")
        told = run("print(metrics.text(queue_depth={}, queue_age_seconds={}, live_sockets={}).decode())")
        assert 'intervi_jobs_total{outcome="done",stage="speech"} 2.0' in told
