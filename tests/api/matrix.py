"""How an entry of the cross-user matrix is written; see ``test_cross_user_matrix.py``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

Maker = Callable[[httpx.AsyncClient], Awaitable[Mapping[str, str]]]
"""Makes something of this caller's, through the API, and returns the path parameters that name it."""


@dataclass(frozen=True)
class Public:
    """Anyone may call it: it shows and changes nothing of anybody's."""

    request: Mapping[str, Any] = field(default_factory=dict)
    """A good request, as ``httpx`` takes it."""


@dataclass(frozen=True)
class Signed:
    """Needs a caller."""

    make: Maker | None = None
    """Makes the caller's object that the route is about; without one, the route is about the caller alone."""
    request: Mapping[str, Any] | Callable[[Mapping[str, str]], Mapping[str, Any]] = field(default_factory=dict)
    """A good request, as ``httpx`` takes it: ``json``, ``params``, ``files``, ``headers``; or what makes one
    from the path parameters, for a request that names the object elsewhere."""
    other_gets: int = 404
    """What another user is answered. 200: it is a list, in which the object is missing for them."""


@dataclass(frozen=True)
class Refreshing:
    """Takes a refresh token, and no access token."""


@dataclass(frozen=True)
class Linked:
    """The address itself is signed, and is the proof."""


@dataclass(frozen=True)
class Socket:
    """A WebSocket about an object of the caller's: refused after the handshake with 4401, another user's with 4404."""

    make: Maker


Entry = Public | Signed | Refreshing | Linked | Socket
