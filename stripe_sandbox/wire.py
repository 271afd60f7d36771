"""What goes back over the wire: answers with Stripe's headers, and the ways in which an answer can go wrong."""

from __future__ import annotations

import socket
from typing import Any

import stripe
from flask import Request, Response, jsonify

from stripe_sandbox.faults import Fault

IN_USE = "There is currently another in-progress request using this Idempotent Key."
NOT_ACTIVATED = "Your account has not been activated and can only make test charges."
REFUSALS = frozenset({"400", "401", "409", "429", "html"})


def answer(
    status: int, body: dict[str, Any], request_id: str, key: str | None = None, *, replayed: bool = False
) -> Response:
    """An answer of the API. `replayed` marks the stored result of an idempotency key."""
    response = jsonify(body)
    response.status_code = status
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = stripe.api_version
    if key:
        response.headers["Idempotency-Key"] = key
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    if status >= 400:
        response.headers["Stripe-Should-Retry"] = "true" if status in {409, 500} and not replayed else "false"
    return response


def refuse(fault: Fault, request_id: str) -> Response:
    """The answer of a fault that keeps a request from being served at all."""
    if fault.kind == "html":
        return Response("<html><body>502 Bad Gateway</body></html>", 502, content_type="text/html")
    errors = {
        "400": {"type": "invalid_request_error", "code": "testmode_charges_only", "message": NOT_ACTIVATED},
        "401": {"type": "invalid_request_error", "message": "Invalid API Key provided: sk_test_***."},
        "409": {"type": "idempotency_error", "message": IN_USE},
        "429": {
            "type": "invalid_request_error",
            "code": "rate_limit",
            "message": "Request rate limit exceeded.",
        },
    }
    return answer(int(fault.kind), {"error": errors[fault.kind]}, request_id)


def drop(request: Request) -> Response:
    """Cut the connection without an answer."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
