"""A real mail server for tests, in this process: it refuses whom a test says, and keeps what it takes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HOST = "127.0.0.1"
CERTIFICATES = trustme.CA()
USER, PASSWORD = b"billing", b"p@ss/word"


class MailServer:
    """What it took, by recipient; `answers` are what it says to a recipient instead of taking them."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.answers: dict[str, str] = {}
        self.port = 0

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = cast(bytes, envelope.content)
        mail = message_from_bytes(content, policy=default)
        self.taken += [(recipient, mail) for recipient in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def running(*, tls: str = "none", signs_in: bool = False) -> Iterator[MailServer]:
    """Serve until the block ends. `tls`: `none`, `starttls` (and nothing is taken without) or `tls` from the start."""
    taken = MailServer()
    options: dict[str, Any] = {"hostname": HOST, "port": 0}
    if tls == "starttls":
        options |= {"tls_context": _certified(), "require_starttls": True}
    elif tls == "tls":
        options |= {"ssl_context": _certified()}
    if signs_in:
        # To aiosmtpd, TLS is what STARTTLS began: of TLS from the start it says that it isn't there.
        options |= {"authenticator": _knows, "auth_require_tls": tls == "starttls"}
    controller = _Controller(taken, **options)
    controller.start()
    try:
        taken.port = controller.port
        yield taken
    finally:
        controller.stop()


class _Controller(Controller):  # type: ignore[misc, unused-ignore]
    """On whatever port the system gives; aiosmtpd knocks at the one that was asked for."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER, PASSWORD), handled=False)


def _certified() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    CERTIFICATES.issue_cert(HOST).configure_cert(context)
    return context
