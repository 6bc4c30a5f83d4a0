"""The sample report as it is shipped: an interview with its analysis, and where its recording lies.

``python -m tests.sample_report`` makes both anew: a made voice, a drawn face, measured and judged by the product's own workers.
"""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from intervi.analysis.models import Analysis, AnalysisStage
from intervi.analysis.state import AnalysisState
from intervi.interviews.models import Exchange, Interview
from intervi.pages.report.view import ReportView, report_view
from intervi.recordings.models import Media

FILE = Path(__file__).parent / "sample.json"
ADDRESS = "/sample/answer.webm"
"""Of its recording, which lies among the assets."""


@lru_cache(maxsize=1)
def _records() -> dict[str, Any]:
    records: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return records


def view() -> ReportView:
    """What the report page shows of it, in the current locale."""
    records = _records()
    interview = Interview.model_validate(records["interview"])
    shown = report_view(
        interview,
        [Exchange.model_validate(each) for each in records["exchanges"]],
        [Media.model_validate(each) for each in records["media"]],
        [_state(each) for each in records["analyses"]],
        time_zone="UTC",
        today=interview.created_at,
    )
    recordings = [
        replace(recording, segments=[replace(segment, url=ADDRESS) for segment in recording.segments])
        for recording in shown.recordings
    ]
    return replace(shown, recordings=recordings)


def _state(record: dict[str, Any]) -> AnalysisState:
    stages = [AnalysisStage.model_validate(each) for each in record["stages"]]
    return AnalysisState(Analysis.model_validate(record["analysis"]), {each.stage: each for each in stages})
