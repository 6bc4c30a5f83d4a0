"""The conversation contract: interviews as questions and answers in writing, below ``/api/v1/interview``."""

from intervi.api.conversation.routes import router

__all__ = ["router"]
