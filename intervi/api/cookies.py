"""The two cookies of a signed-in browser: HttpOnly, ``SameSite=Lax``, ``Secure`` on HTTPS."""

from datetime import timedelta

from fastapi import Response

from intervi.accounts.service import SESSION_COOKIE, TOKEN_COOKIE
from intervi.settings import settings


def set_token_cookie(response: Response, access_token: str) -> None:
    """For the contracts; lives as long as the token."""
    _set(response, TOKEN_COOKIE, access_token, timedelta(seconds=settings().access_token_seconds))


def set_session_cookie(response: Response, session_cookie: str) -> None:
    """For our pages; lives as long as the login."""
    _set(response, SESSION_COOKIE, session_cookie, timedelta(days=settings().login_days))


def clear_cookies(response: Response) -> None:
    """Removes both."""
    for name in (TOKEN_COOKIE, SESSION_COOKIE):
        _set(response, name, "", timedelta(0))


def _set(response: Response, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(
        name, value, max_age=int(age.total_seconds()), httponly=True, samesite="lax", secure=settings().secure_cookies
    )
