"""Sends the invitations that are due, over SMTP (RFC 5321), one connection for all of them."""

import asyncio
import logging
import smtplib
import ssl
from contextlib import suppress
from urllib.parse import SplitResult, unquote, urlsplit

from intervi.database import transaction
from intervi.scheduling import invitations
from intervi.scheduling.invitations import Letter
from intervi.settings import settings
from workers.persistence import until_kept

log = logging.getLogger(__name__)

ANSWERS_SECONDS = 10.0
"""A mail server that is silent for so long is away. All that one e-mail takes stays below ``invitations.FIRST_PAUSE``."""
MOST_AT_ONCE = 50
"""Then other work has its turn."""


async def send_due() -> None:
    """Sends what is due, as far as the mail server lets us. What it does not take is tried again later, and its reason kept."""
    if not settings().sends_mail:
        return
    server = _Server()
    try:
        for _ in range(MOST_AT_ONCE):
            async with transaction() as session:
                letter = await invitations.claim_next(session)
            if letter is None or not await _send(server, letter):
                return
    finally:
        await asyncio.to_thread(server.leave)


async def _send(server: "_Server", letter: Letter) -> bool:
    """Sends one; whether the server is there for more."""
    try:
        await asyncio.to_thread(server.send, letter)
    except (smtplib.SMTPException, OSError) as error:
        for_good = _is_refused_for_good(error)
        log.warning("not sent: invitation %s, attempt %d: %s", letter.id, letter.attempt, _reason(error))
        await until_kept(_note_failed, letter, _reason(error), for_good)
        return for_good or isinstance(error, smtplib.SMTPRecipientsRefused)
    await until_kept(_note_sent, letter)
    log.info("sent: invitation %s", letter.id)
    return True


async def _note_sent(letter: Letter) -> None:
    async with transaction() as session:
        await invitations.note_sent(session, letter)


async def _note_failed(letter: Letter, reason: str, for_good: bool) -> None:
    async with transaction() as session:
        await invitations.note_failed(session, letter, reason, for_good=for_good)


class _Server:
    """The mail server of the settings; the connection is made with the first e-mail."""

    def __init__(self) -> None:
        self._connection: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hands one e-mail over.

        Raises:
            SMTPException, OSError: it was not taken.
        """
        if self._connection is None:
            self._connection = _connect(urlsplit(settings().smtp_url.get_secret_value()))
        self._connection.sendmail(settings().mail_from, [letter.address], letter.message)

    def leave(self) -> None:
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()


def _connect(address: SplitResult) -> smtplib.SMTP:
    host, context = address.hostname or "", ssl.create_default_context()
    if address.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, address.port or 465, timeout=ANSWERS_SECONDS, context=context)
        is_private = True
    else:
        connection = smtplib.SMTP(host, address.port or 25, timeout=ANSWERS_SECONDS)
        connection.ehlo_or_helo_if_needed()
        is_private = connection.has_extn("starttls")
        if is_private:
            connection.starttls(context=context)
    if address.username:
        if not is_private and host not in ("localhost", "127.0.0.1", "::1"):
            connection.close()
            raise smtplib.SMTPNotSupportedError("The mail server offers no encryption, so it gets no password.")
        connection.login(unquote(address.username), unquote(address.password or ""))
    return connection


def _is_refused_for_good(error: Exception) -> bool:
    """There is no such mailbox, or it does not take this e-mail. Any other refusal may be about us, and be mended."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _text in error.recipients.values())
        case smtplib.SMTPDataError():
            return error.smtp_code >= 500
    return False


def _reason(error: Exception) -> str:
    match error:
        case smtplib.SMTPRecipientsRefused():
            return "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
