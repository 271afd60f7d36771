"""Work that takes turns in rounds, by the CPU that it takes: whatever else the machine does hits all of it alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from dev.errors import ToolError

ROUNDS = 5
Work = Callable[[], object]
Ready = tuple[Callable[[], list[Work]], int]
"""What makes pieces of work ready, and how many they count as."""


def in_turn(
    works: Mapping[str, Ready],
    cpu: Callable[[], float],
    *,
    rounds: int = ROUNDS,
    way: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> dict[str, list[float]]:
    """CPU seconds of one of each work, in each round, after one that isn't counted; nor is what makes it ready.

    `way` is what a work of this name is done within.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, (make, count) in works.items():
            pieces = make()
            with way(name):
                began = cpu()
                for piece in pieces:
                    piece()
                used = cpu() - began
            if turn:
                seconds[name].append(used / count)
    return seconds


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone with a token who calls the API in this process, below HTTP."""

    app: Flask
    headers: Mapping[str, str]

    def asks(
        self, method: str, path: str, content: bytes | None = None, *, media_type: str = "application/json"
    ) -> Work:
        """A request that is ready to be served. Raises `ToolError` when it is refused."""
        builder = EnvironBuilder(
            f"/api/v1{path}", method=method, headers=Headers(dict(self.headers)), data=content
        )
        if content is not None:
            builder.content_type = media_type
        environ = builder.get_environ()

        def serve() -> bytes:
            chunks, status, _ = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)
            body = b"".join(chunks)
            if not status.startswith("200"):
                raise ToolError(f"{path} was answered with {status}: {body!r}")
            return body

        return serve
