"""Finding interviews by the words that were asked, said, typed or corrected in them (PostgreSQL full text search, English stems).

A recognised transcript counts until its candidate has corrected it. Both sides go through the same stemmer, so words of other
languages that are written with spaces are found as they stand.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, literal_column, select
from sqlmodel import col, func
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis.models import IS_TRANSCRIPT, TRANSCRIPT_WORDS, Analysis, AnalysisStage
from intervi.interviews.models import EXCHANGE_WORDS, Exchange, Interview

# From Unicode's private use area: nobody types them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_HEADLINE = f'StartSel="{_OPEN}", StopSel="{_CLOSE}", MaxWords=24, MinWords=10'


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the words were found in an interview."""

    question: int
    """Its number."""
    pieces: tuple[tuple[str, bool], ...]
    """The passage in pieces; those that are ``True`` were looked for."""


def interviews_with(principal: Principal, words: str) -> Select[tuple[UUID]]:
    """A query of the ids of the principal's interviews that have these words in one of their answers, or in its question.

    Args:
        words: As typed into a search box: all of them, ``"a phrase"``, ``or``, ``-without``. Nothing that is typed is an error.
    """
    found = _asked_or_written(principal, words, _id()).union_all(_said(principal, words, _id())).subquery()
    return select(found.c.id)


async def passages(
    session: AsyncSession, principal: Principal, interview_ids: Collection[UUID], words: str
) -> dict[UUID, Passage]:
    """The first passage of each of these interviews in which the words are."""
    wanted = col(Interview.id).in_(interview_ids)
    written = func.concat_ws(" ", col(Exchange.question), col(Exchange.answer_text), col(Exchange.corrected_transcript))
    said = col(AnalysisStage.result)["text"].astext
    rows = [
        row
        for query in (
            _asked_or_written(principal, words, *_shown(written, words)),
            _said(principal, words, *_shown(said, words)),
        )
        for row in await session.execute(query.where(wanted))
    ]
    found: dict[UUID, Passage] = {}
    for interview_id, position, text in sorted(rows, key=lambda row: row[1]):
        found.setdefault(interview_id, Passage(position, pieces(text)))
    return found


def pieces(headline: str) -> tuple[tuple[str, bool], ...]:
    """A headline of PostgreSQL's in pieces.

    >>> pieces("the \ue000pool\ue001 ran out")
    (('the ', False), ('pool', True), (' ran out', False))
    """
    cut = [part.partition(_CLOSE) for part in headline.split(_OPEN)]
    found = [(cut[0][0] + cut[0][2], False)]
    for marked, _mark, rest in cut[1:]:
        found += [(marked, True), (rest, False)]
    return tuple((text, is_wanted) for text, is_wanted in found if text)


def _id() -> ColumnElement[UUID]:
    return col(Interview.id).label("id")


def _shown(text: ColumnElement[str], words: str) -> tuple[Any, ...]:
    return _id(), col(Exchange.position), func.ts_headline("english", text, _query(words), _HEADLINE)


def _query(words: str) -> ColumnElement[object]:
    return func.websearch_to_tsquery(literal_column("'english'"), literal(words.replace("\0", "")))


def _asked_or_written(principal: Principal, words: str, *shown: Any) -> Select[Any]:
    return (
        select(*shown)
        .select_from(Exchange)
        .join(Interview, col(Interview.id) == col(Exchange.interview_id))
        .where(col(Interview.user_id) == principal.user_id, _matches(EXCHANGE_WORDS, words))
    )


def _said(principal: Principal, words: str, *shown: Any) -> Select[Any]:
    return (
        select(*shown)
        .select_from(AnalysisStage)
        .join(Analysis, col(Analysis.id) == col(AnalysisStage.analysis_id))
        .join(Exchange, col(Exchange.id) == col(Analysis.exchange_id))
        .join(Interview, col(Interview.id) == col(Analysis.interview_id))
        .where(
            col(Interview.user_id) == principal.user_id,
            col(Exchange.corrected_transcript).is_(None),
            literal_column(f"analysis_stages.{IS_TRANSCRIPT}"),
            _matches(TRANSCRIPT_WORDS, words),
        )
    )


def _matches(document: str, words: str) -> ColumnElement[bool]:
    # Word for word the expression of the index, or PostgreSQL would not use it.
    return literal_column(document).op("@@", is_comparison=True)(_query(words))
