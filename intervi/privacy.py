"""What leaves this machine, in words, by the settings: the one place that pages and documents take it from."""

import ipaddress
from urllib.parse import urlsplit

from intervi.settings import Settings, settings
from intervi.translation import N_, _, fill


def what_leaves(current: Settings | None = None) -> str:
    """One or two sentences that are true of this installation.

    >>> what_leaves(Settings(openai_base_url=""))
    'Recordings, words and reports stay on the machine that runs Intervi; nothing is sent anywhere else.'
    """
    current = current or settings()
    elsewhere = [
        fill(text, {"host": host})
        for text, address in (
            (N_("Recordings are kept at {host}."), current.media_url),
            (N_("Accounts, words and reports are kept at {host}."), current.database_url),
            (
                N_(
                    "The words of your answers, their questions and what you wrote about the job are sent to the model server at {host}."
                ),
                current.openai_base_url,
            ),
        )
        if (host := _foreign_host(address))
    ]
    if current.sends_mail:
        host = urlsplit(current.smtp_url.get_secret_value()).hostname or ""
        elsewhere.append(fill("Invitations to interviews of others go out by e-mail, through {host}.", {"host": host}))
    if not elsewhere:
        return _("Recordings, words and reports stay on the machine that runs Intervi; nothing is sent anywhere else.")
    return " ".join([*elsewhere, _("Everything else stays on the machine that runs Intervi.")])


def _foreign_host(address: str) -> str:
    """The host of an address, if it is another machine than this one; else empty."""
    host = urlsplit(address).hostname or ""
    if not host or host == "localhost" or host.endswith(".localhost"):
        return ""
    try:
        return "" if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return host
