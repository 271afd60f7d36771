"""What is sent: read within limits, decompressed within limits, decoded strictly into types.

Limits hold while reading: a body that is too large, or that would become so once decompressed, is refused at the
limit, not after it is all in memory.
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
_GZIP = 31
"""What zlib calls gzip with its largest window (https://zlib.net/manual.html#Advanced)."""
_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def read_json(type_: type[T], *, limit: int = LIMIT, media_types: tuple[str, ...] = (JSON,)) -> T:
    """The body, decoded. Raises `ProblemError`: malformed, too large, of another kind, or invalid."""
    body = read_body(limit=limit, media_types=media_types)
    return decode(body, type_)


def read_body(*, limit: int = LIMIT, media_types: tuple[str, ...] = (JSON,)) -> bytes:
    """The body of the request, decompressed where it came with gzip. `limit` holds before and after that.

    Raises `ProblemError`.
    """
    if request.mimetype not in media_types:
        said = f"not {request.mimetype}" if request.mimetype else "and the request says nothing"
        raise ProblemError(
            problems.UNSUPPORTED,
            f"Send the body as {' or '.join(media_types)}, {said}.",
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
            f"Send the body as it is or with gzip, not with {encoding[:40]}.",
            headers={"Accept-Encoding": "gzip"},
        )
    # What comes in chunks is cut off there without a word, so one byte more than is allowed is read.
    request.max_content_length = limit + 1
    sent = _up_to(limit, _raw())
    try:
        body = b"".join(sent if encoding == "identity" else _up_to(limit, _inflated(sent)))
    except (RequestEntityTooLarge, _TooLargeError):
        raise ProblemError(
            problems.TOO_LARGE, f"A body may be {limit:,} bytes, also once it is decompressed."
        ) from None
    if not body.strip():
        raise ProblemError(problems.MALFORMED, "The body is empty.")
    g.api_body = body
    return body


def body_read() -> bytes:
    """The body that was read before, of the request at hand."""
    body: bytes = g.get("api_body", b"")
    return body


def decode(body: bytes, type_: type[T]) -> T:
    """JSON as a value of `type_`, strictly: nothing unknown, nothing converted. Raises `ProblemError`."""
    try:
        decoded = _decoded(body, type_)
    except UnicodeDecodeError:
        raise ProblemError(problems.MALFORMED, "The body is not in UTF-8.") from None
    except RecursionError:
        raise ProblemError(problems.MALFORMED, "The body is nested too deeply.") from None
    except msgspec.DecodeError as error:
        if _SURROGATE.search(body):
            raise ProblemError(
                problems.MALFORMED,
                "The body can't be read as JSON: a character that is written as two \\u escapes lacks one of them.",
            ) from None
        raise ProblemError(problems.MALFORMED, f"The body can't be read as JSON: {error}.") from None
    if b"\\u0000" in body and _NUL.search(body):
        raise ProblemError(
            problems.INVALID,
            "A text has the character NUL in it.",
            [FieldError("The character U+0000 can't be stored. Leave it out.", pointer="")],
        )
    return decoded


def _decoded(body: bytes, type_: type[T]) -> T:
    try:
        decoded: T = _decoder_of(cast(Hashable, type_)).decode(body)
    except msgspec.ValidationError as error:
        errors = pointed_out(body, type_, error)
        raise ProblemError(problems.INVALID, "The body is not as it has to be: see errors.", errors) from None
    return decoded


class _TooLargeError(Exception):
    pass


def _raw() -> Iterator[bytes]:
    try:
        while piece := request.stream.read(_PIECE):
            yield piece
    except ClientDisconnected:
        raise ProblemError(problems.MALFORMED, "The body ended before its length was reached.") from None


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What gzip holds (RFC 1952: one member or more), in pieces of a bounded size however much a byte stands for."""
    inflate = zlib.decompressobj(_GZIP)
    begun = False
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if inflate.eof:
                    inflate = zlib.decompressobj(_GZIP)
                begun = True
                yield inflate.decompress(rest, _PIECE)
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    except zlib.error:
        raise ProblemError(
            problems.MALFORMED, "The body is no gzip, though Content-Encoding says so."
        ) from None
    if begun and not inflate.eof:
        raise ProblemError(problems.MALFORMED, "The gzip body ended before its end.")


def _up_to(limit: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, until they are too many bytes together."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _TooLargeError
        yield piece


@cache
def _decoder_of(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)
