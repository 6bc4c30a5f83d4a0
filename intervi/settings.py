"""Every setting of Intervi, in one place.

Read from ``INTERVI_*`` in the environment (``DATABASE_URL``, ``REDIS_URL``, ``HOST``, ``PORT`` and ``OPENAI_*`` by their usual
names). Nothing needs to be set: the defaults run everything on this machine with state in ``var/``.
"""

import contextlib
import re
import secrets
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, PositiveInt, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One instance per process, from :func:`settings`."""

    model_config = SettingsConfigDict(env_prefix="INTERVI_", extra="ignore")

    # Where things are
    home: Path = REPOSITORY_ROOT / "var"
    host: str = Field("127.0.0.1", validation_alias=AliasChoices("HOST", "INTERVI_HOST"))
    port: int = Field(8000, ge=1, le=65535, validation_alias=AliasChoices("PORT", "INTERVI_PORT"))
    public_url: str = ""
    """The address people type, when it is not http://localhost:PORT. Decides cookies' ``Secure`` and the allowed origin."""
    environment: Literal["production", "development", "test"] = "production"
    database_url: str = Field("", validation_alias=AliasChoices("DATABASE_URL", "INTERVI_DATABASE_URL"))
    """``postgresql://…``; empty: the embedded PostgreSQL's socket below ``home``."""
    redis_url: str = Field("", validation_alias=AliasChoices("REDIS_URL", "INTERVI_REDIS_URL"))
    """``redis://…``; empty: the embedded Redis' socket below ``home``."""
    media_url: str = ""
    """Where recordings are kept; empty: ``home/media``."""

    # Secrets and sessions
    secret: str = ""
    """Signs tokens and links; empty: made once and kept in ``home/secret`` (mode 0600)."""
    access_token_seconds: int = 3600
    refresh_token_days: int = 30
    login_days: int = 30
    bcrypt_rounds: int = Field(12, ge=4, le=31)
    """2 to the power of it: how much work one guess at a password costs."""
    trusted_proxies: int = 0
    """How many reverse proxies stand before us; only then is ``X-Forwarded-For`` believed."""
    metrics_token: str = ""
    """Who shows it as Bearer reads ``/api/v1/metrics`` from elsewhere; from this machine nobody needs it."""
    rate_limits: Literal["on", "off"] = "on"
    login_attempts_per_account: str = "10 per 15 minutes"
    login_attempts_per_address: str = "50 per 15 minutes"

    # Live
    max_live_sockets: PositiveInt = 100
    """Of each kind, over all web processes; each user has one."""

    # Media
    max_upload_bytes: int = 2 * 1024**3
    max_media_seconds: int = 3 * 3600
    quota_bytes_per_user: int = 50 * 1024**3
    signed_link_seconds: int = 3600
    retention_days: Annotated[PositiveInt | None, BeforeValidator(lambda value: value or None)] = None
    """Recordings are deleted after so many days; reports and transcripts stay. Empty: they are kept."""
    others_retention_days: Annotated[PositiveInt | None, BeforeValidator(lambda value: value or None)] = 180
    """The same for recordings of other people's interviews, which have a default. Empty: as long as one's own."""
    decode_memory_bytes: int = 3 * 1024**3
    decode_timeout_seconds: int = 900

    # Analysis
    whisper_model: str = "base"
    """``base`` is part of the installation. Any other size that faster-whisper knows is fetched on first use, where a network lets it; or
    the path of a model directory. Where that cannot be had, ``base`` is used, and reports say so."""
    whisper_device: Literal["auto", "cpu", "cuda"] = "auto"
    lease_seconds: int = 60
    """A worker renews its lease while it works; one that dies is replaced after this long."""
    stage_timeout_seconds: int = 4 * 3600
    """A stage that runs longer hangs: its worker ends itself and is started anew."""
    max_attempts: int = 3
    retry_delay_seconds: float = 5.0
    """Before the second attempt; doubled before the third."""
    sweep_seconds: float = 5.0
    """How often a worker looks for work that nobody woke it for."""
    analysis_wait_seconds: int = 60
    """How long ``transcribe`` and ``report`` wait before they answer 202."""

    # A model server, if there is one
    openai_base_url: str = Field("", validation_alias=AliasChoices("OPENAI_BASE_URL", "INTERVI_OPENAI_BASE_URL"))
    """Any OpenAI-compatible server (``http://localhost:11434/v1``). Empty: none is asked, even where a key is set for other programs."""
    openai_api_key: SecretStr = Field(
        SecretStr(""), validation_alias=AliasChoices("OPENAI_API_KEY", "INTERVI_OPENAI_API_KEY")
    )
    openai_model: str = Field("", validation_alias=AliasChoices("OPENAI_MODEL", "INTERVI_OPENAI_MODEL"))
    """Empty: the first that the server lists."""
    openai_timeout_seconds: float = Field(60.0, gt=0)
    """For one request; a whole question to the server, with its retries, takes three times as long at most."""
    suggestion_timeout_seconds: float = Field(15.0, gt=0)
    """How long a suggested response may take in all: it is wanted while the question is in the room."""

    # A mail server, if there is one
    smtp_url: SecretStr = SecretStr("")
    """``smtps://user:password@host:465``, or ``smtp://…`` (encrypted where the server offers it). Empty: nobody gets an e-mail."""
    mail_from: str = ""
    """The address that e-mails come from, which the mail server lets us use."""

    @model_validator(mode="after")
    def _mail_is_complete(self) -> "Settings":
        if self.sends_mail:
            address = urlsplit(self.smtp_url.get_secret_value())
            if address.scheme not in ("smtp", "smtps") or not address.hostname:
                raise ValueError("INTERVI_SMTP_URL has the form smtps://user:password@host:465")
            if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", self.mail_from):
                raise ValueError("INTERVI_MAIL_FROM must be an e-mail address where INTERVI_SMTP_URL is set")
        return self

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_url.get_secret_value())

    @property
    def base_url(self) -> str:
        """The address of this installation, without a slash at its end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def allowed_origins(self) -> frozenset[str]:
        """The origins that are ours; any other on an unsafe method with a cookie is foreign."""
        own = {self.base_url}
        if not self.public_url:
            own |= {f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}"}
        return frozenset(own)

    @property
    def run_directory(self) -> Path:
        """Sockets and process ids; mode 0700."""
        return self.home / "run"

    @property
    def sqlalchemy_url(self) -> str:
        """The database for SQLAlchemy: psycopg 3, which serves asynchronous and plain sessions alike."""
        if not self.database_url:
            return f"postgresql+psycopg://intervi@/intervi?host={self.run_directory / 'postgres'}"
        scheme, rest = self.database_url.split("://", 1)
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url

    @property
    def broker_url(self) -> str:
        """Redis as redis-py wants it."""
        return self.redis_url or f"unix://{self.run_directory / 'redis' / 'redis.sock'}"

    @cached_property
    def signing_key(self) -> str:
        """The secret, made on first need. Written atomically: two processes starting at once agree."""
        if self.secret:
            return self.secret
        path = self.home / "secret"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            draft = self.home / f"secret.{secrets.token_hex(4)}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        return path.read_text().strip()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Tests that change the environment call ``settings.cache_clear()``."""
    return Settings()
