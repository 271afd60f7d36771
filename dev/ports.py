"""TCP ports: is one free, and which one is."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Collection
from contextlib import suppress

from dev.errors import ToolError


def require_free(port: int, *, setting: str, host: str = "127.0.0.1", patience: float = 0) -> None:
    """Raise `ToolError`, with the way out, where nothing can listen on the port, `patience` seconds long."""
    try:
        _try(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and patience > 0:
            time.sleep(0.1)
            require_free(port, setting=setting, host=host, patience=patience - 0.1)
            return
        reason = "is taken by another program" if error.errno == errno.EADDRINUSE else _reason(error)
        raise ToolError(
            f"Port {port} {reason}. End what uses it, or choose another: {setting}={port + 100} make run"
        ) from None


def first_free(usual: int, *, host: str = "127.0.0.1", but: Collection[int | None] = ()) -> int:
    """The usual port, or any free one where it is taken, or among those that are for something else."""
    if usual not in but and usual < 65536:
        with suppress(OSError):
            _try(host, usual)
            return usual
    while (found := free_port(host)) in but:
        pass
    return found


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _try(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: a port whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _reason(error: OSError) -> str:
    return f"can't be used ({os.strerror(error.errno or 0).lower()})"
