"""Sends a response on the event loop, as fast as the client reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from app.server.incoming import Receive
from app.server.running import Answer, Head

Send = Callable[[dict[str, Any]], Awaitable[None]]

_LINGER = 2.0
"""Seconds for which the rest of a rejected body is read and discarded."""

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


async def send_answer(head: Head, answer: Answer, send: Send, receive: Receive, *, keep_open: bool) -> None:
    """Send the response. Without `keep_open` the connection is closed afterward, because its request was not read
    completely.

    Raises `NoOneReadsError` if the response was abandoned.
    """
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in head.headers
        if name.lower() not in _HOP_BY_HOP
    ]
    if not keep_open:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": head.status, "headers": headers})
    if head.body is not None and keep_open:
        await send({"type": "http.response.body", "body": head.body})
        return
    if head.body is not None:
        await send({"type": "http.response.body", "body": head.body, "more_body": True})
        await _drain(receive)
    else:
        await _send_pieces(answer, send)
    await send({"type": "http.response.body", "body": b""})


async def _send_pieces(answer: Answer, send: Send) -> None:
    while True:
        answer.more.clear()
        piece = answer.spool.read()
        if piece is None:
            return
        if piece:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        else:
            await answer.more.wait()


async def _drain(receive: Receive) -> None:
    """Read what is still arriving: closing a connection with unread data resets it, and the client would lose the
    response (RFC 9112, section 9.6)."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while (message := await receive())["type"] != "http.disconnect" and message.get("more_body"):
                pass
