"""Reports to take away: as JSON (a versioned schema) and as PDF. For their owner, from the report page or by a program.

Below the candidate contract's base, with its errors; the pages' ``session`` cookie is taken, too.
"""

import asyncio
from typing import Annotated, Any

from fastapi import Depends, Response

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import RecordId, Session, caller_of
from intervi.api.routes import router_of
from intervi.formatting import day
from intervi.reports import pdf
from intervi.reports import service as reports
from intervi.reports.document import ReportDocument

Reader = Annotated[Principal, Depends(caller_of(CANDIDATE, from_pages=True))]

router = router_of(CANDIDATE)


@router.get("/api/reports/schema", summary="The schema of a report")
async def read_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a report as JSON, version 1. Explained in docs/report-schema.md."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ReportDocument.model_json_schema()}


@router.get("/api/reports/{interview_id}/json", summary="A report as JSON")
async def read_report(interview_id: RecordId, reader: Reader, session: Session, response: Response) -> ReportDocument:
    """Everything that the report page shows, with every figure and every word's time. 409 as long as there is no report."""
    document = await reports.document(session, reader, interview_id)
    response.headers["Content-Disposition"] = f'attachment; filename="{pdf.file_name(document)}.json"'
    return document


@router.get(
    "/api/reports/{interview_id}/pdf",
    summary="A report as PDF",
    response_class=Response,
    responses={200: {"description": "The report.", "content": {"application/pdf": {}}}},
)
async def read_report_as_pdf(interview_id: RecordId, reader: Reader, session: Session) -> Response:
    """The report on paper: A4, with its typefaces in it. 409 as long as there is no report."""
    document = await reports.document(session, reader, interview_id)
    user = await accounts.user_of(session, reader)
    held = document.interview.started_at or document.generated_at
    content = await asyncio.to_thread(pdf.render, document, day(held, user.time_zone))
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{pdf.file_name(document)}.pdf"'},
    )
