"""The cross-user matrix of the list to take away."""

from tests.api.matrix import Entry, Signed

ENTRIES: dict[str, Entry] = {
    "GET /api/history.csv": Signed(),
}
