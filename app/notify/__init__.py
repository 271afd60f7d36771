"""Notifications: email, text messages and chat to people, webhooks to the platform, and how they are sent."""

from __future__ import annotations

from dataclasses import dataclass

from app.notify.mime import Sender, checked
from app.notify.server import SmtpServer
from app.notify.sms import Gateway
from app.notify.smtp import Smtp
from app.notify.transport import NullTransport, Transport
from app.per_application import PerApplication
from config import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """What emails say about us: the base URL of our pages, without a trailing slash, and the support address."""

    public_url: str
    support_email: str


@dataclass(frozen=True, slots=True)
class AllowedAddresses:
    """Where messages may be sent: whether private networks are allowed, and which ports."""

    private: bool
    ports: tuple[int, ...]


_sender = PerApplication[Sender]("mail_sender")
_transport = PerApplication[Transport]("mail_transport")
_site = PerApplication[Site]("mail_site")
_allowed_addresses = PerApplication[AllowedAddresses]("webhook_addresses")
_sms_gateway = PerApplication[Gateway | None]("sms_gateway")


def set_up(settings: Settings) -> None:
    """Check the mail settings and choose the transport. Raises `SettingsError` naming the setting that is wrong."""
    sender = Sender.parse(settings.mail_from, reply_to=settings.support_email)
    for address in settings.operators_email:
        checked("OPERATORS_EMAIL", address)
    way: Transport = NullTransport()
    if settings.smtp_url:
        way = Smtp(SmtpServer.parse(settings.smtp_url), sender.address)
    _sender.set(sender)
    _transport.set(way)
    _site.set(Site(settings.public_url, settings.support_email))
    _sms_gateway.set(_gateway(settings))
    _allowed_addresses.set(AllowedAddresses(not settings.is_production, settings.webhook_ports))


def transport() -> Transport:
    """The transport of this application's email."""
    return _transport.get()


def sender() -> Sender:
    """The sender of this application's email."""
    return _sender.get()


def site() -> Site:
    """What this application's emails say about us."""
    return _site.get()


def allowed_addresses() -> AllowedAddresses:
    """Where this application's webhooks may be sent."""
    return _allowed_addresses.get()


def sms_gateway() -> Gateway | None:
    """The gateway that sends this application's text messages; None if there is none."""
    return _sms_gateway.get()


def _gateway(settings: Settings) -> Gateway | None:
    if not settings.sms_gateway_url:
        return None
    return Gateway(settings.sms_gateway_url, settings.sms_gateway_secrets)
