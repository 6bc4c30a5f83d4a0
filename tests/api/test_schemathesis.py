"""The whole OpenAPI against the served application: calls made from the description, good and bad, are never answered with a 5xx, and every
answer is as described.

Each operation is called with ids that are nobody's and with the caller's own, made by its entry in the cross-user matrix.
"""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from intervi.api.app import create_app
from tests.api.matrix import Signed
from tests.api.people import PASSWORD
from tests.api.test_cross_user_matrix import ENTRIES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 20
DESCRIBED = schemathesis.openapi.from_dict(create_app().openapi())
OPERATIONS = {f"{found.ok().method.upper()} {found.ok().path}": found.ok() for found in DESCRIBED.get_all_operations()}


async def _made(address: str, name: str) -> tuple[dict[str, str], Mapping[str, str]]:
    """A caller's header, and ids of something of theirs."""
    async with httpx.AsyncClient(base_url=address, timeout=60) as caller:
        answer = await caller.post("/api/auth/register", json={"email": "user@example.com", "password": PASSWORD})
        caller.cookies.clear()
        caller.headers["Authorization"] = f"Bearer {answer.json()['tokens']['accessToken']}"
        entry = ENTRIES.get(name)
        ids = dict(await entry.make(caller)) if isinstance(entry, Signed) and entry.make else {}
        # Nothing is analysed here, so nobody waits for it.
        return {"Authorization": caller.headers["Authorization"], "Prefer": "wait=0"}, ids


def _cases(operation: APIOperation, ids: Mapping[str, str]) -> st.SearchStrategy[schemathesis.Case]:
    own = {parameter: value for parameter, value in ids.items() if f"{{{parameter}}}" in operation.path}
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    good, bad = (operation.as_strategy(mode) for mode in modes)
    if not own:
        return good | bad
    return (
        good
        | bad
        | operation.as_strategy(modes[0], path_parameters=own)
        | operation.as_strategy(modes[1], path_parameters=own)
    )


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_it_is_answered_as_described(address: str, name: str) -> None:
    headers, ids = asyncio.run(_made(address, name))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_cases(OPERATIONS[name], ids))
    def call(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=address, headers=headers, checks=CHECKS, timeout=60)

    call()
