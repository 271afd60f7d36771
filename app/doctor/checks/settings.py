"""The settings: all are there, can be read, and don't contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from app.doctor.findings import Finding, ok, problem
from app.doctor.installation import Installation
from app.notify.mime import Sender, checked
from app.notify.server import SmtpServer
from app.web import unknown_proxies
from environ import SettingsError

_THEN = "Set it in the environment as .env.example says, and restart every process."


def check(installation: Installation) -> Iterator[Finding]:
    """What keeps the application from starting, each by its name."""
    settings = installation.settings
    wrong = [*installation.problems, *_wrong_mail(installation)]
    for text in wrong:
        yield problem(text, _THEN)
    if settings.is_production and not settings.trusted_proxies:
        yield problem("TRUSTED_PROXIES is 0 in production.", unknown_proxies.WHAT_TO_DO)
    if not wrong:
        yield ok(f"All settings can be used ({settings.environment}, {settings.public_url}).")


def _wrong_mail(installation: Installation) -> Iterator[str]:
    settings = installation.settings
    try:
        if settings.mail_from:
            Sender.parse(settings.mail_from, reply_to=settings.support_email)
        for address in settings.operators_email:
            checked("OPERATORS_EMAIL", address)
    except SettingsError as error:
        yield str(error)
    try:
        if settings.smtp_url:
            SmtpServer.parse(settings.smtp_url)
    except SettingsError as error:
        yield str(error)
