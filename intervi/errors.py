"""What can go wrong, said once. Services raise these; each contract and page prints them in its own form.

Every error carries the HTTP status it stands for, a sentence a candidate understands, and details by field name.
"""

from collections.abc import Mapping, Sequence


class InterviError(Exception):
    """A refusal with a reason. Subclasses fix the status; ``message`` is shown to people."""

    status = 500
    code = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        details: Mapping[str, Sequence[str]] | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = {field: list(texts) for field, texts in (details or {}).items()}
        self.retry_after_seconds = retry_after_seconds


class InvalidInput(InterviError):
    """The input breaks a rule. Contracts print their own validation status (400 or 422)."""

    status = 400
    code = "invalid_input"


class BadMedia(InterviError):
    """The bytes are no media of the kind asked for, or cannot be decoded."""

    status = 400
    code = "bad_media"


class NotAuthenticated(InterviError):
    """Nobody, or a token that is dead, forged or of the wrong kind; the message never says which."""

    status = 401
    code = "not_authenticated"


class Forbidden(InterviError):
    """Known, and not allowed."""

    status = 403
    code = "forbidden"


class NotFound(InterviError):
    """There is no such record that the caller may see."""

    status = 404
    code = "not_found"


class Conflict(InterviError):
    """The state of the record does not allow this."""

    status = 409
    code = "conflict"


class WrongState(Conflict):
    """A move of the life cycle that is not allowed. Most contracts print it as 400."""

    code = "wrong_state"

    def __init__(self, message: str, *, current: str, wanted: str) -> None:
        super().__init__(message)
        self.current = current
        self.wanted = wanted


class TooLarge(InterviError):
    """More bytes, seconds or records than allowed."""

    status = 413
    code = "too_large"


class TooManyRequests(InterviError):
    """Slow down; ``retry_after_seconds`` says how long."""

    status = 429
    code = "too_many_requests"


class Unavailable(InterviError):
    """Something we rest on is away, or the work failed for good."""

    status = 503
    code = "unavailable"
