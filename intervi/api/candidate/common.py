"""What the contract's modules share: who calls, and how it prints ids, times and numbers."""

from datetime import datetime
from typing import Annotated, overload

from fastapi import Depends, Query

from intervi.accounts.principal import Principal
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import caller_of
from intervi.clock import iso_z
from intervi.questions import bank

Caller = Annotated[Principal, Depends(caller_of(CANDIDATE))]
PageCaller = Annotated[Principal, Depends(caller_of(CANDIDATE, from_pages=True))]

UserId = Annotated[str | None, Query(alias="userId", description="The caller's own id; another's is refused.")]

spell = CANDIDATE.spell_id


@overload
def printed(moment: datetime) -> str: ...


@overload
def printed(moment: None) -> None: ...


@overload
def printed(moment: datetime | None) -> str | None: ...


def printed(moment: datetime | None) -> str | None:
    """A time as this contract's examples have it: whole seconds without a fraction, as ``2024-12-25T10:30:00Z``."""
    text = iso_z(moment)
    return text and text.replace(".000Z", "Z")


def spell_domain(slug: str | None) -> str | None:
    """The id of a domain of the bank."""
    domain = bank.domain_by(slug) if slug else None
    return spell(domain.id) if domain else None
