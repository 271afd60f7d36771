"""How email is submitted: to a mail server, or nowhere, if it is only stored to be viewed."""

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
    """A connection that submits email."""

    def send(self, mail: EmailMessage, *, to: str) -> None:
        """Submit one email to one recipient. Raises `RefusedError` and `UnavailableError`."""


class Transport(Protocol):
    """How email leaves the application."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Open a connection for as long as the block runs. Raises `UnavailableError`."""


class NullTransport:
    """Sends nothing: the outbox keeps the email, and `/dev/mail` shows it. For the demo and tests."""

    @contextmanager
    def connect(self) -> Iterator[NullTransport]:
        """Nothing to connect to."""
        yield self

    def send(self, mail: EmailMessage, *, to: str) -> None:  # noqa: ARG002 - as a connection is called
        """Serialize the email as if to send it, so that one that can't be sent fails here too."""
        mail.as_bytes()
