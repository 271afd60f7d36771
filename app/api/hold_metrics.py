"""Which operations on holds were granted and refused, by the name of the problem."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from flask import Response, request

from app import metrics
from app.api import problems
from app.prepared import prepare

OPERATIONS = {
    "api.reserve_hold": "reserve",
    "api.renew_hold": "renew",
    "api.capture_hold": "capture",
    "api.release_hold": "release",
}
_GRANTED = "granted"


class _Named(msgspec.Struct):
    type: str


prepare(_Named)


def count_answer(response: Response) -> Response:
    """Count the answer to a single operation."""
    endpoint = request.endpoint or ""
    if response.status_code == 200:
        count_granted(endpoint)
    elif response.status_code >= 400 and endpoint in OPERATIONS:
        count(OPERATIONS[endpoint], _type_in(response.get_data()))
    return response


def count_granted(endpoint: str) -> None:
    """Count an answer without a problem, if the endpoint is a single operation."""
    if (operation := OPERATIONS.get(endpoint)) is not None:
        count(operation, None)


def count(operation: str, problem: str | None) -> None:
    """Count an operation of a batch; `problem` is the type of what it was refused with, None if it was granted."""
    outcome = _GRANTED
    if problem is not None:
        name = problem.rpartition("/")[2]
        outcome = name if name in problems.KINDS else "other"
    _child(operation, outcome).inc()


def _type_in(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Named).type
    except msgspec.DecodeError:
        return ""


@cache
def _child(operation: str, outcome: str) -> Any:
    return metrics.HOLDS.labels(operation, outcome)
