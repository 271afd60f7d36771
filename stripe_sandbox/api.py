"""`/v1`: from a request to its operation, with keys, faults, idempotency and expansion on the way."""

from __future__ import annotations

import socket
import time
from typing import Any

from flask import Blueprint, Request, Response, current_app, jsonify, request

from stripe_sandbox import params
from stripe_sandbox.auth import is_publishable
from stripe_sandbox.conformance import Operation, find_operation, problems
from stripe_sandbox.context import HANDLERS, Call
from stripe_sandbox.errors import ApiError
from stripe_sandbox.expand import expand
from stripe_sandbox.faults import Fault
from stripe_sandbox.resources import events
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import new_id

blueprint = Blueprint("api", __name__)
_BROWSER_PARAMS = {"client_secret", "key", "expected_payment_method_type"}
_BROKEN = {"error": {"type": "api_error", "message": "An unexpected error occurred."}}


@blueprint.route("/v1/<path:_>", methods=["GET", "POST", "DELETE"])
def serve(_: str) -> Response:
    """Serve one call of the API."""
    sandbox: Sandbox = current_app.extensions["stripe_sandbox"]
    request_id = new_id("req", 14)
    fault = sandbox.faults.take(request.method, request.path)
    if fault and fault.kind == "drop_before":
        return _drop(request)
    if fault and fault.kind in {"409", "429", "html"}:
        return _refuse(fault.kind, request_id)
    status, body, replayed = _serve(sandbox, request_id, fault)
    sandbox.log.add(request.method, request.path, status, request_id)
    sandbox.delivery.wake()
    if fault and fault.kind in {"timeout_after", "drop_after"}:
        time.sleep(fault.delay)
        return _drop(request)
    return _answer(status, body, request_id, replayed=replayed)


def _serve(sandbox: Sandbox, request_id: str, fault: Fault | None) -> tuple[int, dict[str, Any], bool]:
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    endpoint = f"{request.method} {request.path}"
    sent: dict[str, Any] = {}
    begun = False
    try:
        publishable = is_publishable(request)
        operation = find_operation(request.method, request.path)
        if operation is None or (operation.method, operation.template) not in HANDLERS:
            message = f"Unrecognized request URL ({endpoint})."
            raise ApiError(404, "invalid_request_error", message)
        sent = params.decode(_pairs())
        if key:
            kept = sandbox.idempotency.begin(key, endpoint, sent)
            if kept is not None:
                return *kept, True
            begun = True
        call = _call(sandbox, operation, sent, request_id, publishable=publishable)
        call.idempotency_key = key
        status, body = _run(sandbox, operation, call, key, endpoint, sent, fault)
    except ApiError as error:
        status, body = error.status, error.body
    finally:
        if key and begun:
            sandbox.idempotency.end(key)
    return status, body, False


def _run(
    sandbox: Sandbox,
    operation: Operation,
    call: Call,
    key: str | None,
    endpoint: str,
    sent: Any,
    fault: Fault | None,
) -> tuple[int, dict[str, Any]]:
    """Do the work in one transaction with its events and its kept result. A refusal undoes it, a decline stays."""
    with sandbox.store.locked():
        status, body = 200, _BROKEN
        if fault is None or fault.kind != "500_before":
            try:
                body = HANDLERS[operation.method, operation.template](call)
                body = expand(sandbox.store, body, call.params.get("expand", []))
            except ApiError as error:
                if not error.keeps_changes:
                    raise
                status, body = error.status, error.body
            sandbox.delivery.enqueue(events.record(call))
        wrong = problems(body) if sandbox.settings.conformance else []
        if wrong:
            raise ApiError(
                500, "api_error", f"The stand-in's own answer doesn't conform: {'; '.join(wrong[:5])}"
            )
        if fault and fault.kind in {"500_before", "500_after"}:
            status, body = 500, _BROKEN
        if key:
            sandbox.idempotency.keep(key, endpoint, sent, status, body)
    return status, body


def _call(
    sandbox: Sandbox, operation: Operation, sent: dict[str, Any], request_id: str, *, publishable: bool
) -> Call:
    own = {name: value for name, value in sent.items() if not (publishable and name in _BROWSER_PARAMS)}
    placed = operation.template.split("/")
    ids = [part for part, name in zip(request.path.split("/"), placed, strict=True) if name.startswith("{")]
    call = Call(
        store=sandbox.store,
        settings=sandbox.settings,
        params=params.check(own, operation.params),
        path_ids=tuple(ids),
        publishable=publishable,
        request_id=request_id,
    )
    if publishable:
        sandbox.check_client_secret(operation, call, str(sent.get("client_secret", "")))
    return call


def _pairs() -> list[tuple[str, str]]:
    found = list(request.args.items(multi=True))
    return found + list(request.form.items(multi=True))


def _answer(status: int, body: dict[str, Any], request_id: str, *, replayed: bool) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Request-Id"] = request_id
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    if status >= 400:
        response.headers["Stripe-Should-Retry"] = "true" if status in {409, 500} and not replayed else "false"
    return response


def _refuse(kind: str, request_id: str) -> Response:
    if kind == "html":
        return Response("<html><body>502 Bad Gateway</body></html>", 502, content_type="text/html")
    words = {
        "409": (
            "idempotency_error",
            "There is currently another in-progress request using this Idempotent Key.",
        ),
        "429": ("rate_limit_error", "Request rate limit exceeded."),
    }
    type_, message = words[kind]
    error = {"type": type_, "message": message}
    if kind == "429":
        error = {"type": "invalid_request_error", "code": "rate_limit", "message": message}
    response = jsonify({"error": error})
    response.status_code = int(kind)
    response.headers["Request-Id"] = request_id
    return response


def _drop(of: Request) -> Response:
    """Cut the connection without an answer."""
    connection: socket.socket | None = of.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
