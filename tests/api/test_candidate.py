"""The candidate contract, walked as published."""

import httpx

REGISTRATION = {
    "email": "user@example.com",
    "password": "SecurePass123!",
    "firstName": "John",
    "lastName": "Doe",
    "provider": "email",
}


async def test_register(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/auth/register", json=REGISTRATION)
    assert answer.status_code == 201, answer.text
    print(answer.headers, answer.json())
    answer = await client.post("/api/auth/login", json=REGISTRATION)
    assert answer.status_code == 200, answer.text
    answer = await client.get("/api/domains")
    assert answer.status_code == 200, answer.text
    answer = await client.get("/api/nothing")
    print(answer.text, answer.headers)
    answer = await client.put("/api/ping")
    print(answer.text, answer.headers)
    answer = await client.post("/api/auth/logout")
    print(answer.text, answer.headers)
