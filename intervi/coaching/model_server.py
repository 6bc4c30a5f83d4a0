"""Asks an OpenAI-compatible model server for an answer of a given form.

One way for everything that asks a model: judging an answer, classifying a question, suggesting a response. What candidates and callers
wrote goes to the server as data (a JSON object in the user's message), never into the instructions; what comes back is checked
against the form that was asked for, and is nothing that anybody may trust further than that. Without ``OPENAI_BASE_URL`` there is none
(:func:`is_configured`), and callers use what is built in; the same when this raises, and they say so.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from intervi.errors import InterviError
from intervi.settings import settings

Answer = TypeVar("Answer", bound=BaseModel)


class ModelServerFailed(InterviError):
    """The server did not give an answer that can be used; ``message`` says why, without key or address."""

    status = 502
    code = "model_server_failed"


def is_configured() -> bool:
    """Whether there is a server to ask."""
    return bool(settings().openai_base_url)


async def ask(instructions: str, data: Mapping[str, Any], form: type[Answer]) -> Answer:
    """The server's answer to one question.

    Args:
        instructions: what to do; our own words only, nothing of a user's.
        data: what to do it with, as JSON.
        form: the answer's type. For servers that hold their model to a schema: ``extra="forbid"``, no defaults, and bounds in the
            descriptions of its fields rather than in the types (check them yourself afterwards).

    Raises:
        ModelServerFailed: in words; the caller falls back to what is built in, and says so.
    """
    # Loaded by who has a server to ask, which most installations have not.
    from intervi.coaching import model_client

    return await model_client.ask(instructions, data, form)


async def model_name() -> str:
    """The model that is asked: the one of the settings, or the first that the server lists.

    Raises:
        ModelServerFailed: if the server lists none.
    """
    from intervi.coaching import model_client

    return await model_client.model_name()
