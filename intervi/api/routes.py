"""Builds the router of a contract: its group in the documentation, its checked bodies, its error body as documented."""

from fastapi import APIRouter

from intervi.api.contract import Contract, Failure
from intervi.api.requests import ContractRoute


def router_of(contract: Contract) -> APIRouter:
    """An empty router; its routes give their whole paths, as published."""
    example = contract.error_body(Failure(404, "There is no such record.", {}))
    return APIRouter(
        tags=[contract.name],
        route_class=ContractRoute,
        # Documents every refusal once, in the place of FastAPI's own form of validation errors.
        responses={
            "4XX": {"description": "Refused, with the reason.", "content": {"application/json": {"example": example}}}
        },
    )
