"""The form on the page of an interview of others shows the login's cookie: that is enough, unless another site's page sends it."""

import httpx
import pytest

from tests.api.recordings import A_RECORDING
from tests.api.test_hiring_interviews import BASE, an_interview, enveloped, refused


@pytest.mark.parametrize("is_foreign", [False, True])
async def test_the_logins_cookie_is_enough_but_not_from_elsewhere(client: httpx.AsyncClient, is_foreign: bool) -> None:
    await client.post("/api/auth/register", json={"email": "a@example.com", "password": "SecurePass123!"})
    data = {"interviewId": await an_interview(client), "format": "audio", "consentedBy": "Mr Okafor"}
    client.cookies.delete("token")  # good for an hour; the page's login is good for longer
    headers = {"Origin": "https://elsewhere.example"} if is_foreign else {}
    sent = await client.post(
        f"{BASE}/transcription/upload", data=data, files={"file": ("talk.wav", A_RECORDING)}, headers=headers
    )
    if is_foreign:
        refused(sent, 403, "FORBIDDEN")
    else:
        enveloped(sent, 201)
