"""The platform's webhook endpoints, and their signing secrets."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app import notify
from app.clock import utc_now
from app.extensions import db
from app.models import PlatformEndpoint
from app.notify import webhooks


class UnknownEndpointError(LookupError):
    """There is no such endpoint, or it is disabled."""


def add(url: str) -> tuple[PlatformEndpoint, str]:
    """Add an endpoint; returns it with its secret. Raises `AddressError`."""
    allowed = notify.allowed_addresses()
    webhooks.check_address(url, allow_private=allowed.private, ports=allowed.ports)
    secret = webhooks.new_secret()
    endpoint = PlatformEndpoint(url=url, secrets=[secret])
    db.session.add(endpoint)
    db.session.flush()
    return endpoint, secret


def switched_off() -> list[PlatformEndpoint]:
    """Endpoints that were disabled by an operator or by a 410 response."""
    query = select(PlatformEndpoint).where(PlatformEndpoint.disabled_at.is_not(None))
    return list(db.session.scalars(query.order_by(PlatformEndpoint.disabled_at)))


def list_active() -> list[PlatformEndpoint]:
    """Active endpoints, oldest first."""
    query = select(PlatformEndpoint).where(PlatformEndpoint.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(PlatformEndpoint.created_at)))


def rotate(endpoint_id: UUID) -> str:
    """Add a new secret; messages are also signed with the newest old one until `retire`. Raises
    `UnknownEndpointError`."""
    endpoint = _find(endpoint_id)
    secret = webhooks.new_secret()
    endpoint.secrets = [secret, *endpoint.secrets[:1]]
    db.session.flush()
    return secret


def retire(endpoint_id: UUID) -> None:
    """Sign only with the newest secret. Raises `UnknownEndpointError`."""
    endpoint = _find(endpoint_id)
    endpoint.secrets = endpoint.secrets[:1]
    db.session.flush()


def disable(endpoint_id: UUID) -> None:
    """Send nothing more to this endpoint. Raises `UnknownEndpointError`."""
    _find(endpoint_id).disabled_at = utc_now()
    db.session.flush()


def enable(endpoint_id: UUID) -> None:
    """Send new messages to this endpoint again. Raises `UnknownEndpointError`."""
    endpoint = db.session.get(PlatformEndpoint, endpoint_id)
    if endpoint is None:
        raise UnknownEndpointError(f"There is no endpoint {endpoint_id}. See `flask platform endpoints`.")
    endpoint.disabled_at = None
    db.session.flush()


def _find(endpoint_id: UUID) -> PlatformEndpoint:
    endpoint = db.session.get(PlatformEndpoint, endpoint_id)
    if endpoint is None or endpoint.disabled_at is not None:
        raise UnknownEndpointError(f"There is no endpoint {endpoint_id}. See `flask platform endpoints`.")
    return endpoint
