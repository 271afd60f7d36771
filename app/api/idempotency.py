"""`Idempotency-Key`: a request sent again gets the same response and does nothing twice
(draft-ietf-httpapi-idempotency-key-header).

For POSTs whose body has no key of its own. Only successful responses are stored: a rejected request changed
nothing, so it is evaluated again when it is sent again, for instance once there is more credit.

Their bodies are encrypted: one may have a link that lets someone in, which is stored only as a digest elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from cryptography.fernet import InvalidToken
from flask import Response, request

from app import signing
from app.api import bodies, problems
from app.api.caller import current_caller
from app.api.problems import Kind, ProblemError
from app.models import StoredResponse
from app.models.usage import NO_ONE
from app.web import stored_responses
from app.web.stored_responses import InFlightError

HEADER = "Idempotency-Key"
_QUOTED = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"')
_BARE = re.compile(r"[A-Za-z0-9._:/+=-]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Location")
_PURPOSE = "stored responses"
_ENCRYPTED = b"encrypted\n"
"""Begins what the fingerprint is of where the body is encrypted."""

REUSED = Kind(
    "idempotency-key-reused",
    422,
    "The key was used for another request",
    "This `Idempotency-Key` was used in the last 24 hours for a request to another address or with a "
    "different body.",
    "Use a new key for every new request, and reuse a key only to repeat the same request.",
)
IN_FLIGHT = Kind(
    "request-in-progress",
    409,
    "The same request is in progress",
    "Another request with this `Idempotency-Key` is still in progress. This one changed nothing.",
    "Try again in a moment to get the response to the first request.",
)
PROBLEMS = (REUSED, IN_FLIGHT, problems.MALFORMED)


def once(answer: Callable[[], Response]) -> Response:
    """Respond, or repeat the stored response to the same request. Without the header, the request is not
    deduplicated.

    Raises `ProblemError`. The caller commits, which releases the key's lock.
    """
    key = _key()
    if key is None:
        return answer()
    holder = current_caller().org_id or NO_ONE
    try:
        kept = stored_responses.lock_key(holder, key)
    except InFlightError:
        raise ProblemError(
            IN_FLIGHT, "A request with this key is in progress.", headers={"Retry-After": "1"}
        ) from None
    if kept is not None:
        body = _body_of(kept)
        if body is not None:
            return _again(kept, body)
        stored_responses.forget(kept)
    response = answer()
    if response.status_code < 300:
        stored_responses.store(
            holder,
            key,
            fingerprint=_fingerprint(_ENCRYPTED),
            status=response.status_code,
            headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
            body=signing.encryption(_PURPOSE).encrypt(response.get_data()),
        )
    return response


def _body_of(kept: StoredResponse) -> bytes | None:
    """The body of the response to this same request; None if the key that encrypted it is gone. Raises `ProblemError`
    if it was to another request."""
    if kept.fingerprint == _fingerprint():
        # Of the version before, which didn't encrypt. It takes what is encrypted for a response to another request.
        return kept.body
    if kept.fingerprint != _fingerprint(_ENCRYPTED):
        raise ProblemError(REUSED, "This key was already used for a different request. Use a new key.")
    try:
        return signing.encryption(_PURPOSE).decrypt(kept.body)
    except InvalidToken:
        return None


def _again(kept: StoredResponse, body: bytes) -> Response:
    response = Response(body, kept.status)
    response.headers.update(kept.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _key() -> str | None:
    """The key: a structured field string (RFC 8941), or the same without quotes, as many clients send it."""
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    if quoted := _QUOTED.fullmatch(sent.strip()):
        return quoted[1]
    if _BARE.fullmatch(sent.strip()):
        return sent.strip()
    raise ProblemError(
        problems.MALFORMED,
        f'{HEADER} must be a string of 1 to 255 characters in double quotes, like "8e03978e-40d5-43dd-bc93".',
    )


def _fingerprint(begins: bytes = b"") -> bytes:
    digest = hashlib.sha256(begins + f"{request.method} {request.full_path}\n".encode())
    digest.update(bodies.body_read())
    return digest.digest()
