"""The list of interviews to take away, for a spreadsheet. Below the candidate contract's base, with its errors."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from intervi.accounts.principal import Principal
from intervi.analysis.search import interviews_with
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import Session, caller_of
from intervi.api.routes import router_of
from intervi.api.schemas import Day
from intervi.interviews import export, history
from intervi.interviews import service as interviews
from intervi.interviews.filter import Filter, Order, Standing
from intervi.interviews.history import MAX_SEARCH_CHARACTERS, Search

Reader = Annotated[Principal, Depends(caller_of(CANDIDATE, from_pages=True))]
Text = Annotated[str, Field(max_length=MAX_SEARCH_CHARACTERS)]
Score = Annotated[int | None, Field(ge=0, le=100)]

router = router_of(CANDIDATE)


@router.get(
    "/api/history.csv",
    summary="Interviews as CSV",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A line for each interview.",
            "content": {"text/csv": {"example": "Date,Domain,Job,…\r\n2026-03-04T09:30:00+01:00,Sales,,…\r\n"}},
        }
    },
)
async def read_history_as_csv(
    reader: Reader,
    session: Session,
    words: Annotated[Text, Query(description="As typed into the search box.")] = "",
    domain: Annotated[Text, Query(description="Slug, title or id of a domain, or the text that was given.")] = "",
    kind: Annotated[Text, Query(description="A question type, or `mixed`.")] = "",
    difficulty: Annotated[Text, Query(description="`junior`, `mid` or `senior`.")] = "",
    status: Annotated[Standing | None, Query(description="How they stand.")] = None,
    since: Annotated[Day | None, Query(description="The first day, on your calendar.")] = None,
    until: Annotated[Day | None, Query(description="The last day, on your calendar.")] = None,
    score_from: Annotated[Score, Query(description="The least score.")] = None,
    score_below: Annotated[Score, Query(description="What scores stay below.")] = None,
    order: Annotated[Order, Query(description="What comes first.")] = Order.NEWEST,
) -> StreamingResponse:
    """The interviews that the history page shows with the same parameters, all pages of them. Scores are 0 to 100.

    What would be a formula in a spreadsheet is written with an apostrophe before it.
    """
    search = Search(
        words=words,
        domain=domain,
        kind=kind,
        difficulty=difficulty,
        status=status,
        since=since,
        until=until,
        score_from=score_from,
        score_below=score_below,
        order=order,
    )
    time_zone = await interviews.time_zone(session, reader)
    which = search.filter(time_zone=time_zone, among=interviews_with(reader, words) if words else None)
    return StreamingResponse(
        _written(reader, which, order, time_zone),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="intervi-history.csv"'},
    )


async def _written(reader: Principal, which: Filter, order: Order, time_zone: str) -> AsyncIterator[str]:
    yield export.BEGINNING + export.header()
    async for summaries in history.everything(reader, which, order):
        yield export.lines(summaries, time_zone)
