"""The cross-user matrix of the candidate contract, and of the documentation."""

from tests.api.matrix import Entry, Public, Refreshing, Signed

ENTRIES: dict[str, Entry] = {
    "POST /api/auth/register": Public(),
    "POST /api/auth/login": Public(),
    "POST /api/auth/refresh": Refreshing(),
    "POST /api/auth/logout": Signed(),
    "GET /api/health": Public(),
    "GET /api/ping": Public(),
    "GET /api/domains": Signed(),
    "GET /openapi.json": Public(),
    "GET /docs": Public(),
    "GET /docs/start.js": Public(),
    "GET /docs/swagger-ui.css": Public(),
    "GET /docs/swagger-ui-bundle.js": Public(),
}
