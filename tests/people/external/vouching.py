"""Claims as an issuer makes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.models import Role
from app.people.external.claims import Claims

ISSUER = "https://login.acme.example"
ORG_ID = UUID("0194f3c1-0000-7000-8000-00000000acde")


def claims(subject: str = "2f1c", **changes: Any) -> Claims:
    """An owner of an organization that the issuer names."""
    known: dict[str, Any] = {
        "email": "dana@acme.example",
        "email_is_verified": True,
        "name": "Dana Whitfield",
        "organization_id": ORG_ID,
        "organization_name": "Acme Rivets",
        "role": Role.ORG_ADMIN,
    }
    return Claims(issuer=ISSUER, issuer_name="Acme", subject=subject, **known | changes)
