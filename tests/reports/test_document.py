"""The report as JSON: its schema holds, and is the one that is published."""

from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import Conflict, NotFound
from intervi.ids import new_id
from intervi.reports import service
from intervi.reports.document import DocumentInterview, ReportDocument
from intervi.settings import REPOSITORY_ROOT
from tests.e2e import seed
from tests.pages.test_report_view import scores
from tests.reports_made import a_report


def a_document(title: str = "Engineer") -> ReportDocument:
    began = datetime(2026, 3, 4, 9, tzinfo=UTC)
    interview = DocumentInterview(
        id="0" * 24, title=title, domain="", question_kind="mixed", difficulty="mid", job_title="", started_at=began,
        ended_at=None, held_seconds=None,
    )  # fmt: skip
    return ReportDocument(
        generated_at=began, interview=interview, scores=scores(), reported_score=None, work_on=[], answers=[]
    )


class TestSchema:
    def test_every_field_is_explained(self) -> None:
        explained = (Path(REPOSITORY_ROOT) / "docs" / "report-schema.md").read_text()
        schema = ReportDocument.model_json_schema()
        ours = {name: each for name, each in schema["$defs"].items() if name.startswith("Document")}
        for name in sorted(set(schema["properties"]).union(*(each["properties"] for each in ours.values()))):
            assert f"`{name}`" in explained, name

    @pytest.mark.usefixtures("servers")
    async def test_a_report_is_valid(self, someone: Principal) -> None:
        made = await seed.full_interview(someone)
        async with transaction() as session:
            document = await service.document(session, someone, made.id)
        whole = document.model_dump(mode="json")
        jsonschema_rs.validate(ReportDocument.model_json_schema(mode="serialization"), whole)
        assert ReportDocument.model_validate(whole) == document
        first, second, third = whole["answers"]
        assert whole["version"] == 1
        assert first["transcript"]["words"][0]["start"] > 0
        assert second["transcript"]["rough"] is True
        assert (third["status"], third["scores"], third["feedback"]) == ("skipped", None, None)
        assert 1 <= len(whole["work_on"]) <= 3
        assert all("{" not in each["text"] for each in first["feedback"]["better"])


@pytest.mark.usefixtures("servers")
class TestWho:
    async def test_others_have_none(self, someone: Principal) -> None:
        made = await a_report(someone)
        async with transaction() as session:
            with pytest.raises(NotFound):
                await service.document(session, Principal(new_id()), made)

    async def test_before_there_is_one(self, someone: Principal) -> None:
        made = await seed.working_interview(someone)
        async with transaction() as session:
            with pytest.raises(Conflict):
                await service.document(session, someone, made.id)
