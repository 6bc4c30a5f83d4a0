"""What differs between the five published contracts, as data of one small class, and nothing else.

A contract's routes are built with :func:`intervi.api.routes.router_of`, show who calls with
:func:`intervi.api.dependencies.caller_of`, and every failure below its base paths is printed by :mod:`intervi.api.failures` in its
own body. Services know nothing of contracts.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from http.client import responses as REASONS
from typing import Any
from uuid import UUID

from fastapi.security import APIKeyCookie, HTTPBearer, OAuth2PasswordBearer
from fastapi.security.base import SecurityBase
from limits import RateLimitItem, parse_many
from pydantic.alias_generators import to_camel

from intervi.accounts.service import TOKEN_COOKIE
from intervi.clock import iso_z, now
from intervi.errors import InterviError, InvalidInput, WrongState
from intervi.ids import hex24, prefixed
from intervi.interviews.models import Status
from intervi.translation import fill

JsonObject = dict[str, Any]

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
"""The ``X-Request-Id`` of the request that runs."""


def new_request_id() -> str:
    return f"req-{secrets.token_hex(8)}"


def _camel(name: str) -> str:
    """``jobTitle`` for ``job_title``; a header is called as it is."""
    return to_camel(name) if name.islower() else name


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, before a contract prints it."""

    status: int
    message: str
    """A sentence for people."""
    details: Mapping[str, list[str]] = field(default_factory=dict)
    """What is wrong with each field, by the field's name in the contract."""
    code: str = ""
    """Our own name for it (``InterviError.code``), where it is one of ours."""

    @property
    def sentence(self) -> str:
        """Message and details in one string, for contracts whose body has room for no more."""
        if not self.details:
            return self.message
        return " ".join(f"{name}: {text}" for name, texts in self.details.items() for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One published contract: where it lives, how it spells things, and how a caller shows who they are."""

    name: str
    """Its group in ``/docs``."""
    description: str
    """Of the group, for those who write clients (Markdown)."""
    bases: tuple[str, ...]
    """Whatever lies below one of these, by whole path segments, is answered in this contract's words."""
    credentials: SecurityBase
    """How a caller shows who they are, as documented. Every contract takes a Bearer token and the ``token`` cookie."""
    error_body: Callable[[Failure], JsonObject]
    limits: tuple[RateLimitItem, ...]
    """How often one user may call; headers tell the first."""
    anonymous_limits: tuple[RateLimitItem, ...]
    """How often one network address may call without an access token."""
    address_paths: tuple[str, ...] = ()
    """Below these nobody acts as a user yet: counted by address, whatever cookie a browser adds."""
    free_paths: tuple[str, ...] = ()
    """What our own pages, and those who watch over an installation, call: not counted."""
    takes_api_keys: bool = False
    """``X-API-Key`` is taken as well, where a route names the scope that it needs."""
    validation_status: int = 400
    wrong_state_status: int = 400
    checks_user_id: bool = False
    """A ``userId`` in a body or a query must be the caller's own; other contracts document none, and ignore it."""
    spell_id: Callable[[UUID], str]
    spell_field: Callable[[str], str] = _camel
    """From our name of a field (``job_title``) to the contract's."""
    words: Mapping[Status, str]
    """The contract's word for each status; several may share one."""
    envelope: Callable[[Any, str | None], Any] = lambda data, message: data
    """Wraps an answer: ``envelope(data, message)``."""

    def word(self, status: str) -> str:
        """The contract's word for a status of ours."""
        return self.words[Status(status)]

    def statuses(self, word: str) -> frozenset[Status]:
        """Every status of ours that the contract calls ``word``; empty for a word it does not know."""
        return frozenset(status for status, own in self.words.items() if own == word)

    def failure(self, error: InterviError) -> Failure:
        """The error in this contract's words and with its status."""
        message = self._transition(error) if isinstance(error, WrongState) else error.message
        details = {self.spell_field(name): texts for name, texts in error.details.items()}
        return Failure(self._status(error), message, details, error.code)

    def _status(self, error: InterviError) -> int:
        if isinstance(error, InvalidInput):
            return self.validation_status
        return self.wrong_state_status if isinstance(error, WrongState) else error.status

    def _transition(self, error: WrongState) -> str:
        if not {error.current, error.wanted} <= set(Status):
            return error.message
        states = {"current": self.word(error.current), "wanted": self.word(error.wanted)}
        return fill("Invalid status transition from '{current}' to '{wanted}'", states)


def _at_most(rules: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(rules))


def _words(scheduled: str, active: str, paused: str, completed: str, cancelled: str) -> Mapping[Status, str]:
    return dict(zip(Status, (scheduled, active, paused, completed, cancelled), strict=True))


_HIRING_CODES = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 429: "RATE_LIMITED"}
_HIRING_CODES_OF_OURS = {
    "bad_media": "TRANSCRIPTION_ERROR",
    "nothing_to_analyse": "ANALYSIS_ERROR",
    "model_server_failed": "ANALYSIS_ERROR",
}


def _assistant_error(failure: Failure) -> JsonObject:
    reason = REASONS.get(failure.status, "")
    # As published: to nobody, nothing is said but that.
    message = reason if failure.status == 401 else failure.sentence
    return {"statusCode": failure.status, "message": message, "error": reason}


def _hiring_stamp() -> JsonObject:
    return {"timestamp": iso_z(now()), "requestId": current_request_id.get()}


def _hiring_error(failure: Failure) -> JsonObject:
    by_status = "PROCESSING_ERROR" if failure.status >= 500 else _HIRING_CODES.get(failure.status, "VALIDATION_ERROR")
    code = _HIRING_CODES_OF_OURS.get(failure.code, by_status)
    error = {"code": code, "message": failure.message, "details": dict(failure.details)}
    return {"success": False, "error": error, **_hiring_stamp()}


def _enveloped(data: Any, message: str | None) -> JsonObject:
    return {"success": True} | ({"message": message} if message else {}) | ({} if data is None else {"data": data})


CANDIDATE = Contract(
    name="candidate",
    description="Accounts, practice sessions and analytics of a candidate. `Authorization: Bearer`, or the `token` cookie.",
    bases=("/api",),
    credentials=HTTPBearer(bearerFormat="JWT", scheme_name="Bearer", auto_error=False),
    error_body=lambda failure: {"message": failure.message, "details": dict(failure.details)},
    limits=_at_most("100 per 15 minutes"),
    anonymous_limits=_at_most("100 per 15 minutes"),
    address_paths=("/api/auth",),
    free_paths=("/api/auth/logout", "/api/uploads"),
    checks_user_id=True,
    spell_id=hex24,
    words=_words("scheduled", "in-progress", "in-progress", "completed", "cancelled"),
)

ASSISTANT = Contract(
    name="assistant",
    description="Interview sessions with their interactions and metrics. `Authorization: Bearer`.",
    bases=("/interview-sessions",),
    credentials=HTTPBearer(bearerFormat="JWT", scheme_name="Bearer", auto_error=False),
    error_body=_assistant_error,
    limits=_at_most("100 per minute; 10 per second"),
    anonymous_limits=_at_most("100 per minute; 10 per second"),
    spell_id=str,
    words=_words("paused", "active", "paused", "completed", "completed"),
)

COACH = Contract(
    name="coach",
    description="Practice with media, transcripts and reports. OAuth2 password form, then `Authorization: Bearer`.",
    bases=("/auth/token", "/interview", "/ws/analysis"),
    credentials=OAuth2PasswordBearer(tokenUrl="/auth/token", scheme_name="Password", auto_error=False),
    error_body=lambda failure: {"detail": failure.sentence},
    validation_status=422,
    limits=_at_most("100 per minute"),
    anonymous_limits=_at_most("10 per minute"),
    spell_id=str,
    spell_field=lambda name: name,
    words=_words("created", "in_progress", "in_progress", "completed", "cancelled"),
)

HIRING = Contract(
    name="hiring",
    description="Interviews about others, their transcription, analysis and scheduling. `Authorization: Bearer`, or `X-API-Key`.",
    bases=("/api/v1", "/transcription/stream"),
    credentials=HTTPBearer(bearerFormat="JWT", scheme_name="Bearer", auto_error=False),
    error_body=_hiring_error,
    checks_user_id=True,
    free_paths=("/api/v1/health", "/api/v1/metrics"),
    takes_api_keys=True,
    validation_status=422,
    wrong_state_status=409,
    limits=_at_most("100 per minute"),
    anonymous_limits=_at_most("100 per minute"),
    spell_id=partial(prefixed, "interview"),
    words=_words("scheduled", "in_progress", "paused", "completed", "cancelled"),
    envelope=lambda data, message: _enveloped(data, message) | _hiring_stamp(),
)

CONVERSATION = Contract(
    name="conversation",
    description="Interviews as conversations. The `token` cookie, or `Authorization: Bearer`.",
    bases=("/api/v1/interview",),
    credentials=APIKeyCookie(name=TOKEN_COOKIE, scheme_name="Cookie", auto_error=False),
    error_body=lambda failure: {"success": False, "message": failure.sentence},
    limits=_at_most("100 per minute"),
    anonymous_limits=_at_most("100 per minute"),
    spell_id=hex24,
    words=_words("scheduled", "in-progress", "in-progress", "completed", "cancelled"),
    envelope=_enveloped,
)

CONTRACTS = (CANDIDATE, ASSISTANT, COACH, HIRING, CONVERSATION)

_BY_BASE = sorted(
    ((base, contract) for contract in CONTRACTS for base in contract.bases), key=lambda pair: len(pair[0]), reverse=True
)


def is_below(path: str, bases: Iterable[str]) -> bool:
    """Whether ``path`` is one of these or lies below it, by whole path segments."""
    return any(path == base or path.startswith(f"{base}/") for base in bases)


def contract_of(path: str) -> Contract | None:
    """The contract below whose base path ``path`` lies, or ``None``: a page, or nothing of ours.

    >>> contract_of("/api/v1/interview/sessions").name, contract_of("/api/v1/interviews").name
    ('conversation', 'hiring')
    """
    return next((contract for base, contract in _BY_BASE if is_below(path, (base,))), None)
