"""The hiring contract, below ``/api/v1``: interviews of others, from scheduling to assessment, and the keys by which programs call."""

from intervi.api.hiring import analysis, api_keys, feedback, health, interviews, scheduling, transcription

routers = (
    interviews.router,
    transcription.router,
    analysis.router,
    feedback.router,
    scheduling.router,
    api_keys.router,
    health.router,
)
