"""Keys: secret ones for everything, publishable ones for what stripe.js may do (https://docs.stripe.com/keys)."""

from __future__ import annotations

import base64
import binascii
import re
from hmac import compare_digest

from flask import Request, current_app

from stripe_sandbox.errors import ApiError
from stripe_sandbox.sandbox import Sandbox

_PUBLISHABLE_MAY = re.compile(
    r"POST /v1/(payment_methods|confirmation_tokens)|GET /v1/(payment|setup)_intents/\w+"
    r"|POST /v1/(payment|setup)_intents/\w+/confirm"
)


def is_publishable(request: Request) -> bool:
    """Whether a publishable key came with a request.

    Raises 401 without a test key, or without the very one that the settings name, and 403 where a publishable one may
    not do this.
    """
    key = _key(request)
    if _is_secret(key):
        return False
    if not key.startswith("pk_test_"):
        raise ApiError(
            401,
            "invalid_request_error",
            f"Invalid API Key provided: {key[:8]}****" if key else "You did not provide an API key.",
        )
    if not _PUBLISHABLE_MAY.fullmatch(f"{request.method} {request.path}"):
        raise ApiError(
            403,
            "invalid_request_error",
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    return True


def _is_secret(key: str) -> bool:
    sandbox: Sandbox = current_app.extensions["stripe_sandbox"]
    only = sandbox.settings.secret_key
    return compare_digest(key.encode(), only.encode()) if only else key.startswith(("sk_test_", "rk_test_"))


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
