"""Estimates of the face's expression are off for everyone who turns them off: no more are made, and those there were are gone."""

from uuid import UUID

from sqlalchemy import cast, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import profile
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis.figures import Figure, Reason, Vision
from intervi.analysis.models import Analysis, AnalysisStage, Stage

_ESTIMATES = ("smiles", "expression_distribution", "dominant_expression", "expressions")
_NONE = {
    **{name: Vision.model_fields[name].default for name in _ESTIMATES},
    "smile_ratio": Figure(reason=Reason.SWITCHED_OFF),
    "expression_reason": Reason.SWITCHED_OFF,
}


async def switch(session: AsyncSession, principal: Principal, *, is_on: bool) -> None:
    """Lets expressions be estimated in what the principal records from now on, or removes all estimates there are of them."""
    await profile.change(session, principal, {"expressions": is_on})
    if not is_on:
        await _forget(session, principal)


async def as_wished(session: AsyncSession, user_id: UUID, vision: Vision) -> Vision:
    """What was found, without estimates if its owner has switched them off while it was measured."""
    owner = await session.get_one(User, user_id, with_for_update={"read": True}, populate_existing=True)
    return vision if owner.expressions else vision.model_copy(update=_NONE)


async def _forget(session: AsyncSession, principal: Principal) -> None:
    own = select(col(Analysis.id)).where(col(Analysis.user_id) == principal.user_id)
    none = Vision.model_construct(**_NONE).model_dump(mode="json", include=set(_NONE))
    await session.execute(
        update(AnalysisStage)
        .where(
            col(AnalysisStage.analysis_id).in_(own),
            col(AnalysisStage.stage) == Stage.VISION,
            col(AnalysisStage.result).is_not(None),
        )
        .values(result=col(AnalysisStage.result).op("||")(cast(none, JSONB)))
    )
