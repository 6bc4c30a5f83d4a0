"""Registering, logging in and out."""

from fastapi import Request, Response
from pydantic import Field

from intervi.accounts import service as accounts
from intervi.api.candidate.common import PageCaller
from intervi.api.contract import CANDIDATE
from intervi.api.cookies import clear_cookies, set_session_cookie, set_token_cookie
from intervi.api.dependencies import Session, bearer_token, client_of
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.errors import InvalidInput
from intervi.translation import _

router = router_of(CANDIDATE)


class Registration(CamelModel):
    """A new account."""

    email: str = Field(examples=["user@example.com"])
    password: str = Field(examples=["SecurePass123!"])
    first_name: str | None = Field(None, examples=["John"])
    last_name: str | None = Field(None, examples=["Doe"])
    provider: str | None = Field("email", examples=["email"])
    time_zone: str | None = Field(None, examples=["Europe/London"])
    """IANA name; left out: UTC."""


class Credentials(CamelModel):
    """E-mail and password."""

    email: str = Field(examples=["user@example.com"])
    password: str = Field(examples=["SecurePass123!"])


class TokenPair(CamelModel):
    """Access and refresh token."""

    access_token: str = Field(examples=["eyJhbGc..."])
    refresh_token: str = Field(examples=["eyJhbGc..."])
    expires_in: int = Field(examples=[3600])
    """Seconds the access token lives."""


class Account(CamelModel):
    """Who is signed in now, and with what."""

    tokens: TokenPair
    user_id: str = Field(examples=["507f1f77bcf86cd799439011"])


@router.post("/api/auth/register", status_code=201)
async def register(body: Registration, request: Request, response: Response, session: Session) -> Account:
    """Create a new user account."""
    if body.provider not in (None, "email"):
        text = _("Sign in through that provider instead.")
        raise InvalidInput(text, details={"provider": [text]})
    signed_in = await accounts.register(
        session,
        email=body.email,
        password=body.password,
        first_name=body.first_name or "",
        last_name=body.last_name or "",
        time_zone=body.time_zone or "UTC",
        client=client_of(request),
    )
    return _account(response, signed_in)


@router.post("/api/auth/login")
async def login(body: Credentials, request: Request, response: Response, session: Session) -> Account:
    """Authenticate with email and password."""
    signed_in = await accounts.log_in(session, email=body.email, password=body.password, client=client_of(request))
    return _account(response, signed_in)


@router.post("/api/auth/refresh")
async def refresh(request: Request, response: Response, session: Session) -> TokenPair:
    """Exchange the refresh token, sent as `Authorization: Bearer`, for a new pair. The old one is dead from then on."""
    tokens = await accounts.refresh(session, bearer_token(request))
    set_token_cookie(response, tokens.access_token)
    return _pair(tokens)


@router.post("/api/auth/logout", status_code=204)
async def logout(caller: PageCaller, response: Response, session: Session) -> None:
    """Logout and invalidate tokens."""
    await accounts.log_out(session, caller)
    clear_cookies(response)


def _account(response: Response, signed_in: accounts.SignedIn) -> Account:
    set_token_cookie(response, signed_in.access_token)
    set_session_cookie(response, signed_in.session_cookie)
    return Account(tokens=_pair(signed_in), user_id=CANDIDATE.spell_id(signed_in.user_id))


def _pair(tokens: accounts.Tokens) -> TokenPair:
    return TokenPair(access_token=tokens.access_token, refresh_token=tokens.refresh_token, expires_in=tokens.expires_in)
