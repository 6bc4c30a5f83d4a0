"""Tokens: only our own, of the right kind, and in time."""

import time
from datetime import timedelta
from uuid import UUID

import jwt
import pytest

from intervi.accounts.tokens import Kind, issue, issue_access, read
from intervi.clock import now
from intervi.errors import NotAuthenticated
from intervi.ids import new_id
from intervi.settings import settings

USER, LOGIN = new_id(), new_id()


def _token(kind: Kind = Kind.ACCESS, seconds: int = 60, token_id: UUID | None = None) -> str:
    return issue(kind, user_id=USER, login_id=LOGIN, expires_at=now() + timedelta(seconds=seconds), token_id=token_id)


def test_says_what_was_put_in() -> None:
    token_id = new_id()
    claims = read(Kind.REFRESH, _token(Kind.REFRESH, token_id=token_id))
    assert (claims.user_id, claims.login_id, claims.token_id) == (USER, LOGIN, token_id)


def test_access_lives_as_long_as_the_settings_say() -> None:
    payload = jwt.decode(issue_access(USER, LOGIN), options={"verify_signature": False})
    assert payload["exp"] - payload["iat"] == settings().access_token_seconds


def test_a_token_that_was_good_before_still_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    token = _token(seconds=60)
    read(Kind.ACCESS, token)
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(NotAuthenticated):
        read(Kind.ACCESS, token)


def test_a_token_that_was_good_before_is_refused_with_another_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    token = _token()
    read(Kind.ACCESS, token)
    monkeypatch.setattr(settings(), "signing_key", "another secret of the tests, long enough")
    with pytest.raises(NotAuthenticated):
        read(Kind.ACCESS, token)


@pytest.mark.parametrize("kind", Kind)
def test_one_kind_is_not_the_other(kind: Kind) -> None:
    other = next(other for other in Kind if other != kind)
    with pytest.raises(NotAuthenticated):
        read(kind, _token(other))


@pytest.mark.parametrize(
    "lie", [{"typ": "refresh"}, {"aud": "intervi:refresh"}, {"aud": "elsewhere"}, {"iss": "elsewhere"}]
)
def test_each_sign_of_the_kind_is_checked_alone(lie: dict[str, str]) -> None:
    claims = jwt.decode(_token(), options={"verify_signature": False})
    lying = jwt.encode(claims | lie, settings().signing_key, algorithm="HS256")
    with pytest.raises(NotAuthenticated):
        read(Kind.ACCESS, lying)


@pytest.mark.parametrize("missing", ["exp", "iat", "aud", "iss", "sub", "sid", "jti", "typ"])
def test_every_claim_is_needed(missing: str) -> None:
    claims = jwt.decode(_token(), options={"verify_signature": False})
    del claims[missing]
    with pytest.raises(NotAuthenticated):
        read(Kind.ACCESS, jwt.encode(claims, settings().signing_key, algorithm="HS256"))


def test_bad_tokens_are_refused_in_the_same_words() -> None:
    claims = jwt.decode(_token(), options={"verify_signature": False})
    bad = [
        "",
        "garbage",
        "a.b.c",
        "\ud800",
        _token(seconds=-1),
        _token()[:-2],
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims, "another secret, and long enough too", algorithm="HS256"),
        jwt.encode(claims, settings().signing_key.ljust(64, "x"), algorithm="HS512"),
        jwt.encode(claims | {"sub": "nobody"}, settings().signing_key, algorithm="HS256"),
        jwt.encode(claims | {"sid": "x" * 36}, settings().signing_key, algorithm="HS256"),
    ]
    messages = set()
    for token in bad:
        with pytest.raises(NotAuthenticated) as refused:
            read(Kind.ACCESS, token)
        messages.add(refused.value.message)
    assert len(messages) == 1
