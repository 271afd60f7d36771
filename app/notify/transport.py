"""Handing mail in: to a mail server, or nowhere where mail is only kept to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from typing import Protocol


class RefusedError(Exception):
    """A recipient or an email was permanently rejected; the message is the server's reason. Others may be
    accepted."""


class UnavailableError(Exception):
    """Email can't be sent right now, or not to this recipient. Retry later."""


class Connection(Protocol):
    """An open way to hand mail in."""

    def send(self, mail: EmailMessage, *, to: str) -> None:
        """Hand one mail in for one recipient. Raises `RefusedError` and `UnavailableError`."""


class Transport(Protocol):
    """How mail leaves the application."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Open a connection for as long as the block runs. Raises `UnavailableError`."""


class NullTransport:
    """Mail goes nowhere: the outbox keeps it, and `/dev/mail` shows it. For the demo and tests."""

    @contextmanager
    def connect(self) -> Iterator[NullTransport]:
        """Nothing to connect to."""
        yield self

    def send(self, mail: EmailMessage, *, to: str) -> None:  # noqa: ARG002 - as a connection is called
        """Write the mail as it would go out, so that one that can't be is noticed here too."""
        mail.as_bytes()
