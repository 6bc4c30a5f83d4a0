"""The hiring contract, below ``/api/v1``: interviews of others, from scheduling to assessment, and the keys by which programs call."""

from fastapi import APIRouter

from intervi.api.hiring import analysis, api_keys, health, interviews, scheduling, transcription

router = APIRouter()
for part in (interviews, transcription, analysis, scheduling, api_keys, health):
    router.include_router(part.router)
