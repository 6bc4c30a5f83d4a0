"""The assistant contract: interview sessions with their interactions, metrics and analytics, below ``/interview-sessions``."""

from fastapi import APIRouter

from intervi.api.assistant import interactions, metrics, sessions

router = APIRouter()
# Fixed words before ids: ``/interview-sessions/analytics`` is no session.
for module in (metrics, interactions, sessions):
    router.include_router(module.router)
