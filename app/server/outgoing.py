"""Sending an answer on the event loop, as fast as the client reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from app.server.incoming import Receive
from app.server.running import Answer, Head

Send = Callable[[dict[str, Any]], Awaitable[None]]

_LINGER = 2.0
"""Seconds for which the rest of a refused body is read and thrown away."""

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


async def send_answer(head: Head, answer: Answer, send: Send, receive: Receive, *, keep_open: bool) -> None:
    """Send it all. Without `keep_open` the connection ends after it, because its request was not read to the end.

    Raises `NoOneReadsError` where the answer was given up.
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
    """Take what is still on its way: closing a connection that has unread data resets it, and the client would lose
    the answer with it (RFC 9112, section 9.6)."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while (message := await receive())["type"] != "http.disconnect" and message.get("more_body"):
                pass
