"""An analysis as it is at one moment, with what each of its stages found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from intervi.analysis.figures import AnswerReport, Decoded, Language, Scores, Speech, Transcript, Vision
from intervi.analysis.models import OPTIONAL, Analysis, AnalysisStage, Stage, WorkStatus
from intervi.translation import _

_Result = TypeVar("_Result", bound=BaseModel)


@dataclass(frozen=True)
class AnalysisState:
    """An analysis and its stages, as they are now."""

    analysis: Analysis
    stages: Mapping[Stage, AnalysisStage]

    def why(self, stage: Stage) -> str | None:
        """Why a stage was given up or put off, in the current locale; ``None`` if it was not."""
        row = self.stages[stage]
        return None if row.error is None else _(row.error).replace("{count}", str(row.attempt))

    @property
    def why_failed(self) -> str | None:
        """Why the whole analysis was given up, in the current locale; ``None`` if it was not."""
        if self.analysis.status != WorkStatus.FAILED:
            return None
        return next((self.why(stage) for stage in Stage if self._has_ended_it(stage)), None)

    def _has_ended_it(self, stage: Stage) -> bool:
        return self.stages[stage].status == WorkStatus.FAILED and stage not in OPTIONAL

    def _result(self, stage: Stage, kind: type[_Result]) -> _Result | None:
        kept = self.stages[stage]
        return kind.model_validate(kept.result) if kept.status == WorkStatus.DONE and kept.result is not None else None

    @property
    def decoded(self) -> Decoded | None:
        return self._result(Stage.DECODE, Decoded)

    @property
    def transcript(self) -> Transcript | None:
        return self._result(Stage.TRANSCRIBE, Transcript)

    @property
    def speech(self) -> Speech | None:
        return self._result(Stage.SPEECH, Speech)

    @property
    def vision(self) -> Vision | None:
        return self._result(Stage.VISION, Vision)

    @property
    def language(self) -> Language | None:
        return self._result(Stage.LANGUAGE, Language)

    @property
    def scores(self) -> Scores | None:
        return self._result(Stage.SCORES, Scores)

    @property
    def report(self) -> AnswerReport | None:
        return self._result(Stage.REPORT, AnswerReport)


def states_of(rows: Iterable[tuple[Analysis, AnalysisStage]]) -> list[AnalysisState]:
    """The analyses that these rows belong to, in the order in which each is met first."""
    stages: dict[UUID, dict[Stage, AnalysisStage]] = {}
    analyses: dict[UUID, Analysis] = {}
    for analysis, row in rows:
        analyses[analysis.id] = analysis
        stages.setdefault(analysis.id, {})[Stage(row.stage)] = row
    return [AnalysisState(analysis, stages[analysis.id]) for analysis in analyses.values()]
