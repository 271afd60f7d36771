"""What can be wrong, as the API says it: problem details (RFC 9457), each kind with a page of its own.

A kind is raised as `ProblemError(kind, "what is wrong in this case")`. Its `type` is the address of its page
(`/api/problems/<name>`), which says what it means and what to do.
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
    """A kind of problem, for good: programs tell kinds apart by their `type`. Texts are for people."""

    name: str
    status: int
    title: str
    meaning: str
    to_do: str

    def __post_init__(self) -> None:
        KINDS[self.name] = self

    @property
    def type(self) -> str:
        """The address of its page."""
        public_url: str = current_app.config["SETTINGS"].public_url
        return f"{public_url}/api/problems/{self.name}"


class FieldError(msgspec.Struct, frozen=True):
    """One thing that is wrong with what was sent: where, as a JSON pointer (RFC 6901) or the name of a parameter,
    and what."""

    detail: str
    pointer: str | msgspec.UnsetType = msgspec.UNSET
    parameter: str | msgspec.UnsetType = msgspec.UNSET


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong (RFC 9457). `type` tells kinds apart and is the address of a page that says what to do;
    `detail` says what is wrong this time; `request_id` is what to name when asking for help."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[FieldError] = []


@dataclass
class ProblemError(Exception):
    """An answer that says what is wrong. `errors` say where; `members` are further ones of the answer, as JSON."""

    kind: Kind
    detail: str
    errors: list[FieldError] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer to the request at hand."""
        details = ProblemDetails(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            instance=path(),
            request_id=request_id(),
            errors=self.errors,
        )
        body = msgspec.json.encode(msgspec.to_builtins(details) | dict(self.members))
        response = Response(
            b"" if request.method == "HEAD" else body, self.kind.status, content_type=MEDIA_TYPE
        )
        response.headers["Content-Security-Policy"] = NO_PAGE
        response.headers.update(self.headers)
        return response


MALFORMED = Kind(
    "malformed-request",
    400,
    "The request can't be read",
    "Its body is empty, is no JSON in UTF-8, or is nested too deeply; or a header or parameter has no meaning here.",
    "Correct what `detail` names. The same request again gets the same answer.",
)
UNAUTHORIZED = Kind(
    "unauthorized",
    401,
    "A token is needed",
    "The request has no bearer token, or one that is unknown, has expired or was revoked.",
    "Send `Authorization: Bearer vpb_…`. An operator makes tokens with `flask token create`.",
)
FORBIDDEN = Kind(
    "missing-scope",
    403,
    "The token doesn't allow this",
    "The token is good, but was made without the scope that `scope` names.",
    "Use a token with this scope. An operator makes one with `flask token create --scope …`.",
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "There is nothing here",
    "The address leads nowhere, or to something that this token can't see: one for an organization sees no other.",
    "Check the address, the id, and whom the token is for.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed",
    405,
    "This method isn't for this address",
    "There is something at this address, but it takes other methods.",
    "Use one of those that the header `Allow` names.",
)
TIMED_OUT = Kind(
    "request-timeout",
    408,
    "The body didn't arrive in time",
    "The connection stayed silent for too long, or the whole body took too long. Nothing of it was taken.",
    "Send the same request again. Send large batches with gzip, or in smaller pieces.",
)
CONFLICT = Kind(
    "conflict",
    409,
    "Something else changed this at the same moment",
    "Two requests wanted to change the same thing. This one changed nothing.",
    "Send it again.",
)
TOO_LARGE = Kind(
    "too-large",
    413,
    "The body is too large",
    "It is larger than this address takes, as it was sent or once it was decompressed. Nothing of it was taken.",
    "Send less at once; `detail` says how much is taken.",
)
UNSUPPORTED = Kind(
    "unsupported-media-type",
    415,
    "The body is of another kind",
    "The header `Content-Type` or `Content-Encoding` names something that this address doesn't take.",
    "Send what the headers `Accept` and `Accept-Encoding` of this answer name.",
)
INVALID = Kind(
    "invalid-content",
    422,
    "Something in the request is not valid",
    "The body is JSON, but a field is missing, unknown, of another type, or out of range.",
    "Each of `errors` says what is wrong, with a JSON pointer to where. Nothing was changed.",
)
TOO_MANY = Kind(
    "too-many-requests",
    429,
    "Too many requests",
    "The token made more requests in this minute than it may. This one did nothing.",
    "Wait as many seconds as `Retry-After` says. Send usage in batches rather than event by event.",
)
INTERNAL = Kind(
    "internal-error",
    500,
    "Something went wrong on our side",
    "The error was noted. What the request wanted to change was not changed.",
    "Try again; if it stays, write to support with the `request_id`.",
)
UNAVAILABLE = Kind(
    "unavailable",
    503,
    "Back in a moment",
    "The service is restarting or very busy. Nothing was changed.",
    "Send the same request again after the seconds in `Retry-After`. That is safe: what is idempotent stays so.",
)
