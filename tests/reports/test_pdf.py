"""A report on paper: everything is on it, and nothing that anybody wrote can break or command it."""

import io

import pytest
from pypdf import PdfReader

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.reports import pdf, service
from intervi.reports.document import ReportDocument
from tests.e2e import seed
from tests.reports.test_document import a_document
from tests.reports_made import HOSTILE, a_report

pytestmark = pytest.mark.usefixtures("servers")


async def _document(principal: Principal, *texts: str, **more: str) -> ReportDocument:
    made = await a_report(principal, *texts, **more)
    async with transaction() as session:
        return await service.document(session, principal, made)


def _read(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _squeezed(text: str) -> str:
    return "".join(text.split())


async def test_everything_is_on_it(someone: Principal) -> None:
    document = await _document(someone)
    content = pdf.render(document, "Wed, Mar 4")
    text = _squeezed(_read(content))
    for shown in (
        "Engineer",
        seed.QUESTION,
        seed.WRITTEN,
        "How to say it better",
        "Skipped.",
        "Wed, Mar 4",
        *(task.statement.text for task in document.work_on),
    ):
        assert _squeezed(shown) in text, shown
    overall = document.scores.overall.value.value
    assert f"{overall:.1f}" in text


async def test_it_carries_our_typefaces_and_its_title(someone: Principal) -> None:
    reader = PdfReader(io.BytesIO(pdf.render(await _document(someone), "today")))
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert any("Newsreader" in name for name in fonts)
    assert any("InstrumentSans" in name for name in fonts)
    assert reader.metadata is not None
    assert reader.metadata.title == "Engineer"
    assert "/MarkInfo" in reader.trailer["/Root"], "tagged, for those who listen to it"


@pytest.mark.parametrize("text", HOSTILE, ids=["typst", "html", "scripts", "endless", "control"])
async def test_what_people_wrote_is_text(someone: Principal, text: str) -> None:
    said = f"I fixed it. {text} And then it worked for three customers."
    document = await _document(
        someone, said, question=text.replace("\x00", ""), job_title=text.replace("\x00", "")[:300]
    )
    content = pdf.render(document, "today")
    found = _squeezed(_read(content))
    assert "Andthenitworkedforthreecustomers." in found
    if text in HOSTILE[:2]:
        assert _squeezed(text) in found


async def test_endless_words_stay_on_the_page(someone: Principal) -> None:
    reader = PdfReader(io.BytesIO(pdf.render(await _document(someone, "W" * 4000), "today")))
    assert sum(page.extract_text().count("W") for page in reader.pages) >= 4000


def test_a_file_has_a_name_that_every_system_takes() -> None:
    assert pdf.file_name(a_document(title='../ "Zürich": 你好 \n.exe')) == "intervi-2026-03-04-zurich-exe"
