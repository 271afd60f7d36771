"""What an issuer says of a person, once its signature is verified; and how an ID token says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.models import Role
from app.openid import IDToken
from app.text import tidied, without_unstorable
from identity_provider import IdentityProvider

_LONGEST = 254
"""Characters that are read of a text: those of an address."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Verified claims. `subject` is who it is at `issuer`, which people call `issuer_name`.

    `role` is the person's in the organization of this id, None if they have none there, or none that is known;
    `organization_name` is how it is called if it isn't here yet. `names_all`: the person has no role from this issuer
    in any other organization, else it says nothing of others.
    """

    issuer: str
    issuer_name: str
    subject: str
    email: str
    email_is_verified: bool
    name: str
    organization_id: UUID | None
    organization_name: str
    role: Role | None
    names_all: bool = True


def read(token: IDToken, provider: IdentityProvider) -> Claims:
    """The claims of an ID token, by the names that the settings give them. What isn't as it has to be is left out."""
    claims = token.claims
    return Claims(
        issuer=token.issuer,
        issuer_name=provider.name,
        subject=token.subject,
        email=_address(claims, "email"),
        email_is_verified=claims.get(provider.email_verified_claim) is True,
        name=_text(claims, "name"),
        organization_id=_id(claims, provider.organization_claim),
        organization_name=_text(claims, provider.organization_name_claim),
        role=role_of(claims.get(provider.roles_claim), provider),
    )


def role_of(said: Any, provider: IdentityProvider) -> Role | None:
    """The highest role that one of the provider's words stands for."""
    listed = said if isinstance(said, list) else [said]
    words = {one for one in listed if isinstance(one, str)}
    if words & set(provider.owner_roles):
        return Role.ORG_ADMIN
    return Role.MEMBER if words & set(provider.member_roles) else None


def _id(claims: Mapping[str, Any], name: str) -> UUID | None:
    try:
        return UUID(_text(claims, name))
    except ValueError:
        return None


def _address(claims: Mapping[str, Any], name: str) -> str:
    """As it is, or none: one that is cut or tidied is another than the issuer has verified."""
    said = claims.get(name)
    return said if isinstance(said, str) and said == _text(claims, name) else ""


def _text(claims: Mapping[str, Any], name: str) -> str:
    said = claims.get(name)
    return tidied(without_unstorable(said[: 2 * _LONGEST]))[:_LONGEST] if isinstance(said, str) else ""
