"""The list of interviews to take away."""

import csv
import io

import httpx

from intervi.accounts.principal import Principal
from intervi.accounts.service import principal_of_access_token
from intervi.database import transaction
from tests.reports_made import a_report


async def principal_of(caller: httpx.AsyncClient) -> Principal:
    async with transaction() as session:
        return await principal_of_access_token(session, caller.headers["Authorization"].removeprefix("Bearer "))


async def read(caller: httpx.AsyncClient, **parameters: str) -> list[dict[str, str]]:
    answer = await caller.get("/api/history.csv", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="intervi-history.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_line_for_each_of_the_callers_and_no_formula(alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    made = await a_report(
        await principal_of(alice), question='=HYPERLINK("http://evil.example")', job_title="@SUM(A1)\r\n=2"
    )
    (row,) = await read(alice)
    assert row["Id"] == str(made)
    assert row["First question"] == '\'=HYPERLINK("http://evil.example")'
    assert row["Job"] == "'@SUM(A1)\r\n=2"
    assert (row["Status"], row["Questions"], row["Answers"]) == ("ready", "2", "1")
    assert 0 <= float(row["Score"]) <= 100
    assert (row["Delivery"], row["Minutes"]) == ("", "19.2")
    assert await read(bob) == []


async def test_as_the_page_would_show_it(alice: httpx.AsyncClient) -> None:
    made = await a_report(await principal_of(alice))
    assert [row["Id"] for row in await read(alice, words="disagree", status="ready", order="best")] == [str(made)]
    assert await read(alice, words="nowhere") == []
    assert await read(alice, score_below="0") == []


async def test_what_cannot_be_meant_is_refused(alice: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    for parameters in (
        {"status": "x"},
        {"since": "yesterday"},
        {"until": "1706659200"},
        {"score_from": "101"},
        {"order": "up"},
    ):
        assert (await alice.get("/api/history.csv", params=parameters)).status_code == 400
    assert (await client.get("/api/history.csv")).status_code == 401
