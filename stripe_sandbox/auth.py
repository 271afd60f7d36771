"""Keys: secret ones for everything, publishable ones for what stripe.js may do (https://docs.stripe.com/keys)."""

from __future__ import annotations

import base64
import binascii

from flask import Request

from stripe_sandbox.errors import ApiError

_PUBLISHABLE_MAY = (
    "POST /v1/payment_methods",
    "GET /v1/payment_intents/",
    "POST /v1/payment_intents/",
    "GET /v1/setup_intents/",
    "POST /v1/setup_intents/",
)


def is_publishable(request: Request) -> bool:
    """Whether a publishable key came with a request. Raises 401 without a test key, 403 where it may not do this."""
    key = _key(request)
    if key.startswith(("sk_test_", "rk_test_")):
        return False
    if not key.startswith("pk_test_"):
        raise ApiError(
            401,
            "invalid_request_error",
            f"Invalid API Key provided: {key[:8]}****" if key else "You did not provide an API key.",
        )
    wanted = f"{request.method} {request.path}"
    allowed = wanted == _PUBLISHABLE_MAY[0] or wanted.startswith(_PUBLISHABLE_MAY[1:])
    if not allowed or (
        request.method == "POST"
        and request.path.count("/") == 3
        and not request.path.endswith("confirm")
        and wanted != _PUBLISHABLE_MAY[0]
    ):
        raise ApiError(
            403,
            "invalid_request_error",
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    return True


def _key(request: Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return value
    if scheme == "Basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return request.values.get("key", "")
