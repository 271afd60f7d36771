"""The calls of the API: what was sent, and what was answered."""

from __future__ import annotations

import json

from flask import Response, abort, request

from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.pages import as_json, shown


@blueprint.get("/requests")
def list_requests() -> Response:
    path = request.args.get("path", "").strip()
    return shown("requests.html", path=path, page=reading.requests(path, request.args.get("after", "")))


@blueprint.get("/requests/<request_id>")
def show_request(request_id: str) -> Response:
    exchange = sandbox().log.exchange(request_id)
    if exchange is None:
        abort(404, f"There is no request {request_id} here: the newest ten thousand are kept.")
    answer = exchange.answer if exchange.is_cut else as_json(json.loads(exchange.answer))
    return shown("request.html", exchange=exchange, answer=answer)
