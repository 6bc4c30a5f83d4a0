"""A real SMTP server (RFC 5321), well or badly behaved: what tests put in the place of a mail server.

``with mail_server() as server:`` gives one on a free port and points the settings of this process at it; ``server.taken`` is what it
accepted. It runs in a thread of its own, so that ``smtplib`` of the same process, or of another, can speak with it.
"""

import asyncio
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum

from icalendar import Calendar, Event

from intervi.settings import settings

MAIL_FROM = "interviews@example.org"


class Manner(StrEnum):
    """How the server behaves."""

    GOOD = "good"
    BUSY = "busy"
    """451 to every recipient."""
    NO_MAILBOX = "no mailbox"
    """550 to every recipient."""
    HANGS_UP = "hangs up"
    """Closes the connection in the middle of the e-mail."""
    SPAM = "spam"
    """554 to the e-mail itself."""


@dataclass(frozen=True)
class Mail:
    """One e-mail that the server took, for one recipient."""

    sender: str
    recipient: str
    message: EmailMessage

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return body.get_content()

    @property
    def calendar(self) -> Calendar:
        """Of the part that calendar programs read."""
        (part,) = (each for each in self.message.walk() if each.get_content_type() == "text/calendar")
        return Calendar.from_ical(part.get_content())

    @property
    def event(self) -> Event:
        (event,) = self.calendar.walk("VEVENT")
        return event


@dataclass
class SmtpServer:
    """A running one."""

    port: int = 0
    manner: Manner = Manner.GOOD
    taken: list[Mail] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from greeting to QUIT."""
        self.connections += 1
        conversation = _Conversation(self, reader)
        writer.write(b"220 mail.example.org ESMTP\r\n")
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := (await reader.readline()).decode().strip():
                answer = await conversation.answer(line)
                if not answer:
                    break
                writer.write(f"{answer}\r\n".encode())
                if answer.startswith("354"):
                    await writer.drain()
                    answer = await conversation.take()
                    if not answer:
                        break
                    writer.write(f"{answer}\r\n".encode())
                await writer.drain()
        writer.close()


class _Conversation:
    """What one client has said so far."""

    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader) -> None:
        self.server, self.reader = server, reader
        self.sender, self.recipients = "", []

    async def answer(self, line: str) -> str:
        """To a command; empty: the connection ends."""
        address = "".join(re.findall(r"<(.*?)>", line))
        match line.split()[0].upper():
            case "EHLO":
                return "250-mail.example.org\r\n250 AUTH PLAIN"
            case "AUTH":
                self.server.logins.append(line.split()[-1])
                return "235 welcome"
            case "MAIL":
                self.sender, self.recipients = address, []
            case "RCPT" if self.server.manner == Manner.BUSY:
                return "451 try later"
            case "RCPT" if self.server.manner == Manner.NO_MAILBOX:
                return "550 no such mailbox"
            case "RCPT":
                self.recipients.append(address)
            case "DATA":
                return "354 go on"
            case "QUIT":
                return ""
        return "250 ok"

    async def take(self) -> str:
        """The e-mail itself, up to the line with a dot."""
        if self.server.manner == Manner.HANGS_UP:
            await self.reader.readline()
            return ""
        content = await self.reader.readuntil(b"\r\n.\r\n")
        if self.server.manner == Manner.SPAM:
            return "554 looks like spam"
        message = message_from_bytes(re.sub(rb"(?m)^\.\.", b".", content[:-3]), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.server.taken += [Mail(self.sender, recipient, message) for recipient in self.recipients]
        return "250 taken"


@contextmanager
def mail_server(manner: Manner = Manner.GOOD, login: str = "") -> Iterator[SmtpServer]:
    """A server on a free port; this process, and those it starts, send through it until the end of the block.

    Args:
        login: ``user:password@`` to sign in with.
    """
    server = SmtpServer(manner=manner)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(
        asyncio.start_server(server.converse, "127.0.0.1", 0, limit=1 << 24), loop
    ).result()
    server.port = listening.sockets[0].getsockname()[1]
    os.environ |= {
        "INTERVI_SMTP_URL": server.url.replace("//", f"//{login}"),
        "INTERVI_MAIL_FROM": MAIL_FROM,
    }
    settings.cache_clear()
    try:
        yield server
    finally:
        for name in ("INTERVI_SMTP_URL", "INTERVI_MAIL_FROM"):
            os.environ.pop(name, None)
        settings.cache_clear()
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
