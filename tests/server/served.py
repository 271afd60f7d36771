"""The application with some addresses more, which answer in the ways that the server has to cope with."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from flask import Blueprint, Flask, Response, request, stream_with_context

from app import create_app
from app.extensions import csrf
from config import Settings

PIECE = bytes(range(256)) * 256

blueprint = Blueprint("tests", __name__)


def make() -> Flask:
    """The application that gunicorn serves."""
    app = create_app(Settings.from_environment(os.environ))
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
    app.add_url_rule("/api/v1/tests/wait", "api.wait_in_tests", wait)
    # One of those that hash passwords, in their threads: here it takes as long as a test wants.
    app.view_functions["auth.confirm"] = wait
    return app


@blueprint.get("/tests/quick")
def quick() -> dict[str, str | None]:
    return {"address": request.remote_addr, "scheme": request.scheme, "path": request.args.get("q")}


@blueprint.post("/tests/echo")
def echo() -> dict[str, str | int | None]:
    body = request.get_data()
    return {
        "digest": hashlib.sha256(body).hexdigest(),
        "length": len(body),
        "declared": request.content_length,
    }


@blueprint.get("/tests/stream/<int:pieces>")
def stream(pieces: int) -> Response:
    """So many pieces of 64 KB, without saying how many."""
    return Response((PIECE for _ in range(pieces)), content_type="application/octet-stream")


@blueprint.get("/tests/lost-stream")
def lost_stream() -> Response:
    """A file whose first rows can't be read, because the database has gone since the view has looked."""

    def parts() -> Iterator[bytes]:
        if request:
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        yield PIECE

    return Response(stream_with_context(parts()), content_type="text/csv")


@blueprint.get("/tests/broken-stream")
def broken_stream() -> Response:
    def parts() -> Iterator[bytes]:
        yield PIECE
        raise RuntimeError("in the middle")

    return Response(parts(), content_type="application/octet-stream")


@blueprint.get("/tests/first-piece")
def first_piece() -> Response:
    """A piece, and the rest once the file that `until` names is there."""

    until = request.args["until"]

    def parts() -> Iterator[bytes]:
        yield b"first"
        _wait_for(until)
        yield b"last"

    return Response(parts(), content_type="text/plain")


@blueprint.get("/tests/wait")
def wait() -> str:
    """Answers once the file that `until` names is there; `begun` is made at the start."""
    Path(request.args["begun"]).touch()
    _wait_for(request.args["until"])
    return "done"


def _wait_for(name: str) -> None:
    end = time.monotonic() + 60
    while not Path(name).exists() and time.monotonic() < end:
        time.sleep(0.01)
