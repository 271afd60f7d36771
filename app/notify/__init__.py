"""Telling people by mail: what the mails say, and how they leave the house."""

from __future__ import annotations

from flask import Flask, current_app

from app.notify.message import Sender, checked
from app.notify.server import SmtpServer
from app.notify.smtp import Smtp
from app.notify.transport import Kept, Transport
from config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Check the mail settings and choose the way out. Raises `SettingsError` naming the setting that is wrong."""
    sender = Sender.parse(settings.mail_from, reply_to=settings.support_email)
    for address in settings.operators_email:
        checked("OPERATORS_EMAIL", address)
    way: Transport = Kept()
    if settings.smtp_url:
        way = Smtp(SmtpServer.parse(settings.smtp_url), sender.address)
    app.extensions["mail_sender"], app.extensions["mail_transport"] = sender, way


def transport() -> Transport:
    """How this application's mail leaves."""
    way: Transport = current_app.extensions["mail_transport"]
    return way


def sender() -> Sender:
    """Whom this application's mail comes from."""
    found: Sender = current_app.extensions["mail_sender"]
    return found
