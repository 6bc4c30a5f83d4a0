"""The assistant contract: interview sessions with their interactions, metrics and analytics, below ``/interview-sessions``."""

from intervi.api.assistant import interactions, metrics, sessions

# Fixed words before ids: ``/interview-sessions/analytics`` is no session.
routers = (metrics.router, interactions.router, sessions.router)
