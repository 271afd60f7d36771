"""What the service says, or an error that names what was asked for."""

from __future__ import annotations

from typing import Any

from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.client import Answer, Client


def read(client: Client, path: str, what: str) -> Any:
    """What is at a path of the API. Raises as `said` does, and `UnreachableError`."""
    return said(client.get(path), what)


def said(answer: Answer, what: str) -> Any:
    """The content of an answer. Raises `UnexpectedAnswerError` where it is an error, with what was asked for, as in
    "The limits were"."""
    if not answer.is_good:
        raise UnexpectedAnswerError(f"{what} answered with {answer.status}.")
    return answer.body
