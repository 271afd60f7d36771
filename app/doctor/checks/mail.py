"""The mail server takes us, up to the point at which an email would be sent."""

from __future__ import annotations

from collections.abc import Iterator

from app.doctor.findings import Finding, ok, problem
from app.doctor.installation import Installation, NotSetError
from app.notify.mime import Sender
from app.notify.server import SmtpServer
from app.notify.smtp import Smtp
from app.notify.transport import UnavailableError
from environ import SettingsError


def check(installation: Installation) -> Iterator[Finding]:
    """It is reached, its certificate is right, and it accepts the user and the password. Nothing is sent."""
    settings = installation.settings
    if not settings.smtp_url:
        if settings.is_production:
            raise NotSetError("SMTP_URL isn't set.")
        yield ok("No mail server is set: emails are kept and shown at /dev/mail.")
        return
    try:
        server = SmtpServer.parse(settings.smtp_url)
        sender = Sender.parse(settings.mail_from, reply_to=settings.support_email)
    except SettingsError as error:
        raise NotSetError(str(error)) from error
    try:
        with Smtp(server, sender.address, seconds=installation.seconds * 0.8).connect():
            pass
    except UnavailableError as error:
        yield problem(
            f"{server.host}:{server.port} doesn't take us: {error}",
            "Check SMTP_URL: host, port, encryption, user and password; then `flask mail test ADDRESS`.",
        )
        return
    yield ok(f"{server.host}:{server.port} takes us. `flask mail test ADDRESS` sends one.")
    if not settings.operators_email and settings.is_production:
        yield ok("OPERATORS_EMAIL isn't set, so no one gets an email about findings.")
