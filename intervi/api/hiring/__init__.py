"""The hiring contract, below ``/api/v1``: interviews of others, their scheduling, and the keys by which programs call."""

from fastapi import APIRouter

from intervi.api.hiring import api_keys, health, interviews, scheduling

router = APIRouter()
for part in (interviews, scheduling, api_keys, health):
    router.include_router(part.router)
