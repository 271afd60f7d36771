"""Query parameters and pagination.

`next` is the address of the next page, also given in the `Link` header (RFC 8288). The cursor in it is
opaque: its content may change at any time.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from flask import request

from app.api import problems
from app.api.invalid import error_of, found_in
from app.api.problems import FieldError, ProblemError

T = TypeVar("T")
MOST = 200


class PageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which page of a list to return."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST, description="The maximum number of items.")] = 50
    cursor: Annotated[
        Annotated[str, msgspec.Meta(max_length=200)] | None,
        msgspec.Meta(description="From `next` of the previous page; omit it for the first page."),
    ] = None

    @property
    def after(self) -> str | None:
        """Decode the cursor. Raises `ProblemError` if it is invalid."""
        if self.cursor is None:
            return None
        try:
            return base64.urlsafe_b64decode(self.cursor.encode()).decode("ascii")
        except (binascii.Error, UnicodeError):
            raise wrong_cursor() from None


def read(type_: type[T]) -> T:
    """Decode the query parameters. Raises `ProblemError`, which names each invalid one."""
    sent: dict[str, Any] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise _wrong([FieldError("Use this parameter only once.", parameter=name)])
        sent[name] = values[0]
    try:
        return msgspec.convert(sent, type_, strict=False)
    except msgspec.ValidationError as error:
        found = found_in(sent, type_, strict=False) or [error_of(error)]
        raise _wrong(
            [FieldError(one.detail, parameter=str(one.pointer).removeprefix("/")) for one in found]
        ) from None


def next_page(after: str | None) -> tuple[str | None, Mapping[str, str]]:
    """The address of the page that starts after `after`, and the `Link` header for it; none on the last page."""
    if after is None:
        return None, {}
    cursor = base64.urlsafe_b64encode(after.encode()).decode()
    address = f"{request.path}?{urlencode({**request.args.to_dict(), 'cursor': cursor})}"
    return address, {"Link": f'<{address}>; rel="next"'}


def wrong_cursor() -> ProblemError:
    """The problem for an invalid cursor."""
    return _wrong(
        [FieldError("Invalid cursor. Use the one in `next` of the previous page.", parameter="cursor")]
    )


def _wrong(errors: list[FieldError]) -> ProblemError:
    return ProblemError(problems.MALFORMED, "Invalid query parameters; see `errors`.", errors)
