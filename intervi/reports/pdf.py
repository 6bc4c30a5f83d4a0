"""A report as PDF: set by typst from the document, in our own typefaces, without any network.

What people wrote reaches typst as strings of a JSON object and is never read as markup. Letters that our typefaces lack (other scripts,
emoji) are taken from the machine's own, where it has them, and are boxes otherwise; they break nothing.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst

from intervi import formatting
from intervi.analysis.figures import Transcript
from intervi.reports import words
from intervi.reports.document import DocumentAnswer, DocumentStatement, ReportDocument
from intervi.reports.fonts import font_directory
from intervi.reports.shown import ScoreView, figure_view, four, score_view
from intervi.translation import N_, _, current_locale, fill

TEMPLATE = Path(__file__).with_name("report.typ")
FALLBACKS = (
    "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Color Emoji", "Apple Color Emoji",
    "Segoe UI Emoji", "DejaVu Sans", "Liberation Sans", "Arial", "Libertinus Serif",
)  # fmt: skip
"""Where a letter is looked for that ours lack; those that are not there are passed over."""
NAMED_BY_WORDS = 5
LONGEST_WORD = 60
"""A longer run without a break is given places to break at, or it would run off the page."""
_GAP = re.compile(r"(\[[^\]]*\])")
_LONG = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")


def render(document: ReportDocument, when: str) -> bytes:
    """The document as PDF.

    Args:
        when: the date of the interview, as its reader writes dates.
    """
    data = json.dumps(_clean(_data(document, when)), ensure_ascii=False)
    return bytes(
        typst.compile(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            font_paths=[str(font_directory())],
            sys_inputs={"data": data},
            format="pdf",
        )
    )


def file_name(document: ReportDocument) -> str:
    """What the file is called when it is saved: letters and digits that every system takes."""
    title = unicodedata.normalize("NFKD", document.interview.title).encode("ascii", "ignore").decode()
    day = document.interview.started_at or document.generated_at
    slug = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower()[:40]
    return "-".join(filter(None, ("intervi", f"{day:%Y-%m-%d}", slug)))


def _data(document: ReportDocument, when: str) -> dict[str, Any]:
    overall = score_view(document.scores.overall)
    shown, note = overall.value, ""
    if document.reported_score is not None:
        shown = formatting.points(document.reported_score)
        note = _("This score was reported by the program that held the interview; the sum is of what was measured.")
    return {
        "title": document.interview.title or _("Interview"),
        "facts": when,
        "lang": current_locale.get(),
        "footer": _("Intervi · practice report. Figures are measured; what could not be measured says why."),
        "fallbacks": list(FALLBACKS),
        "score": shown,
        "score_note": note,
        "overall": _score(overall),
        "work_on": [_statement(task.statement, question=task.question) for task in document.work_on],
        "answers": [_answer(answer) for answer in document.answers],
        "words": {
            "part": _("Part"), "score": _("Score"), "weight": _("Weight"), "points": _("Points"), "sum": _("Sum"), "of-100": _("of 100"),
            "to-work-on": _("To work on"), "good": _("What was good"), "missing": _("What was missing"), "figures": _("Figures"),
            "better": _("How to say it better"), "rewrite": _("As it could be said"),
        },
    }  # fmt: skip


def _score(score: ScoreView) -> dict[str, Any]:
    parts = [
        {
            "name": part.name,
            "label": part.label,
            "value": part.value,
            "weight": part.weight,
            "points": part.points,
            "note": part.note,
            "why": part.why,
            "share": float(part.width.rstrip("%")),
        }
        for part in score.parts
    ]
    return {
        "name": score.name,
        "label": score.label,
        "value": score.value,
        "note": score.note,
        "share": score.share,
        "parts": parts,
    }


def _statement(statement: DocumentStatement, question: int | None = None) -> dict[str, str]:
    at = [fill(N_("Question {number}"), {"number": question})] if question else []
    if statement.moment:
        at.append(formatting.clock(statement.moment.start))
    # The first words of a quotation are in most sentences; the whole of it is above, in the answer.
    quotation = statement.quotation or ""
    is_named = " ".join(quotation.split()[:NAMED_BY_WORDS]).rstrip(".,;: ") in statement.text
    return {"text": statement.text, "quotation": "" if is_named else quotation, "at": " · ".join(at)}


def _answer(answer: DocumentAnswer) -> dict[str, Any]:
    label, text = _words_of(answer)
    feedback, scores = answer.feedback, answer.scores
    return {
        "label": fill(N_("Question {number}"), {"number": answer.number}),
        "question": answer.question or _("A recording without a question"),
        "empty": {"skipped": _("Skipped."), "asked": _("Not answered yet.")}.get(answer.status, ""),
        "error": answer.error or "",
        "text_label": label,
        "text": text,
        "paragraphs": text.split("\n"),
        "good": [_statement(each) for each in feedback.good] if feedback else [],
        "missing": [_statement(each) for each in feedback.missing] if feedback else [],
        "better": [_statement(each) for each in feedback.better] if feedback else [],
        "notes": [each.text for each in feedback.notes] if feedback else [],
        "rewrite": list(_pieces(feedback.rewrite)) if feedback and feedback.rewrite else [],
        "figures": [
            {name: getattr(figure, name) for name in ("label", "value", "unit", "judgement", "kind", "target", "note")}
            for score in ((scores.delivery, scores.presence) if scores else ())
            for part in score.parts
            for figure in [figure_view(part)]
        ],
        "scores": [_score(score_view(score)) for score in four(scores)] if scores else [],
    }


def _words_of(answer: DocumentAnswer) -> tuple[str, str]:
    """What was said, and who says so."""
    if answer.corrected_transcript:
        return fill(N_("What you said, {engine}"), {"engine": words.engine("corrected")}), answer.corrected_transcript
    if answer.written:
        return _("Your answer in writing"), answer.written
    spoken: Transcript | None = answer.transcript
    if spoken is None or not spoken.text:
        return "", ""
    label = N_("What you said, a rough guess by {engine}") if spoken.rough else N_("What you said, by {engine}")
    return fill(label, {"engine": words.engine(spoken.engine)}), spoken.text


def _pieces(rewrite: str) -> Iterator[dict[str, Any]]:
    """What is said, and what is missing."""
    for piece in filter(None, _GAP.split(rewrite)):
        yield {"text": piece, "gap": bool(_GAP.fullmatch(piece))}


def _clean(value: Any) -> Any:
    """Without what no typeface has (control characters), and with places to break at in endless words."""
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if not isinstance(value, str):
        return value
    printable = "".join(
        each for each in value if each == "\n" or unicodedata.category(each) not in ("Cc", "Cs", "Cn", "Co")
    )
    return _LONG.sub("\\1\u200b", printable)
