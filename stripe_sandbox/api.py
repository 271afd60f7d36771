"""`/v1`: from a request to its operation, with keys and faults on the way."""

from __future__ import annotations

import logging
import time

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from stripe_sandbox import params, wire
from stripe_sandbox.auth import is_publishable
from stripe_sandbox.conformance import Operation, find_operation
from stripe_sandbox.context import HANDLERS
from stripe_sandbox.errors import ApiError, invalid
from stripe_sandbox.faults import Fault
from stripe_sandbox.request_log import Request
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.serving import Asked, Result, serve
from stripe_sandbox.store import new_id

blueprint = Blueprint("api", __name__)
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
LONGEST_KEY = 255
_log = logging.getLogger(__name__)


@blueprint.route("/v1/", defaults={"_": ""}, methods=_METHODS)
@blueprint.route("/v1/<path:_>", methods=_METHODS)
def answer(_: str) -> Response:
    """Answer one call of the API."""
    sandbox: Sandbox = current_app.extensions["stripe_sandbox"]
    request_id = new_id("req", 14)
    fault = sandbox.faults.take(request.method, request.path)
    if fault and fault.kind == "drop_before":
        _note(sandbox, Result(0, {}), request_id, fault)
        return wire.drop(request)
    if fault and fault.kind in wire.REFUSALS:
        refusal = wire.refuse(fault, request_id)
        _note(sandbox, Result(refusal.status_code, {}), request_id, fault)
        return refusal
    result = _result(sandbox, request_id, fault)
    _note(sandbox, result, request_id, fault)
    sandbox.delivery.wake()
    if result.body.get("status") == "advancing":
        sandbox.hurry.set()
    if fault and fault.kind in {"timeout_after", "drop_after"}:
        time.sleep(fault.delay)
        return wire.drop(request)
    return wire.answer(result.status, result.body, request_id, _key(), replayed=result.replayed)


def _note(sandbox: Sandbox, result: Result, request_id: str, fault: Fault | None) -> None:
    """Write a call down in the log."""
    noted = Request(
        at=time.time(),
        method=request.method,
        path=request.path,
        status=result.status,
        request_id=request_id,
        idempotency_key=_key(),
        replayed=result.replayed,
        fault=fault.kind if fault else None,
    )
    sandbox.log.add(noted, _sent(), result.body)


def _result(sandbox: Sandbox, request_id: str, fault: Fault | None) -> Result:
    try:
        _check_form()
        publishable = is_publishable(request)
        asked = Asked(
            operation=_operation(),
            method=request.method,
            path=request.path,
            sent=params.decode(_sent()),
            key=_key(),
            request_id=request_id,
            publishable=publishable,
            fault=fault,
        )
        return serve(sandbox, asked)
    except ApiError as error:
        return Result(error.status, error.body)
    except Exception as error:
        _log.exception("The stand-in failed to serve %s %s", request.method, request.path)
        message = f"The stand-in failed: {type(error).__name__}: {error}"
        return Result(500, {"error": {"type": "api_error", "message": message}})


def _check_form() -> None:
    """Raises 400 or 413 for what can't be read at all."""
    if request.mimetype == "application/json":
        raise invalid(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have "
            "any questions, we can help at https://support.stripe.com/."
        )
    try:
        _ = request.form
    except RequestEntityTooLarge:
        raise ApiError(
            413, "invalid_request_error", "Request exceeds the maximum size of a megabyte."
        ) from None
    if len(_key() or "") > LONGEST_KEY:
        raise invalid(f"Idempotency keys can have up to {LONGEST_KEY} characters.")


def _operation() -> Operation:
    operation = find_operation(request.method, request.path)
    if operation is None or (operation.method, operation.template) not in HANDLERS:
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        raise ApiError(404, "invalid_request_error", message)
    return operation


def _sent() -> list[tuple[str, str]]:
    """The parameters as they came; those of a body that is too large are not read."""
    try:
        form = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        form = []
    return [*request.args.items(multi=True), *form]


def _key() -> str | None:
    return request.headers.get("Idempotency-Key") if request.method == "POST" else None
