"""Converts an ASGI request to a WSGI environ for Flask (PEP 3333)."""

from __future__ import annotations

import sys
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Scope = dict[str, Any]


def path_of(scope: Scope) -> str:
    """The path for PATH_INFO: its bytes as Latin-1, unescaped."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("latin-1", "replace")
    if not raw.startswith(b"/"):
        # `GET http://host/path`, which a proxy sends (RFC 9112, section 3.2.2).
        raw = b"/" + raw.partition(b"://")[2].partition(b"/")[2]
    return unquote_to_bytes(raw.partition(b"?")[0]).decode("latin-1")


def header(scope: Scope, name: bytes) -> str | None:
    """A request header by its lowercase name; the first if there are several."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def environ_of(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """The WSGI environ of a request with a complete body: no transfer encoding is left."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path_of(scope),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1] or ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add(environ, name.decode("latin-1"), value.decode("latin-1"))
    if length or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add(environ: dict[str, Any], name: str, value: str) -> None:
    if name == "transfer-encoding":
        environ["CONTENT_LENGTH"] = ""
        return
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    if key in environ and key.startswith("HTTP_"):
        # Repeated headers are joined as a list (RFC 9110, section 5.3); cookies have their own separator.
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value
