"""Builds the router of a contract: its group in the documentation, its checked bodies, its error body as documented."""

from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from intervi.api.contract import Contract, Failure
from intervi.api.requests import ContractRoute


def router_of(contract: Contract) -> APIRouter:
    """An empty router; its routes give their whole paths, as published."""
    return APIRouter(
        tags=[contract.name],
        route_class=ContractRoute,
        responses=refusals_of(contract),
        generate_unique_id_function=operation_id,
    )


def operation_id(route: APIRoute) -> str:
    """``candidate_register``: short names for those who generate clients."""
    return "_".join([*map(str, route.tags), route.name])


def refusals_of(contract: Contract) -> dict[int | str, dict[str, Any]]:
    """Documents every refusal once, in the place of FastAPI's own form of validation errors."""
    example = contract.error_body(Failure(404, "There is no such record.", {}))
    content = {"application/json": {"schema": _schema_of(example), "example": example}}
    return {"4XX": {"description": "Refused, with the reason.", "content": content}}


def _schema_of(example: Any) -> dict[str, Any]:
    """The JSON schema of values such as this one: all of an object's members are there, and no others unless it is empty."""
    if not isinstance(example, dict):
        return {"type": {bool: "boolean", int: "integer", str: "string"}[type(example)]}
    members = {name: _schema_of(value) for name, value in example.items()}
    closed = {"properties": members, "required": list(members), "additionalProperties": False} if members else {}
    return {"type": "object", **closed}
