"""API keys: 3 of the hiring contract's endpoints. A key makes no keys: these take a login."""

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from intervi.accounts import api_keys
from intervi.accounts.api_keys import Scope
from intervi.accounts.models import ApiKey
from intervi.accounts.principal import Principal
from intervi.api.contract import HIRING
from intervi.api.dependencies import RecordId, Session, caller_of
from intervi.api.hiring.envelope import EXAMPLE_TIME, Done, Found, done, found
from intervi.api.routes import router_of
from intervi.api.schemas import NOT_BLANK, CamelModel, Moment
from intervi.clock import iso_z
from intervi.ids import prefixed

BASE = "/api/v1/api-keys"

router = router_of(HIRING)

Caller = Annotated[Principal, Depends(caller_of(HIRING))]


class NewKey(CamelModel):
    """A key for a program."""

    name: str = Field(min_length=1, max_length=100, pattern=NOT_BLANK, examples=["Applicant tracking"])
    scopes: list[str] | None = Field(None, examples=[["interviews:read", "analysis:read"]])
    """Left out: all. `interviews`, `transcription`, `analysis` or `scheduling`, each with `:read` or `:write`."""
    expires_at: Moment | None = Field(None, examples=[None])


class KeyView(CamelModel):
    """A key, without its secret."""

    id: str = Field(examples=["key-64a7b8c9d1234567890abcde"])
    name: str = Field(examples=["Applicant tracking"])
    hint: str = Field(examples=["x7Gk2Q"])
    """Its last characters."""
    scopes: list[str] = Field(examples=[[Scope.INTERVIEWS_READ]])
    created_at: str = Field(examples=[EXAMPLE_TIME])
    last_used_at: str | None = Field(examples=[None])
    expires_at: str | None = Field(examples=[None])


class MadeKeyView(KeyView):
    """A new key. `key` is shown this once."""

    key: str = Field(examples=["ivk_…"])


@router.post(BASE, status_code=201)
async def create_api_key(body: NewKey, caller: Caller, session: Session) -> Found[MadeKeyView]:
    """Make a key; send it as `X-API-Key`."""
    made = await api_keys.create(session, caller, name=body.name, scopes=body.scopes, expires_at=body.expires_at)
    view = MadeKeyView(**_view(made.key).model_dump(), key=made.secret)
    return found(view, "API key created successfully")


@router.get(BASE)
async def list_api_keys(caller: Caller, session: Session) -> Found[list[KeyView]]:
    """Your keys, newest first."""
    kept = await api_keys.of_user(session, caller)
    return found([_view(key) for key in kept], "API keys retrieved successfully")


@router.delete(f"{BASE}/{{key_id}}")
async def delete_api_key(key_id: RecordId, caller: Caller, session: Session) -> Done:
    """Revoke a key, at once."""
    await api_keys.revoke(session, caller, key_id)
    return done("API key revoked successfully")


def _view(key: ApiKey) -> KeyView:
    return KeyView(
        id=prefixed("key", key.id),
        name=key.name,
        hint=key.hint,
        scopes=key.scopes,
        created_at=iso_z(key.created_at),
        last_used_at=iso_z(key.last_used_at),
        expires_at=iso_z(key.expires_at),
    )
