"""``/docs`` works with no network and under our Content-Security-Policy; ``/openapi.json`` describes every route."""

import re

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from intervi.api.contract import Failure, contract_of

OF_OUR_ROOM = ["uploads"]
"""Routes of our own practice room: in no contract, though below a contract's base path."""


async def test_the_page_asks_only_us(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    addresses = re.findall(r'(?:src|href)="(/[^"]*|\w+:/[^"]*)"', page.text)
    assert len(addresses) == 3
    for address in addresses:
        assert address.startswith("/docs/")
        assert (await client.get(address)).status_code == 200
    assert "<script>" not in page.text
    assert "style=" not in page.text


async def test_assets_are_what_they_say(client: httpx.AsyncClient) -> None:
    bundle = await client.get("/docs/swagger-ui-bundle.js")
    assert "javascript" in bundle.headers["content-type"]
    assert "SwaggerUIBundle" in bundle.text
    assert (await client.get("/docs/swagger-ui.css")).headers["content-type"].startswith("text/css")
    assert "/openapi.json" in (await client.get("/docs/start.js")).text


async def test_every_contract_route_is_described_in_its_group(client: httpx.AsyncClient, app: FastAPI) -> None:
    described = (await client.get("/openapi.json")).json()
    tags = {tag["name"] for tag in described["tags"]}
    ids = []
    for route in iter_route_contexts(app.routes):
        contract = contract_of(route.path) if route.methods else None
        if contract is None or not route.include_in_schema:
            continue
        for method in route.methods:
            operation = described["paths"][route.path][method.lower()]
            if operation["tags"] == OF_OUR_ROOM:
                continue
            assert operation["tags"] == [contract.name]
            assert operation.get("description"), f"{route.path} does not say what it does"
            for parameter in operation.get("parameters", []):
                assert parameter["in"] != "query" or parameter.get("description"), f"{route.path} {parameter['name']}"
            ids.append(operation["operationId"])
        assert contract.name in tags
    assert len(set(ids)) == len(ids)


async def test_refusals_are_described_in_the_contracts_words(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    for path, operations in described["paths"].items():
        contract = contract_of(path)
        for operation in operations.values():
            if operation["tags"] == OF_OUR_ROOM:
                continue
            example = operation["responses"]["4XX"]["content"]["application/json"]["example"]
            assert contract is not None
            assert set(example) == set(contract.error_body(Failure(404, "")))
            assert "422" not in operation["responses"]


async def test_the_published_example_is_the_documented_one(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    properties = described["components"]["schemas"]["Registration"]["properties"]
    assert properties["password"]["examples"] == ["SecurePass123!"]
    assert properties["firstName"]["examples"] == ["John"]
