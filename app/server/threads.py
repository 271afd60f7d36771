"""A bounded number of threads with a bounded queue, for one class of requests."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread

import structlog

from app import metrics

log = structlog.get_logger("billing.server")


class Ticket:
    """Work that waits for a thread. It is either started or canceled, whichever comes first."""

    def __init__(self, work: Callable[[], None], leave: Callable[[], None]) -> None:
        self._work: Callable[[], None] | None = work
        self._leave = leave
        self._open = [True]

    def run(self) -> None:
        """Do the work, unless it was canceled."""
        work = self._work
        if self._is_first() and work is not None:
            try:
                work()
            finally:
                self._leave()

    def cancel(self) -> bool:
        """Leave the queue; False if the work was already started."""
        if not self._is_first():
            return False
        self._work = None
        self._leave()
        return True

    def _is_first(self) -> bool:
        try:
            return self._open.pop()
        except IndexError:
            return False


class Threads:
    """The threads of a class. They start with the first request, in the process that serves it."""

    def __init__(self, name: str, count: int, *, queue: int) -> None:
        self.name, self.count, self.longest_queue = name, count, queue
        self._queue: SimpleQueue[Ticket] = SimpleQueue()
        self._lock = Lock()
        self._started = self._taken = 0
        self._in_use = metrics.THREADS_IN_USE.labels(name)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is running or waiting."""
        return not self._taken

    def submit(self, work: Callable[[], None]) -> Ticket | None:
        """Let a thread do `work`, which must not raise; None if too many are already waiting."""
        with self._lock:
            if self._taken >= self.count + self.longest_queue:
                return None
            self._taken += 1
            self._in_use.inc()
            if self._started < min(self._taken, self.count):
                self._started += 1
                Thread(target=self._run, name=f"{self.name}-{self._started}", daemon=True).start()
        ticket = Ticket(work, self._leave)
        self._queue.put(ticket)
        return ticket

    def _leave(self) -> None:
        with self._lock:
            self._taken -= 1
            self._in_use.dec()

    def _run(self) -> None:
        while True:
            ticket = self._queue.get()
            try:
                ticket.run()
            except BaseException:  # a thread that ended would never be replaced
                log.exception("thread_failed", pool=self.name)
            del ticket
