"""API errors: problem details (RFC 9457), with a page for each problem type.

A problem is raised as `ProblemError(kind, "what is wrong in this case")`. Its `type` is the address of its
page (`/api/problems/<name>`), which explains what it means and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flask import Response, current_app, request

from app.web.content_security_policy import NO_PAGE
from app.web.logs import path, request_id

MEDIA_TYPE = "application/problem+json"
KINDS: dict[str, Kind] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """A problem type. `name` and `status` are permanent, because programs rely on `type`; the texts are for
    people."""

    name: str
    status: int
    title: str
    meaning: str
    to_do: str

    def __post_init__(self) -> None:
        KINDS[self.name] = self

    @property
    def type(self) -> str:
        """The address of the page about this problem type."""
        public_url: str = current_app.config["SETTINGS"].public_url
        return f"{public_url}/api/problems/{self.name}"


class FieldError(msgspec.Struct, frozen=True):
    """One validation error: what is wrong, and where, as a JSON pointer (RFC 6901) or a parameter name."""

    detail: str
    pointer: str | msgspec.UnsetType = msgspec.UNSET
    parameter: str | msgspec.UnsetType = msgspec.UNSET


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """Problem details (RFC 9457). `type` identifies the problem type and is the address of a page that says
    what to do; `detail` explains this occurrence; include `request_id` when you contact support."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[FieldError] = []


@dataclass
class ProblemError(Exception):
    """Responds with problem details. `errors` are validation errors; `members` are additional JSON members."""

    kind: Kind
    detail: str
    errors: list[FieldError] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        """The problem details of the current request, as JSON."""
        details = ProblemDetails(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            instance=path(),
            request_id=request_id(),
            errors=self.errors,
        )
        content: dict[str, Any] = msgspec.to_builtins(details)
        return content | dict(self.members)

    def response(self) -> Response:
        """The response to the current request."""
        body = msgspec.json.encode(self.content)
        response = Response(
            b"" if request.method == "HEAD" else body, self.kind.status, content_type=MEDIA_TYPE
        )
        response.headers["Content-Security-Policy"] = NO_PAGE
        response.headers.update(self.headers)
        return response


MALFORMED = Kind(
    "malformed-request",
    400,
    "Malformed request",
    "The body is empty, is not valid UTF-8 JSON, or is nested too deeply; or a header or parameter is "
    "invalid.",
    "Fix what `detail` names. Repeating the request unchanged won't help.",
)
UNAUTHORIZED = Kind(
    "unauthorized",
    401,
    "Authentication required",
    "The request has no bearer token, or the token is unknown, expired, or revoked.",
    "Send `Authorization: Bearer vpb_…`. An operator creates tokens with `flask token create`.",
)
FORBIDDEN = Kind(
    "missing-scope",
    403,
    "Missing scope",
    "The token is valid but doesn't have the scope given in `scope`.",
    "Use a token with this scope. An operator creates one with `flask token create --scope …`.",
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "Not found",
    "The resource doesn't exist, or this token can't see it: a token for one organization can't see others.",
    "Check the address, the id, and which organization the token is for.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed",
    405,
    "Method not allowed",
    "This address exists but doesn't support this method.",
    "Use one of the methods listed in the `Allow` header.",
)
TIMED_OUT = Kind(
    "request-timeout",
    408,
    "Request timeout",
    "The connection was idle for too long, or the body took too long to arrive. Nothing was processed.",
    "Send the same request again. Compress large batches with gzip, or send smaller ones.",
)
CONFLICT = Kind(
    "conflict",
    409,
    "Conflict with another request",
    "Another request changed the same resource at the same time. This one changed nothing.",
    "Send the request again.",
)
TOO_LARGE = Kind(
    "too-large",
    413,
    "Request body too large",
    "The body exceeds the size limit of this endpoint, before or after decompression. Nothing was processed.",
    "Send a smaller body; `detail` gives the limit.",
)
UNSUPPORTED = Kind(
    "unsupported-media-type",
    415,
    "Unsupported media type",
    "This endpoint doesn't support the request's `Content-Type` or `Content-Encoding`.",
    "Use what the `Accept` and `Accept-Encoding` headers of this response list.",
)
INVALID = Kind(
    "invalid-content",
    422,
    "Invalid content",
    "The body is valid JSON, but a field is missing, unknown, of the wrong type, or out of range.",
    "Fix the fields listed in `errors`; each has a JSON pointer. Nothing was changed.",
)
TOO_MANY = Kind(
    "too-many-requests",
    429,
    "Too many requests",
    "The token exceeded its requests per minute. This request was not processed.",
    "Reduce your request rate, and wait the seconds given in `Retry-After`. Send usage in batches rather "
    "than event by event.",
)
INTERNAL = Kind(
    "internal-error",
    500,
    "Something went wrong on our side",
    "The error was logged. The request changed nothing.",
    "Try again. If the error persists, contact support with the `request_id`.",
)
UNAVAILABLE = Kind(
    "unavailable",
    503,
    "Temporarily unavailable",
    "The service is restarting or very busy. Nothing was changed.",
    "Send the same request again after the seconds given in `Retry-After`. That is safe: idempotent "
    "requests stay idempotent.",
)
