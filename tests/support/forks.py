"""A process that has imported the product once, and forks for each program of it that a test starts.

`python -m tests.support.forks SOCKET` listens there until the process that started it is gone. What is asked for is
a module with its arguments, its environment and its standard files; what comes back is its process id, and in the end
its exit code. A program whose asker hangs up is killed, and so are all when this process is.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

# What takes long to import. gunicorn doesn't, and reads its settings while it is imported.
IMPORTED = ("flask.cli", "app.work.worker", "demo.application")
SERVING = "gunicorn"
TEMPLATES = "tests.support.kept_templates"
_PR_SET_PDEATHSIG = 1
_MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to run, where, and as what."""

    module: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str


def main(path: str) -> _Asked | None:
    """Serve until no one is left who could ask. In a program that was forked: what it shall be."""
    askers: dict[int, socket.socket] = {}
    programs: dict[int, tuple[int, int]] = {}
    poll = select.poll()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        poll.register(listener, select.POLLIN)
        poll.register(sys.stdin, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == sys.stdin.fileno():
                    return None
                if fd == listener.fileno():
                    asker, _address = listener.accept()
                    forked = _fork(asker, [listener, *askers.values()])
                    if isinstance(forked, _Asked):
                        return forked
                    ended = os.pidfd_open(forked)
                    askers[asker.fileno()] = asker
                    programs[ended] = forked, asker.fileno()
                    poll.register(asker, select.POLLIN)
                    poll.register(ended, select.POLLIN)
                elif fd in programs:
                    pid, asking = programs.pop(fd)
                    poll.unregister(fd)
                    os.close(fd)
                    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    if asking in askers:
                        with suppress(OSError):
                            askers[asking].sendall(f"{code}\n".encode())
                        poll.unregister(asking)
                        askers.pop(asking).close()
                elif fd in askers:
                    # It asks once. What else can be read is that it is gone.
                    poll.unregister(fd)
                    askers.pop(fd).close()
                    for pid, asking in programs.values():
                        if asking == fd:
                            with suppress(ProcessLookupError):
                                os.kill(pid, signal.SIGKILL)


def _fork(asker: socket.socket, others: list[socket.socket]) -> _Asked | int:
    """In the program: what it shall be. Here: its process id, which the asker has been told."""
    said, files, _, _ = socket.recv_fds(asker, _MOST, 3)
    while not said.endswith(b"\n"):
        said += asker.recv(_MOST)
    asked = _Asked(**json.loads(said))
    if IMPORTED[-1] not in sys.modules:
        for name in IMPORTED:
            importlib.import_module(name)
        gc.collect()
        gc.freeze()
    if asked.module == SERVING and TEMPLATES not in sys.modules:
        # They also take a second to compile.
        templates = importlib.import_module(TEMPLATES)
        templates.keep()
        templates.compile_all()
        gc.collect()
        gc.freeze()
    pid = os.fork()
    if pid:
        for file in files:
            os.close(file)
        asker.sendall(f"{pid}\n".encode())
        return pid
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    for one in [asker, *others]:
        one.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    return asked


def become(asked: _Asked) -> Any:
    """Run the program as `python -m` does, in this process."""
    gc.enable()
    os.environ.clear()
    os.environ.update(asked.environment)
    os.chdir(asked.folder)
    sys.path[0] = asked.folder
    sys.argv = [asked.module, *asked.arguments]
    runpy.run_module(asked.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    program = main(sys.argv[1])
    if program is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        become(program)
