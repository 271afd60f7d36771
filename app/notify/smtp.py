"""Send email by SMTP, over TLS with certificate verification."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any, cast

from app.notify.server import SmtpServer
from app.notify.transport import RefusedError, UnavailableError

TIMEOUT_SECONDS = 15
"""For each response of the server."""

CONVERSATION_SECONDS = 120
"""For the whole conversation, from connecting to the last email: a server that sends a byte now and then never
exceeds the timeout of a single response. Far shorter than the time for which an email is claimed."""


class _Plain(smtplib.SMTP):
    """Registers its socket before it reads from it."""

    def __init__(self, sockets: list[socket.socket], *words: Any, **options: Any) -> None:
        self._sockets = sockets
        super().__init__(*words, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None and self.sock not in self._sockets:
            self._sockets.append(self.sock)
        return super().getreply()


class _Tls(_Plain, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


@contextmanager
def _cut_off_after(seconds: float) -> Iterator[list[socket.socket]]:
    """Shut down the sockets in the list once the time is up, so that reading from them fails."""
    sockets: list[socket.socket] = []
    ended = Event()

    def watch() -> None:
        if ended.wait(seconds):
            return
        # Repeatedly: TLS may be replacing a plain connection at this moment.
        while not ended.wait(0.2):
            for one in tuple(sockets):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    Thread(target=watch, daemon=True, name="mail-deadline").start()
    try:
        yield sockets
    finally:
        ended.set()


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server, and the address that bounces go to."""

    server: SmtpServer
    sender: str
    seconds: float = CONVERSATION_SECONDS

    @contextmanager
    def connect(self) -> Iterator[SmtpConnection]:
        """Connect, start TLS, and sign in; nothing is sent before the connection is encrypted."""
        with _cut_off_after(self.seconds) as sockets:
            try:
                client = self._open(sockets)
            except (OSError, smtplib.SMTPException) as error:
                raise UnavailableError(_reason(error)) from error
            try:
                yield SmtpConnection(client, self.sender)
            finally:
                with suppress(OSError, smtplib.SMTPException):
                    client.quit()
                client.close()

    def _open(self, sockets: list[socket.socket]) -> smtplib.SMTP:
        server, trusted = self.server, ssl.create_default_context()
        client: smtplib.SMTP
        if server.security == "tls":
            client = _Tls(sockets, server.host, server.port, timeout=TIMEOUT_SECONDS, context=trusted)
        else:
            client = _Plain(sockets, server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.security == "starttls":
                # Raises if the server doesn't offer it: mail is never sent without TLS.
                client.starttls(context=trusted)
                sockets.append(cast(socket.socket, client.sock))
            if server.user is not None and server.password is not None:
                client.login(server.user, server.password)
        except BaseException:
            client.close()
            raise
        return client


@dataclass(frozen=True, slots=True)
class SmtpConnection:
    """A signed-in connection. Each recipient gets an email of their own, so that one rejected address doesn't affect
    the others."""

    client: smtplib.SMTP
    sender: str

    def send(self, mail: EmailMessage, *, to: str) -> None:
        """Submit it. The server's 5xx codes are permanent, 4xx temporary (RFC 5321, section 4.2.1)."""
        try:
            self.client.send_message(mail, self.sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = error.recipients[to]
            raise _refusal(code, reason) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedError("The mail server can't send to an address with these characters.") from error
        except (OSError, smtplib.SMTPException) as error:
            # Sender rejected, connection lost, timed out: not this recipient's fault.
            raise UnavailableError(_reason(error)) from error


def _refusal(code: int, reason: bytes | str) -> RefusedError | UnavailableError:
    words = f"{code} {_text(reason)}"
    return RefusedError(words) if code >= 500 else UnavailableError(words)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__}: {error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(reason: bytes | str) -> str:
    return reason.decode(errors="replace") if isinstance(reason, bytes) else reason
