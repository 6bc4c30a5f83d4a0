"""The candidate contract ("Intervi API"), below ``/api``."""

from fastapi import APIRouter

from intervi.api.candidate import accounts, analytics, realtime, sessions, system

router = APIRouter()
for module in (accounts, sessions, analytics, realtime, system):
    router.include_router(module.router)
