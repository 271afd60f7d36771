"""Request bodies: read and decompressed within limits, decoded strictly into types.

Limits apply while reading: a body that is too large, before or after decompression, is rejected when it
reaches the limit, not once it is all in memory.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from flask import g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from app.api import problems
from app.api.invalid import pointed_out
from app.api.problems import FieldError, ProblemError

JSON = "application/json"
LIMIT = 256 * 1024
"""Bytes of a body, unless an endpoint says otherwise."""

T = TypeVar("T")
_PIECE = 64 * 1024
_READ = "billing.body_read"
"""In a request's environment: its body, or what is wrong with it."""
_GZIP = 31
"""What zlib calls gzip with its largest window (https://zlib.net/manual.html#Advanced)."""
_MOST_MEMBERS = 1_000
"""Compressed in parallel, a body has one for each 64 KB or more. Half a million empty ones keep a thread busy."""
_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def read_json(type_: type[T], *, limit: int = LIMIT, media_types: tuple[str, ...] = (JSON,)) -> T:
    """Decode the request body. Raises `ProblemError` if it is malformed, too large, of an unsupported media
    type, or invalid."""
    body = read_body(limit=limit, media_types=media_types)
    return decode(body, type_)


def read_body(*, limit: int = LIMIT, media_types: tuple[str, ...] = (JSON,)) -> bytes:
    """Read the request body and decompress gzip. `limit` (bytes) applies before and after decompression.

    Reading it again gives the same. Raises `ProblemError`.
    """
    if _READ not in request.environ:
        try:
            request.environ[_READ] = _read(limit, media_types)
        except ProblemError as error:
            request.environ[_READ] = error
    found: bytes | ProblemError = request.environ[_READ]
    if isinstance(found, ProblemError):
        raise found
    g.api_body = found
    return found


def _read(limit: int, media_types: tuple[str, ...]) -> bytes:
    if request.mimetype not in media_types:
        given = f"not {request.mimetype}" if request.mimetype else "the request has no Content-Type"
        raise ProblemError(
            problems.UNSUPPORTED,
            f"Send the body as {' or '.join(media_types)}, {given}.",
            headers={"Accept": ", ".join(media_types)},
        )
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise ProblemError(
            problems.UNSUPPORTED, "Send the body in UTF-8.", headers={"Accept": ", ".join(media_types)}
        )
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise ProblemError(
            problems.UNSUPPORTED,
            f"Send the body uncompressed or with gzip, not {encoding[:40]}.",
            headers={"Accept-Encoding": "gzip"},
        )
    # A chunked body is silently cut off at this length, so read one byte more than allowed.
    request.max_content_length = limit + 1
    sent = _up_to(limit, _raw())
    try:
        body = b"".join(sent if encoding == "identity" else _up_to(limit, _inflated(sent)))
    except (RequestEntityTooLarge, _TooLargeError):
        raise ProblemError(
            problems.TOO_LARGE, f"The body may have at most {limit:,} bytes, before and after decompression."
        ) from None
    if not body.strip():
        raise ProblemError(problems.MALFORMED, "The body is empty.")
    return body


def body_read() -> bytes:
    """The body that was already read for the current request."""
    body: bytes = g.get("api_body", b"")
    return body


def decode(body: bytes, type_: type[T]) -> T:
    """Decode JSON strictly as `type_`: no unknown fields, no type conversion. Raises `ProblemError`."""
    try:
        decoded = _decoded(body, type_)
    except UnicodeDecodeError:
        raise ProblemError(problems.MALFORMED, "The body is not valid UTF-8.") from None
    except RecursionError:
        raise ProblemError(problems.MALFORMED, "The body is nested too deeply.") from None
    except msgspec.DecodeError as error:
        if _SURROGATE.search(body):
            raise ProblemError(
                problems.MALFORMED,
                "The body is not valid JSON: a \\u escape of a surrogate pair is missing its other half.",
            ) from None
        raise ProblemError(problems.MALFORMED, f"The body is not valid JSON: {error}.") from None
    if b"\\u0000" in body and _NUL.search(body):
        raise ProblemError(
            problems.INVALID,
            "A string contains the NUL character.",
            [FieldError("Remove the character U+0000; it can't be stored.", pointer="")],
        )
    return decoded


def _decoded(body: bytes, type_: type[T]) -> T:
    try:
        decoded: T = _decoder_of(cast(Hashable, type_)).decode(body)
    except msgspec.ValidationError as error:
        errors = pointed_out(body, type_, error)
        raise ProblemError(
            problems.INVALID, "Request body failed validation; see `errors`.", errors
        ) from None
    return decoded


class _TooLargeError(Exception):
    pass


def _raw() -> Iterator[bytes]:
    try:
        while piece := request.stream.read(_PIECE):
            yield piece
    except ClientDisconnected:
        raise ProblemError(problems.MALFORMED, "The body is shorter than its Content-Length.") from None


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decompress gzip (RFC 1952: one or more members) in pieces of bounded size, whatever the compression ratio."""
    inflate = zlib.decompressobj(_GZIP)
    begun, members = False, 0
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if inflate.eof:
                    inflate = zlib.decompressobj(_GZIP)
                    members += 1
                    if members == _MOST_MEMBERS:
                        raise ProblemError(
                            problems.MALFORMED, f"The gzip body has more than {_MOST_MEMBERS:,} members."
                        )
                begun = True
                yield inflate.decompress(rest, _PIECE)
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    except zlib.error:
        raise ProblemError(
            problems.MALFORMED, "Content-Encoding is gzip, but the body is not valid gzip."
        ) from None
    if begun and not inflate.eof:
        raise ProblemError(problems.MALFORMED, "The gzip body is truncated.")


def _up_to(limit: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces; raise once their total size exceeds the limit."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _TooLargeError
        yield piece


@cache
def _decoder_of(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)
