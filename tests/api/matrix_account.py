"""The cross-user matrix of an account as a whole."""

from tests.api.matrix import Entry, Signed
from tests.api.people import PASSWORD

_NEW = {"json": {"currentPassword": PASSWORD, "newPassword": "another uncommon phrase"}}

ENTRIES: dict[str, Entry] = {
    "POST /api/account/password": Signed(request=_NEW),
    "GET /api/account/export": Signed(),
    "DELETE /api/account": Signed(request={"json": {"password": PASSWORD}}),
}
